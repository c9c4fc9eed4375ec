"""Who there is, who stands where."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile

from django.db.models import Count, Q, QuerySet

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.ui.paging import Page, page_in_order
from shali.foundation.ui.refusal import NotInScope
from shali.foundation.vault.sealing import open_text
from shali.staffing.models import Shift, Worker
from shali.staffing.rules import TRAINING, is_trained, training_stands

SOON_DAYS = 30
MOST_NEAR = 200  # one list to choose from holds no more


@dataclass(frozen=True, slots=True)
class WorkerRow:
    public_id: str
    name: str
    kind: str
    unit: str
    unit_en: str
    trained_until: date | None
    is_trained: bool
    shifts_to_come: int


@dataclass(frozen=True, slots=True)
class Staff:
    """A page of the staff, and how many there are under each word of TRAINING."""

    page: Page[WorkerRow]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class TrainingRow:
    until: date
    renewed_at: datetime
    renewed_by: str


@dataclass(frozen=True, slots=True)
class ShiftRow:
    public_id: str
    worker: str
    name: str
    kind: str
    place: str
    starts_at: datetime
    ends_at: datetime
    in_heat: bool
    is_trained: bool
    is_now: bool


def workers(scope: Scope, which: str = "all", *, at: datetime, days: int = SOON_DAYS, after: str = "") -> Staff:
    """Return a page of the staff of a scope: whoever's training has ended first. after: `next` of the page before.

    which: all; ended: whose training has; soon: whose ends within so many days
    """
    on = day_of(at)
    rows = Worker.objects.filter(within(scope.path), left_at=None).values_list("id", "kind", "trained_until")
    stands = [(training_stands(kind, until, on, days), row, until) for row, kind, until in rows]
    places = sorted(
        f"{stand != 'ended':d}{until.isoformat() if until else '9999-12-31'}{row:012d}"
        for stand, row, until in stands
        if which in ("all", stand)
    )
    page = page_in_order(places, str, after)
    shown = _named(scope, [int(one[-12:]) for one in page.rows], at)
    counts = {word: sum(word in ("all", stand) for stand, _row, _until in stands) for word in TRAINING}
    return Staff(Page(shown, page.first, page.last, page.total, page.next, page.is_first), counts)


def trainings(scope: Scope, public_id: str) -> list[TrainingRow]:
    """Return until when somebody was said to be trained, the newest word first.

    :raises NotInScope: there is no such worker here
    """
    rows = worker_in_scope(scope, public_id).trainings.order_by("-renewed_at", "-id")
    return [TrainingRow(*row) for row in rows.values_list("until", "renewed_at", "renewed_by")]


def nearest(scope: Scope, path: str, *, at: datetime, most: int = MOST_NEAR) -> tuple[list[WorkerRow], int]:
    """Return the staff nearest to a place in the tree, and how many there are in all."""
    known = list(Worker.objects.filter(within(scope.path), left_at=None).values_list("id", "path"))
    known.sort(key=lambda one: (-_in_common(one[1], path), one[0]))
    return _named(scope, [row for row, _path in known[:most]], at), len(known)


def _in_common(one: str, other: str) -> int:
    """Return how many units two paths have in common."""
    pairs = zip(one.split("."), other.split("."), strict=False)
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _named(scope: Scope, wanted: Sequence[int], at: datetime) -> list[WorkerRow]:
    """Return workers with their names, in the order wanted."""
    found = {one.pk: _worker(scope, one, at) for one in _with_shifts(scope, at).filter(pk__in=wanted)}
    return [found[one] for one in wanted if one in found]


def worker_row(scope: Scope, public_id: str, *, at: datetime) -> WorkerRow:
    """Return one of the staff.

    :raises NotInScope: there is no such worker here
    """
    found = _with_shifts(scope, at).filter(public_id=public_id).first()
    if found is None:
        raise NotInScope
    return _worker(scope, found, at)


def _with_shifts(scope: Scope, at: datetime) -> QuerySet[Worker]:
    to_come = Count("shifts", filter=Q(shifts__dropped_at=None, shifts__ends_at__gt=at))
    rows = Worker.objects.filter(within(scope.path), left_at=None).select_related("unit")
    return rows.annotate(to_come=to_come)


def _worker(scope: Scope, one: Worker, at: datetime) -> WorkerRow:
    return WorkerRow(
        one.public_id,
        name_of(scope, one),
        one.kind,
        one.unit.name,
        one.unit.name_en,
        one.trained_until,
        is_trained(one.kind, one.trained_until, day_of(at)),
        one.to_come,  # type: ignore[attr-defined]  # annotated above
    )


def shifts(scope: Scope, place: str, *, at: datetime) -> list[ShiftRow]:
    """Return who stands at a place now and who comes next."""
    rows = Shift.objects.filter(within(scope.path), place=place, dropped_at=None, ends_at__gt=at)
    return [
        ShiftRow(
            one.public_id,
            one.worker.public_id,
            name_of(scope, one.worker),
            one.worker.kind,
            one.place,
            one.starts_at,
            one.ends_at,
            one.in_heat,
            is_trained(one.worker.kind, one.worker.trained_until, day_of(one.ends_at)),
            one.starts_at <= at,
        )
        for one in rows.select_related("worker").order_by("starts_at", "id")[:200]
    ]


def name_of(scope: Scope, worker: Worker) -> str:
    """Return a colleague's name: staff are known to the desks that roster them."""
    return open_text(worker.name_sealed, table="staffing_worker", column="name", row=worker.pk)


def worker_in_scope(scope: Scope, public_id: str) -> Worker:
    found = Worker.objects.filter(within(scope.path), public_id=public_id, left_at=None).first()
    if found is None:
        raise NotInScope
    return found


def shift_in_scope(scope: Scope, public_id: str) -> Shift:
    found = Shift.objects.filter(within(scope.path), public_id=public_id).first()
    if found is None:
        raise NotInScope
    return found


def on_shift(scope: Scope, places: Sequence[str]) -> dict[str, list[tuple[str, datetime, datetime]]]:
    """Return who stands at places, at any hour: kind, begin and end, by place."""
    found: dict[str, list[tuple[str, datetime, datetime]]] = defaultdict(list)
    rows = Shift.objects.filter(within(scope.path), place__in=places, dropped_at=None).order_by("starts_at", "id")
    for place, kind, starts_at, ends_at in rows.values_list("place", "worker__kind", "starts_at", "ends_at"):
        found[place].append((kind, starts_at, ends_at))
    return found
