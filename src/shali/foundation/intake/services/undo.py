from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.intake.facts import BatchUndone
from shali.foundation.intake.models import Batch, BatchState, Review, ReviewState
from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.people.services.withdraw import withdraw_people
from shali.foundation.ui.refusal import NotInScope, Refusal


class BuiltOn(Refusal):
    """Something was built on the import; it cannot be undone as a whole any more."""


@transaction.atomic
def undo_batch(*, scope: Scope, batch: str, by: str, at: datetime) -> Batch:
    """Take a whole import back while nothing was built on it; its rows stay, as what was received.

    Rooms above hear BatchUndone in this transaction, and refuse when they built on it; then nothing is undone.
    :raises BuiltOn: reviews were decided, or a room above built on it
    """
    found = Batch.objects.select_for_update().filter(within(scope.path), public_id=batch).first()
    if found is None:
        raise NotInScope
    if found.state == BatchState.UNDONE:
        raise BuiltOn(_("This import was undone already."))
    if found.state == BatchState.SETTLING:
        raise BuiltOn(_("The rows are being settled just now. Undo when that is done."))
    if Review.objects.filter(row__batch=found, state__in=(ReviewState.SAME, ReviewState.DIFFERENT)).exists():
        raise BuiltOn(_("Rows of this import were reviewed. Undo the reviews first."))
    with in_scope(system_scope("intake")):
        was_settled = found.state == BatchState.SETTLED
        found.state, found.undone_by, found.undone_at = BatchState.UNDONE, by, at
        found.save(update_fields=["state", "undone_by", "undone_at"])
        announce([BatchUndone(found.pk)], by=by, at=at)
        if was_settled:
            withdraw_people(source=f"batch:{found.public_id}", at=at)
    return found
