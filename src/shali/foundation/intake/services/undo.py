from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.intake.facts import BatchUndone
from shali.foundation.intake.models import Batch, BatchState, Review, ReviewState, Row
from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.people.models import Person
from shali.foundation.people.queries.built_on import built_on
from shali.foundation.people.services.withdraw import withdraw_people
from shali.foundation.ui.refusal import NotInScope, Refusal


class BuiltOn(Refusal):
    """Something was built on the import; it cannot be undone as a whole any more."""


@transaction.atomic
def undo_batch(*, scope: Scope, batch: str, by: str, at: datetime) -> Batch:
    """Take a whole import back while nothing was built on it; its rows stay, as what was received.

    Rooms above hear BatchUndone in this transaction, and refuse when they began to work on it; then nothing is undone.
    Whom another file names as well stays as he is, and is that file's from now on.
    :raises BuiltOn: reviews were decided, or something stands on somebody whom it enrolled; it says what and how much
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
            _withdraw(found, at=at)
    return found


def _withdraw(batch: Batch, *, at: datetime) -> None:
    source = f"batch:{batch.public_id}"
    # Whoever opens a case of one of them just now has to wait for us, or we for him.
    enrolled = list(
        Person.objects.select_for_update().filter(source=source).order_by("id").values_list("pk", flat=True)
    )
    if stands := built_on(system_scope("intake"), enrolled):
        said = _(
            "This import cannot be undone: on people whom it brought there stand by now %(what)s. End those first."
        )
        what = _(", ").join(_("%(what)s: %(n)d") % {"what": one.word, "n": one.rows} for one in stands)
        raise BuiltOn(said % {"what": what})
    withdraw_people(source=source, heirs=_named_elsewhere(batch, enrolled), at=at)


def _named_elsewhere(batch: Batch, people: list[int]) -> dict[int, str]:
    """Return whom another file that holds names as well, each with the first such file."""
    rows = Row.objects.filter(person_id__any_of=people).exclude(batch=batch).exclude(batch__state=BatchState.UNDONE)
    named = rows.order_by("-batch_id").values_list("person_id", "batch__public_id").distinct()
    return {person: f"batch:{other}" for person, other in named if person is not None}
