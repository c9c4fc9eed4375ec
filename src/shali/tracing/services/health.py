"""A contact's symptoms and temperatures in plain: nobody reads them without a record of the look."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from shali.foundation.journal.access import record_access
from shali.foundation.jurisdictions.scope import Scope
from shali.tracing.queries.contact import Observed, observations
from shali.tracing.queries.find import contact_in_scope


@transaction.atomic
def read_health(*, scope: Scope, contact: str, at: datetime) -> Sequence[Observed]:
    """Return what was entered about the days of a contact whom the scope answers for, newest first.

    :raises NotInScope: there is none here
    """
    found = contact_in_scope(scope, contact, ours=True)
    entries = observations(scope, contact)
    record_access(
        scope=scope,
        act="follow_up",
        purpose="medical_help",
        subject_kind="person",
        subject=found.person_id,
        fields=["symptoms"],
        at=at,
    )
    return entries
