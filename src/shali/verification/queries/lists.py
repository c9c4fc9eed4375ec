from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.policy.rules import due_soon_share
from shali.foundation.ui.paging import COUNTED_AT_MOST, PAGE, Page, mark, read_mark
from shali.foundation.ui.refusal import NotInScope
from shali.verification.models import NOT_SETTLED, ListEntry, ListState, PushedList, due_soon
from shali.verification.queries.tallies import Sums, by_path, has_people_of, tallies
from shali.verification.rules import AGE_BANDS

OPEN = Q(struck_off_at=None)
COUNTED = Q(duplicate_of=None) & ~Q(ending=6)  # a repeated or withdrawn entry asks nothing
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


def lists(scope: Scope, *, at: datetime, state: int | None = None, limit: int = 200) -> list[ListRow]:
    """Return the newest lists that this scope received or was handed people of: open ones first, due first."""
    found = PushedList.objects.filter(state=state) if state else PushedList.objects.exclude(state=ListState.WITHDRAWN)
    rows = _rows(scope, list(found.select_related("batch").order_by("-handed_over_at", "-id")[:limit]), at=at)
    return sorted(rows, key=lambda row: (row.state == ListState.CLOSED, row.due_at))


def lists_page(scope: Scope, *, at: datetime, closed: bool, after: str = "") -> Page[ListRow]:
    """Return one page of lists: what is open, the earliest due on top; what is closed, the newest on top."""
    gone = [ListState.CLOSED, ListState.WITHDRAWN]
    found = PushedList.objects.filter(state=ListState.CLOSED) if closed else PushedList.objects.exclude(state__in=gone)
    total = found.order_by()[: COUNTED_AT_MOST + 1].count()
    column, step, sign = ("handed_over_at", "lt", "-") if closed else ("due_at", "gt", "")
    place, shown = read_mark(after), 0
    if place is not None:
        hour, number, shown = datetime.fromtimestamp(place[0], UTC), place[1], place[2]
        found = found.filter(Q(**{f"{column}__{step}": hour}) | Q(**{column: hour, f"id__{step}": number}))
    read = list(found.select_related("batch").order_by(f"{sign}{column}", f"{sign}id")[: PAGE + 1])
    more, read = len(read) > PAGE, read[:PAGE]
    return Page(
        rows=_rows(scope, read, at=at),
        first=shown + 1 if read else 0,
        last=shown + len(read),
        total=total if total <= COUNTED_AT_MOST else None,
        next=mark(getattr(read[-1], column), read[-1].pk, shown + len(read)) if more else "",
        is_first=place is None,
    )


def _rows(scope: Scope, rows: list[PushedList], *, at: datetime) -> list[ListRow]:
    sums = tallies(scope, lists=[row.pk for row in rows], at=at)
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
            received=row.batch.received if row.batch else 0,
            people=sums.get(row.pk, NOBODY).people,
            open=sums.get(row.pk, NOBODY).open,
            overdue=sums.get(row.pk, NOBODY).overdue,
            doubtful=row.batch.doubtful if row.batch else 0,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Band:
    from_hours: int
    to_hours: int | None
    people: int
    state: str


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


def pushed_list(scope: Scope, public_id: str) -> PushedList:
    """Return one list that the scope may see.

    :raises NotInScope: there is none
    """
    found = PushedList.objects.select_related("batch").filter(public_id=public_id).first()
    if found is None or not (scope.holds(found.path) or has_people_of(scope, pushed_list=found.pk)):
        raise NotInScope
    return found


def list_of_batch(scope: Scope, batch: int) -> PushedList | None:
    """Return the list that a batch became."""
    return PushedList.objects.filter(within(scope.path), batch_id=batch).first()


def list_figures(scope: Scope, public_id: str, *, at: datetime) -> ListFigures:
    """Count one list for its page; the identity of its rows is the batch's own, held by the database.

    What is settled is known from the list's sums; what is not is looked at row by row.
    """
    one = pushed_list(scope, public_id)
    sums = by_path(scope, pushed_list=one.pk, at=at)
    people, still_open, overdue, four_facts = (
        sum(getattr(found, name) for _, found in sums) for name in ("people", "open", "overdue", "four_facts")
    )
    rest = _rest(ListEntry.objects.filter(COUNTED, NOT_SETTLED, within(scope.path, "task__path"), pushed_list=one), at)
    # A county that is asked does not see the file, which is the receiver's: the wall says so too.
    batch = one.batch if scope.holds(one.path) else None
    return ListFigures(
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
        bands=_bands(rest.open_since, one, at),
        units=_by_child(scope, sums),
    )


@dataclass(slots=True)
class _Rest:
    """What the rows that are not settled add up to; and the open ones by the hour of their hand-over."""

    soon: int = 0
    blocked: int = 0
    not_accepted: int = 0
    counted: int = 0
    identified: int = 0
    located: int = 0
    controlled: int = 0
    open_since: dict[datetime, int] = field(default_factory=dict)

    def established(self, settled: int) -> tuple[int, int, int, int]:
        """Return how many have each fact, with those who were struck off with all four."""
        found = (self.counted, self.identified, self.located, self.controlled)
        a, b, c, d = (settled + one for one in found)
        return a, b, c, d


def _rest(entries: "QuerySet[ListEntry]", at: datetime) -> _Rest:
    # All people of one list share its hour unless an earlier list asked: so this is a handful of rows.
    by_hour = entries.values_list("task__handed_over_at").annotate(
        soon=Count("id", filter=OPEN & due_soon(at, share=due_soon_share(at), task="task__")),
        blocked=Count("id", filter=OPEN & Q(task__blocked_since__isnull=False)),
        not_accepted=Count("id", filter=OPEN & Q(task__state=1)),
        counted=Count("task__check_row__counted"),
        identified=Count("task__check_row__identified"),
        located=Count("task__check_row__located"),
        controlled=Count("task__check_row__controlled"),
        still_open=Count("id", filter=OPEN),
    )
    rest = _Rest()
    names = [one.name for one in fields(_Rest)][:-1]
    for hour, *counts, still_open in by_hour:
        for name, count in zip(names, counts, strict=True):
            setattr(rest, name, getattr(rest, name) + count)
        rest.open_since[hour] = still_open
    return rest


def _bands(open_since: dict[datetime, int], one: PushedList, at: datetime) -> tuple[Band, ...]:
    """Open people by full hours since hand-over."""
    counts = dict.fromkeys(AGE_BANDS, 0)
    for handed_over_at, people in open_since.items():
        age = (at - handed_over_at) / timedelta(hours=1)
        band = next(b for b in AGE_BANDS if b.from_hours <= age and (b.to_hours is None or age < b.to_hours))
        counts[band] += people
    limit = (one.due_at - one.handed_over_at) / timedelta(hours=1)
    soon = due_soon_share(one.handed_over_at) * limit

    def state(to_hours: int | None) -> str:
        if to_hours is None or to_hours > limit:
            return "overdue"
        return "soon" if to_hours > soon else "ontime"

    return tuple(Band(b.from_hours, b.to_hours, n, state(b.to_hours)) for b, n in counts.items())


def _by_child(scope: Scope, found_by_path: list[tuple[str, Sums]]) -> tuple[UnitFigures, ...]:
    """Sum the list's tallies by the units just below the scope."""
    depth = len(scope.path.split(".")) + 1
    sums: dict[str, list[int]] = {}
    for path, found in found_by_path:
        child = ".".join(path.split(".")[:depth])
        total = sums.setdefault(child, [0, 0, 0])
        for place, value in enumerate((found.people, found.open, found.overdue)):
            total[place] += value
    units = {unit.path: unit for unit in Unit.objects.filter(path__in=sums).order_by("place", "path")}
    return tuple(
        UnitFigures(path, unit.name, unit.name_en, s[0], s[0] - s[1], s[1], s[2])
        for path, unit in units.items()
        for s in [sums[path]]
    )
