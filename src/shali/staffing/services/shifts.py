"""Staff entered, shifts given and dropped; rest and heat held by rule, one place at a time by the database."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.rows import next_ids
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.policy.rules import number
from shali.foundation.ui.refusal import Refusal, WrongInput
from shali.foundation.vault.sealing import seal
from shali.staffing.models import Shift, Training, Worker
from shali.staffing.models.own_page import own_page_of
from shali.staffing.queries.shifts import shift_in_scope, worker_in_scope
from shali.staffing.rules import KINDS, Hours, is_trained, too_long


class NotLawful(Refusal):
    """A shift that the rules of the day do not allow."""


@dataclass(frozen=True, slots=True)
class NewShift:
    """place: public number of the sampling point; in_heat: in protective clothing while it is hot."""

    worker: str
    place: str
    starts_at: datetime
    ends_at: datetime
    in_heat: bool = False


@transaction.atomic
def enter_worker(
    *, scope: Scope, name: str, kind: str, unit: str, trained_until: date | None, by: str, at: datetime
) -> Worker:
    """Enter somebody who may be given shifts; he reports to a unit of the scope."""
    here = Unit.objects.filter(path=unit, closed_on=None).first()
    if not name.strip() or kind not in KINDS or here is None or not scope.holds(here.path):
        raise WrongInput(_("Name the person, the kind of work, and the unit to which he reports."), fields={"name": ""})
    (row,) = next_ids("staffing_worker", count=1)
    made = Worker.objects.create(
        pk=row,
        path=here.path,
        unit=here,
        name_sealed=seal(name.strip()[:60], table="staffing_worker", column="name", row=row),
        kind=kind,
        trained_until=trained_until,
        entered_at=at,
        entered_by=by,
        **own_page_of(row),
    )
    if trained_until is not None:
        Training.objects.create(path=here.path, worker=made, until=trained_until, renewed_at=at, renewed_by=by)
    return made


@transaction.atomic
def give_shift(*, scope: Scope, new: NewShift, by: str, at: datetime, worker: Worker | None = None) -> Shift:
    """Give somebody a shift. worker: where it is known already who he is, as when he accepts a call.

    :raises NotLawful: too long, too soon after another, or he is not trained for that day
    """
    worker = worker or worker_in_scope(scope, new.worker)
    hours = hours_at(at)
    if not new.starts_at < new.ends_at:
        raise WrongInput(_("The shift ends before it begins."), fields={"ends_at": "wrong"})
    most = too_long(new.starts_at, new.ends_at, hours, is_hot=new.in_heat)
    if most is not None:
        raise NotLawful(_("This shift is too long: %(hours)g hours at most.") % {"hours": most})
    if not is_trained(worker.kind, worker.trained_until, day_of(new.ends_at)):
        raise NotLawful(_("His training does not reach to that day. Renew it first, or choose another."))
    try:
        with transaction.atomic():
            return Shift.objects.create(
                path=scope.path,
                worker=worker,
                place=new.place[:12],
                starts_at=new.starts_at,
                ends_at=new.ends_at,
                rested_at=new.ends_at + timedelta(hours=hours.rest),
                in_heat=new.in_heat,
                entered_at=at,
                entered_by=by,
            )
    except IntegrityError as refused:
        if "staffing_shift_one_at_a_time" not in str(refused):
            raise
        said = _("He stands elsewhere at that time, or has not rested %(hours)g hours.") % {"hours": hours.rest}
        raise NotLawful(said) from refused


def hours_at(at: datetime) -> Hours:
    """Return the hours that the rules of a time allow."""
    return Hours(*(number(name, at).value for name in ("shift_hours_most", "shift_hours_in_heat", "rest_hours")))


@transaction.atomic
def drop_shift(*, scope: Scope, shift: str, by: str, at: datetime) -> Shift:
    """Take a shift back; it stays on record."""
    row = shift_in_scope(scope, shift)
    if not Shift.objects.filter(pk=row.pk, dropped_at=None).update(dropped_at=at, dropped_by=by):
        raise NotLawful(_("This shift was taken back already."))
    row.refresh_from_db()
    return row
