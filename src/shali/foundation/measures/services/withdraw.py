"""A proposal that nobody has decided yet is taken back by whoever made it, or by the rule that did."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.measures.facts import MeasureWithdrawn
from shali.foundation.measures.models import Measure, MeasureAct, MeasureState
from shali.foundation.measures.services.step import NotAllowed, Step, measure_of, take_step


@transaction.atomic
def withdraw(*, scope: Scope, measure: str, by: str, at: datetime, seen: int | None = None) -> Measure:
    """Take a proposal back before somebody decides it; it stays on record as withdrawn.

    :raises NotAllowed: it is decided, or another proposed it
    """
    row = measure_of(scope, measure=measure)
    if row.state != MeasureState.PROPOSED:
        raise NotAllowed(_("This was decided already."))
    if row.proposed_by != by and not by.startswith("system:"):
        raise NotAllowed(_("Somebody else proposed it; refuse it instead."))
    take_step(row, step=Step(MeasureAct.WITHDRAWN, {"state": MeasureState.WITHDRAWN}), seen=seen, by=by, at=at)
    announce([MeasureWithdrawn(row.pk, row.kind, row.person_id, row.path)], by=by, at=at)
    return row
