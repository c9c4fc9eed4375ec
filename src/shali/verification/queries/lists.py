from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple

from shali.foundation.intake.models import Batch
from shali.foundation.jurisdictions.queries import units_at
from shali.foundation.jurisdictions.reading import columns, made_of, read, read_by_key, width
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.ui.paging import COUNTED_AT_MOST, PAGE, Page, mark, read_mark
from shali.foundation.ui.refusal import NotInScope
from shali.verification.models import ListState, PushedList
from shali.verification.queries.rest import Band, bands, rest_of
from shali.verification.queries.tallies import Sums, by_path, has_people_of, tallies

NOBODY = Sums()


@dataclass(frozen=True, slots=True)
class ListRow:
    """One pushed list as the index shows it."""

    public_id: str
    day: date
    number: int
    channel: int
    sender: str
    state: int
    handed_over_at: datetime
    due_at: datetime
    closed_at: datetime | None
    announced: int | None
    received: int
    people: int
    open: int
    overdue: int
    doubtful: int


class _Read(NamedTuple):
    """One row of a list's own columns, as COLUMNS names them."""

    id: int
    public_id: str
    day: date
    number: int
    channel: int
    sender: str
    state: int
    handed_over_at: datetime
    due_at: datetime
    closed_at: datetime | None
    announced: int | None
    received: int
    doubtful: int


COLUMNS = """
l.id, l.public_id, l.day, l.number, l.channel, l.sender, l.state, l.handed_over_at, l.due_at, l.closed_at, l.announced,
coalesce(b.received, 0), coalesce(b.doubtful, 0)
from verification_pushedlist l left join intake_batch b on b.id = l.batch_id
"""
NEWEST = f"select {COLUMNS} where {{state}} order by l.handed_over_at desc, l.id desc limit %(limit)s"
PAGE_OF = f"""
select (select count(*) from (select from verification_pushedlist l where {{state}} limit %(most)s) as counted),
{COLUMNS} where {{state}} and {{here}} order by {{order}} limit %(limit)s
"""  # noqa: S608  constants of this file


def lists(scope: Scope, *, at: datetime, limit: int = 200) -> list[ListRow]:
    """Return the newest lists that this scope received or was handed people of: open ones first, due first."""
    found = read(NEWEST.format(state="l.state <> 4"), limit=limit)
    rows = _rows(scope, [_Read(*row) for row in found], at=at)
    return sorted(rows, key=lambda row: (row.state == ListState.CLOSED, row.due_at))


def lists_page(scope: Scope, *, at: datetime, closed: bool, after: str = "") -> Page[ListRow]:
    """Return one page of lists: what is open, the earliest due on top; what is closed, the newest on top."""
    column, step, way = ("handed_over_at", "<", "desc") if closed else ("due_at", ">", "asc")
    state = "l.state = 3" if closed else "l.state in (1, 2)"
    place, shown, here = read_mark(after), 0, "true"
    if place is not None:
        here, shown = f"(l.{column}, l.id) {step} (%(hour)s, %(number)s)", place[2]
    found = read(
        PAGE_OF.format(state=state, here=here, order=f"l.{column} {way}, l.id {way}"),
        hour=datetime.fromtimestamp(place[0], UTC) if place else None,
        number=place[1] if place else 0,
        most=COUNTED_AT_MOST + 1,
        limit=PAGE + 1,
    )
    if place is not None and not found:
        return lists_page(scope, at=at, closed=closed)  # what followed is gone meanwhile
    total = found[0][0] if found else 0
    more, rows = len(found) > PAGE, [_Read(*row[1:]) for row in found[:PAGE]]
    return Page(
        rows=_rows(scope, rows, at=at),
        first=shown + 1 if rows else 0,
        last=shown + len(rows),
        total=total if total <= COUNTED_AT_MOST else None,
        next=mark(getattr(rows[-1], column), rows[-1].id, shown + len(rows)) if more else "",
        is_first=place is None,
    )


def _rows(scope: Scope, rows: list[_Read], *, at: datetime) -> list[ListRow]:
    sums = tallies(scope, lists=[row.id for row in rows], at=at)
    return [
        ListRow(
            public_id=row.public_id,
            day=row.day,
            number=row.number,
            channel=row.channel,
            sender=row.sender,
            state=row.state,
            handed_over_at=row.handed_over_at,
            due_at=row.due_at,
            closed_at=row.closed_at,
            announced=row.announced,
            received=row.received,
            people=sums.get(row.id, NOBODY).people,
            open=sums.get(row.id, NOBODY).open,
            overdue=sums.get(row.id, NOBODY).overdue,
            doubtful=row.doubtful,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class UnitFigures:
    path: str
    unit: str
    unit_en: str
    people: int
    closed: int
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class ListFigures:
    """Everything that a list's page answers."""

    id: int
    public_id: str
    path: str
    day: date
    number: int
    channel: int
    sender: str
    sender_reference: str
    asked: str
    state: int
    handed_over_at: datetime
    received_at: datetime
    due_at: datetime
    closed_at: datetime | None
    rule: str
    announced: int | None
    batch: str
    batch_state: int
    received: int
    people_new: int
    duplicates: int
    already_known: int
    rejected: int
    doubtful: int
    people: int
    closed: int
    open: int
    overdue: int
    soon: int
    blocked: int
    not_accepted: int
    established: tuple[int, int, int, int]
    bands: tuple[Band, ...]
    units: tuple[UnitFigures, ...]


ONE = f"""
select {columns(PushedList, "l")}, {columns(Batch, "b")}
from verification_pushedlist l left join intake_batch b on b.id = l.batch_id where l.public_id = %(list)s
"""  # noqa: S608  names of columns


def pushed_list(scope: Scope, public_id: str) -> PushedList:
    """Return one list that the scope may see.

    :raises NotInScope: there is none
    """
    found = read_by_key(ONE, list=public_id)
    if not found:
        raise NotInScope
    one, batch = made_of(PushedList, found[0]), found[0][width(PushedList) :]
    one.batch = made_of(Batch, batch) if batch[0] is not None else None
    if not (scope.holds(one.path) or has_people_of(scope, pushed_list=one.pk)):
        raise NotInScope
    return one


def list_of_batch(scope: Scope, batch: int) -> PushedList | None:
    """Return the list that a batch became."""
    return PushedList.objects.filter(within(scope.path), batch_id=batch).first()


def list_figures(scope: Scope, public_id: str, *, at: datetime) -> ListFigures:
    """Count one list; the identity of its rows is the batch's own, held by the database."""
    return figures_and_first(scope, public_id, at=at)[0]


def figures_and_first(scope: Scope, public_id: str, *, at: datetime) -> tuple[ListFigures, list[int]]:
    """Count one list for its page, and say which tasks the first page of its open people has, in their order.

    What is settled is known from the list's sums; what is not is looked at row by row.
    """
    one = pushed_list(scope, public_id)
    sums = by_path(scope, pushed_list=one.pk, at=at)
    people, still_open, overdue, four_facts = (
        sum(getattr(found, name) for _, found in sums) for name in ("people", "open", "overdue", "four_facts")
    )
    rest = rest_of(scope, one.pk, at=at)
    batch = _file_of(scope, one)
    figures = ListFigures(
        id=one.pk,
        public_id=one.public_id,
        path=one.path,
        day=one.day,
        number=one.number,
        channel=one.channel,
        sender=one.sender,
        sender_reference=one.sender_reference,
        asked=one.asked,
        state=one.state,
        handed_over_at=one.handed_over_at,
        received_at=one.received_at,
        due_at=one.due_at,
        closed_at=one.closed_at,
        rule=one.rule,
        announced=one.announced,
        batch=batch.public_id if batch else "",
        batch_state=batch.state if batch else 0,
        received=batch.received if batch else 0,
        people_new=batch.people if batch else 0,
        duplicates=batch.duplicates if batch else 0,
        already_known=batch.already_known if batch else 0,
        rejected=batch.rejected if batch else 0,
        doubtful=batch.doubtful if batch else 0,
        people=people,
        closed=people - still_open,
        open=still_open,
        overdue=overdue,
        soon=rest.soon,
        blocked=rest.blocked,
        not_accepted=rest.not_accepted,
        established=rest.established(four_facts),
        bands=bands(scope, rest.open_since, one, at=at),
        units=_by_child(scope, sums),
    )
    return figures, rest.first


def _file_of(scope: Scope, one: PushedList) -> Batch | None:
    """Return the list's file, for the receiver alone: a county that is asked does not see it, the wall says so too."""
    return one.batch if scope.holds(one.path) else None


def _by_child(scope: Scope, found_by_path: list[tuple[str, Sums]]) -> tuple[UnitFigures, ...]:
    """Sum the list's tallies by the units just below the scope."""
    depth = len(scope.path.split(".")) + 1
    sums: dict[str, list[int]] = {}
    for path, found in found_by_path:
        child = ".".join(path.split(".")[:depth])
        total = sums.setdefault(child, [0, 0, 0])
        for place, value in enumerate((found.people, found.open, found.overdue)):
            total[place] += value
    units = sorted(units_at(sums).values(), key=lambda unit: (unit.place, unit.path))
    return tuple(
        UnitFigures(unit.path, unit.name, unit.name_en, s[0], s[0] - s[1], s[1], s[2])
        for unit in units
        for s in [sums[unit.path]]
    )
