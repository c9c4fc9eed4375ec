"""The rules changed: who would have another plan is listed first, and judged anew only when somebody says so."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.tracing.models import Contact, ContactState
from shali.tracing.services.judging import judge_contacts


@transaction.atomic
def apply_rules(*, scope: Scope, contacts: Sequence[str] | None, by: str, at: datetime) -> int:
    """Judge contacts of a scope by the rules in force; None: all who are affected. Returns how many plans changed."""
    rows = Contact.objects.select_for_update(of=("self",)).filter(
        within(scope.path), state=ContactState.UNDER_OBSERVATION
    )
    if contacts is not None:
        rows = rows.filter(public_id__in=contacts)
    chosen = list(rows.order_by("id"))
    with in_scope(system_scope("tracing")):
        return len(judge_contacts(chosen, caused_by="rules_changed", by=by, at=at))
