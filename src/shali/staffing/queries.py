"""Who there is, who stands where."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.ui.refusal import NotInScope
from shali.foundation.vault.sealing import open_text
from shali.staffing.models import Shift, Worker
from shali.staffing.rules import is_trained


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


def workers(scope: Scope, *, at: datetime, most: int = 500) -> list[WorkerRow]:
    """Return the staff of a scope: whoever's training has ended first."""
    to_come = Count("shifts", filter=Q(shifts__dropped_at=None, shifts__ends_at__gt=at))
    rows = Worker.objects.filter(within(scope.path), left_at=None).select_related("unit").annotate(to_come=to_come)
    today = day_of(at)
    found = [
        WorkerRow(
            one.public_id,
            name_of(scope, one),
            one.kind,
            one.unit.name,
            one.unit.name_en,
            one.trained_until,
            is_trained(one.kind, one.trained_until, today),
            one.to_come,
        )
        for one in rows.order_by("trained_until", "id")[:most]
    ]
    return sorted(found, key=lambda one: one.is_trained)


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
            is_trained(one.worker.kind, one.worker.trained_until, day_of(one.starts_at)),
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
