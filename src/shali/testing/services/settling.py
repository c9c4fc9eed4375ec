"""Parked results that nothing matches by itself: put on a tube, or refused, by a second person and with a reason."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.testing.models import Result, Tube
from shali.testing.models.laboratory import MATCHED_FOR, REFUSED_FOR
from shali.testing.queries.find import tube_in_scope
from shali.testing.rules import TubeState
from shali.testing.services.applying import put_on_tubes
from shali.testing.services.rounds import NotLawful


@transaction.atomic
def match_result(*, scope: Scope, result: str, tube: str, why: str, by: str, at: datetime) -> Result:
    """Put a parked result on a tube of the scope: never who entered it. Its line says why.

    :raises WrongInput: no reason of the list
    :raises NotLawful: it is settled, or one's own; the tube is not sealed, void, missing, or has another result
    """
    if why not in MATCHED_FOR:
        raise WrongInput(_("Say why this result is of that tube."), fields={"why": "missing"})
    row = _parked(scope, result, by=by)
    found = tube_in_scope(scope, tube)
    with in_scope(system_scope("testing")):
        held = Tube.objects.select_for_update().get(pk=found.pk)
        if held.state != TubeState.SEALED or held.lost_at is not None:
            raise NotLawful(_("This tube is void, missing or not sealed: no result is put on it."))
        if held.outcome is not None:
            raise NotLawful(_("This tube has a result. Enter yours as a correction of it, under its own label."))
        _settle(row, state="applied", why=why, by=by, at=at, tube=held)
        put_on_tubes({held.pk: row.outcome}, by=by, at=at)
    return row


@transaction.atomic
def refuse_result(*, scope: Scope, result: str, why: str, by: str, at: datetime) -> Result:
    """Refuse a parked result with a reason: never who entered it. The line stays, refused.

    :raises WrongInput: no reason of the list
    :raises NotLawful: it is settled already, or one's own
    """
    if why not in REFUSED_FOR:
        raise WrongInput(_("Say why this result is refused."), fields={"why": "missing"})
    row = _parked(scope, result, by=by)
    _settle(row, state="refused", why=why, by=by, at=at, tube=row.tube)
    return row


def _parked(scope: Scope, result: str, *, by: str) -> Result:
    row = Result.objects.select_for_update(of=("self",)).filter(public_id=result).select_related("tube").first()
    if row is None or not scope.holds(row.path):
        raise NotInScope
    if row.entered_by == by:
        raise NotLawful(_("You entered this result. Somebody else decides."))
    if row.state != "parked" or row.why in ("held", "same_again"):
        raise NotLawful(_("This result does not wait for a decision."))
    return row


def _settle(row: Result, *, state: str, why: str, by: str, at: datetime, tube: Tube | None) -> None:
    row.state, row.settled_for, row.decided_at, row.decided_by, row.tube = state, why, at, by, tube
    row.save(update_fields=["state", "settled_for", "decided_at", "decided_by", "tube"])
