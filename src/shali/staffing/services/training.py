"""Training renewed: until when somebody may do the work of his kind, with who said so and when."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.staffing.models import Shift, Training, Worker
from shali.staffing.rules import TRAINED
from shali.staffing.services.shifts import NotLawful

MOST_AT_ONCE = 500
FARTHEST = timedelta(days=3 * 366)  # a later day is a slip of the hand


@transaction.atomic
def renew_training(*, scope: Scope, workers: Sequence[str], until: date | None, by: str, at: datetime) -> int:
    """Write down that workers are trained until a day; said again, also an earlier one, it is put right. How many.

    :raises WrongInput: nobody is named, or the day is over or years away
    :raises NotLawful: somebody has a shift behind that day; nothing was changed
    :raises NotInScope: one of them is not of this scope
    """
    wanted, today = set(workers), day_of(at)
    if not 1 <= len(wanted) <= MOST_AT_ONCE:
        said = _("Choose between 1 and %(n)d people whose training is renewed.")
        raise WrongInput(said % {"n": MOST_AT_ONCE}, fields={"worker": "missing"})
    if until is None or not today <= until <= today + FARTHEST:
        said = _("Training ends between %(first)s and %(last)s. Write the day as 2022-08-10.")
        raise WrongInput(said % {"first": today, "last": today + FARTHEST}, fields={"trained_until": "wrong"})
    rows = Worker.objects.select_for_update().filter(within(scope.path), public_id__in=wanted, left_at=None)
    found = list(rows.order_by("pk"))
    if len(found) != len(wanted):
        raise NotInScope
    _keep_shifts(found, until, at)
    Training.objects.bulk_create(
        Training(path=one.path, worker=one, until=until, renewed_at=at, renewed_by=by) for one in found
    )
    return Worker.objects.filter(pk__in=[one.pk for one in found]).update(trained_until=until)


def _keep_shifts(found: Sequence[Worker], until: date, at: datetime) -> None:
    """Refuse a day behind which somebody who needs training stands on a shift already."""
    trained = [one.pk for one in found if one.kind in TRAINED]
    ends = Shift.objects.filter(worker__in=trained, dropped_at=None, ends_at__gt=at).values_list("ends_at", flat=True)
    behind = sum(day_of(one) > until for one in ends)
    if behind:
        said = _("%(n)d shifts are given for days after %(until)s. Take them back first, or give a later day.")
        raise NotLawful(said % {"n": behind, "until": until})
