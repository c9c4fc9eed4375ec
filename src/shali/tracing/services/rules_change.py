"""The rules changed: who would have another plan is listed first, and judged anew only when somebody says so."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.ui.shown import refuse_more
from shali.tracing.models import Contact, ContactState
from shali.tracing.services.judging import judge_contacts


@transaction.atomic
def apply_rules(
    *, scope: Scope, contacts: Sequence[str] | None, shown: int | None = None, by: str, at: datetime
) -> int:
    """Judge contacts of a scope by the rules in force; None: all who are affected. Returns how many plans changed.

    :raises MoreThanSaid: all are asked for, and they are more than `shown`, the number that whoever asks was shown
    :raises WrongInput: all are asked for without that number
    """
    rows = Contact.objects.select_for_update(of=("self",)).filter(
        within(scope.path), state=ContactState.UNDER_OBSERVATION
    )
    if contacts is not None:
        rows = rows.filter(public_id__in=contacts)
    chosen = list(rows.order_by("id"))
    with in_scope(system_scope("tracing")):
        changed = len(judge_contacts(chosen, caused_by="rules_changed", by=by, at=at))
    if contacts is None:
        refuse_more(changed, shown)
    return changed
