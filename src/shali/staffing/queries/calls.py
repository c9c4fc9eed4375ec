"""Who may be called up, who was, and who has not answered."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.policy.rules import number
from shali.foundation.ui.paging import Page, page_in_order
from shali.foundation.ui.refusal import NotInScope
from shali.foundation.vault.sealing import open_text
from shali.staffing.models import Call, CallUp, Shift, Worker
from shali.staffing.models.own_page import has_own_page
from shali.staffing.queries.shifts import name_of
from shali.staffing.rules import Hours, is_trained, why_not

WEEK = timedelta(days=7)
# A page names so many; those who are asked leave the list, and the next come up.
MOST_FREE, MOST_OTHERS = 100, 50


@dataclass(frozen=True, slots=True)
class Free:
    """A worker of a kind. why: '' if he may be asked; until: when that ends; hours: on duty in seven days."""

    id: int
    worker: str
    name: str
    unit: str
    unit_en: str
    why: str
    until: datetime | None
    hours: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A worker of a kind before anybody reads his name. why: '' if he may be asked, `asked` if he was."""

    id: int
    worker: str
    why: str
    until: datetime | None
    hours: float


@dataclass(frozen=True, slots=True)
class Frees:
    """Who may be asked, the least on duty first, and who may not; of how many each list is the beginning."""

    free: tuple[Free, ...]
    others: tuple[Free, ...]
    free_in_all: int
    others_in_all: int


NOBODY = Frees((), (), 0, 0)


@dataclass(frozen=True, slots=True)
class CallRow:
    """state: waiting, overdue, accepted, declined, or over where it was not answered before the call-up ended."""

    public_id: str
    worker: str
    name: str
    unit: str
    unit_en: str
    asked_at: datetime
    answered_at: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class CallUpRow:
    public_id: str
    place: str
    label: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    in_heat: bool
    wanted: int
    taken: int
    waiting: int
    overdue: int
    declined: int
    answer_by: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class CallUpView:
    row: CallUpRow
    about: str
    calls: tuple[CallRow, ...]
    others: Frees


@dataclass(frozen=True, slots=True)
class OwnCall:
    """A call as the worker reads it. state: waiting, accepted, declined, filled or over."""

    public_id: str
    label: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    in_heat: bool
    answer_by: datetime
    state: str


@dataclass(frozen=True, slots=True)
class OwnPage:
    name: str
    kind: str
    calls: tuple[OwnCall, ...]
    shifts: tuple[tuple[datetime, datetime, str, bool], ...]


def candidates(
    scope: Scope, kind: str, starts_at: datetime, ends_at: datetime, *, at: datetime, asked: int = 0
) -> list[Candidate]:
    """Return every worker of a kind: those who may be asked first, the least on duty on top; then the others with why.

    asked: row of a call-up; whom it asked already is not asked again
    """
    hours = Hours(*(number(name, at).value for name in ("shift_hours_most", "shift_hours_in_heat", "rest_hours")))
    known = Worker.objects.filter(within(scope.path), kind=kind, left_at=None)
    workers = list(known.values_list("id", "public_id", "trained_until"))
    shifts: dict[int, list[tuple[datetime, datetime, datetime]]] = defaultdict(list)
    around = Q(rested_at__gt=starts_at - WEEK, starts_at__lt=ends_at + timedelta(hours=hours.rest))
    rows = Shift.objects.filter(around, worker__in=known, dropped_at=None)
    for worker, begins, ends, rested in rows.values_list("worker_id", "starts_at", "ends_at", "rested_at"):
        shifts[worker].append((begins, ends, rested))
    already = set(Call.objects.filter(call_up_id=asked).values_list("worker_id", flat=True)) if asked else set()
    found = []
    for row, public_id, trained_until in workers:
        trained = is_trained(kind, trained_until, day_of(ends_at))
        why = why_not(starts_at, ends_at, trained=trained, shifts=shifts[row], hours=hours)
        code = "asked" if row in already else why.code if why else ""
        spent = sum((end - begin).total_seconds() / 3600 for begin, end, _rested in shifts[row] if begin < starts_at)
        found.append(Candidate(row, public_id, code, why.until if why and code != "asked" else None, spent))
    return sorted(found, key=lambda one: (bool(one.why), one.hours, one.id))


def who_may(scope: Scope, kind: str, starts_at: datetime, ends_at: datetime, *, at: datetime, asked: int = 0) -> Frees:
    """Return who may be asked for a shift and who may not, by name: the beginning of each list, and its length.

    asked: row of a call-up; whom it asked stands in neither
    """
    known = [one for one in candidates(scope, kind, starts_at, ends_at, at=at, asked=asked) if one.why != "asked"]
    free = [one for one in known if not one.why]
    others = known[len(free) :]
    shown = [*free[:MOST_FREE], *others[:MOST_OTHERS]]
    rows = Worker.objects.filter(within(scope.path), pk__in=[one.id for one in shown]).select_related("unit")
    workers = {one.pk: one for one in rows}

    def named(one: Candidate) -> Free:
        row = workers[one.id]
        return Free(
            one.id, one.worker, name_of(scope, row), row.unit.name, row.unit.name_en, one.why, one.until, one.hours
        )

    return Frees(
        tuple(named(one) for one in free[:MOST_FREE]),
        tuple(named(one) for one in others[:MOST_OTHERS]),
        len(free),
        len(others),
    )


def call_ups(scope: Scope, *, at: datetime, about: str = "", places: Sequence[str] = ()) -> list[CallUpRow]:
    """Return all call-ups about something, or of places: those with overdue answers first, then the next shift."""
    of = Q(about=about) if about else Q(place__in=places)
    rows = CallUp.objects.filter(of, within(scope.path)).annotate(
        waiting=Count("calls", filter=Q(calls__answer="")), declined=Count("calls", filter=Q(calls__answer="declined"))
    )
    return sorted((_row(one, one.waiting, one.declined, at) for one in rows), key=_place)


def call_ups_page(scope: Scope, *, at: datetime, about: str, after: str = "") -> Page[CallUpRow]:
    """Return a page of the call-ups about something. after: `next` of the page before."""
    return page_in_order(call_ups(scope, at=at, about=about), _place, after)


def _place(one: CallUpRow) -> str:
    """Return where a call-up stands in the list: running before ended, overdue answers on top, then the next shift."""
    return f"{one.ended_at is not None:d}{not one.overdue:d}{one.starts_at.astimezone(UTC):%Y%m%d%H%M}{one.public_id}"


def _row(one: CallUp, waiting: int, declined: int, at: datetime) -> CallUpRow:
    is_open = one.ended_at is None and one.taken < one.wanted and one.ends_at > at
    waits = waiting if is_open else 0
    return CallUpRow(
        one.public_id, one.place, one.label, one.kind, one.starts_at, one.ends_at, one.in_heat, one.wanted, one.taken,
        waits, waits if at > one.answer_by else 0, declined, one.answer_by, one.ended_at,
    )  # fmt: skip


def call_up_view(scope: Scope, row: str, *, at: datetime) -> CallUpView:
    """Return a call-up with whom it asked, overdue on top, and who else may be asked.

    :raises NotInScope: there is none here
    """
    found = call_up_in_scope(scope, row)
    calls = list(found.calls.select_related("worker__unit").order_by("asked_at", "id"))
    is_open = found.ended_at is None and found.taken < found.wanted and found.ends_at > at
    waiting = sum(not one.answer for one in calls)
    said = [
        CallRow(
            one.public_id, one.worker.public_id, name_of(scope, one.worker), one.worker.unit.name,
            one.worker.unit.name_en, one.asked_at, one.answered_at,
            one.answer or ("over" if not is_open else "overdue" if at > found.answer_by else "waiting"),
        )
        for one in calls
    ]  # fmt: skip
    order = ("overdue", "waiting", "declined", "accepted", "over")
    others = who_may(scope, found.kind, found.starts_at, found.ends_at, at=at, asked=found.pk) if is_open else NOBODY
    return CallUpView(
        _row(found, waiting, sum(one.answer == "declined" for one in calls), at),
        found.about,
        tuple(sorted(said, key=lambda one: order.index(one.state))),
        others,
    )


def call_up_in_scope(scope: Scope, public_id: str) -> CallUp:
    found = CallUp.objects.filter(within(scope.path), public_id=public_id).first()
    if found is None:
        raise NotInScope
    return found


def own_page(scope: Scope, key: UUID, *, at: datetime) -> OwnPage | None:
    """Return what the holder of a worker's own address may know: his calls and shifts. Under a system scope."""
    worker = Worker.objects.filter(has_own_page(key), left_at=None).first()
    if worker is None:
        return None
    calls = Call.objects.filter(worker=worker, call_up__ends_at__gt=at).select_related("call_up")
    shifts = list(Shift.objects.filter(worker=worker, dropped_at=None, ends_at__gt=at).order_by("starts_at"))
    labels = dict(
        CallUp.objects.filter(place__in={one.place for one in shifts if one.place}).values_list("place", "label")
    )
    return OwnPage(
        name_of(scope, worker),
        worker.kind,
        tuple(_own(one) for one in calls.order_by("answer", "call_up__starts_at", "id")),
        tuple((one.starts_at, one.ends_at, labels.get(one.place, ""), one.in_heat) for one in shifts),
    )


def _own(one: Call) -> OwnCall:
    row = one.call_up
    state = one.answer or ("over" if row.ended_at else "filled" if row.taken >= row.wanted else "waiting")
    return OwnCall(one.public_id, row.label, row.kind, row.starts_at, row.ends_at, row.in_heat, row.answer_by, state)


def own_address(scope: Scope, worker: str) -> UUID | None:
    """Return the secret part of a worker's own address, for whoever rosters him to hand to him; None before it is made.

    :raises NotInScope: there is no such worker here
    """
    found = Worker.objects.filter(within(scope.path), public_id=worker, left_at=None).first()
    if found is None:
        raise NotInScope
    if found.own_page_sealed is None:
        return None
    return UUID(open_text(found.own_page_sealed, table="staffing_worker", column="own_page", row=found.pk))
