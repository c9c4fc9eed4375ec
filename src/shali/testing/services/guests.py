"""Who a guest of a round is: settled by one answer, taken back without loss."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.people.services.merge import merge_after_review, undo_merge
from shali.foundation.ui.refusal import NotInScope
from shali.testing.models import Expected, GuestAnswer
from shali.testing.queries.find import round_in_scope
from shali.testing.queries.guests import lines_like
from shali.testing.rules import RoundState
from shali.testing.services.rounds import NotLawful


@transaction.atomic
def settle_guest(*, scope: Scope, made: str, guest: int, same_as: int | None, by: str, at: datetime) -> GuestAnswer:
    """Say which line of the roster is a guest's, or that none is. His samples and recalls are that person's then.

    guest, same_as: numbers of lines of the round; None: nobody of the roster
    :raises NotInScope: one of them is not here, or the line is none that the guest may be by the rules of likeness
    :raises NotLawful: answered already, or the round is closed
    """
    line = _guest(scope, made, guest)
    if GuestAnswer.objects.filter(guest=line, undone_at=None).exists():
        raise NotLawful(_("Who this guest is was answered already."))
    if same_as is None:
        return GuestAnswer.objects.create(path=line.path, guest=line, decided_at=at, decided_by=by)
    chosen = next((one for one, _reasons in lines_like(scope, [line])[line.pk] if one.pk == same_as), None)
    if chosen is None:
        raise NotInScope
    merge = merge_after_review(kept=chosen.person_id, lost=line.person_id, by=by, at=at)
    with in_scope(system_scope("testing")):
        return GuestAnswer.objects.create(
            path=line.path, guest=line, same_as=chosen, merge=merge, decided_at=at, decided_by=by
        )


@transaction.atomic
def undo_guest(*, scope: Scope, made: str, guest: int, by: str, at: datetime) -> None:
    """Take the answer about a guest back: two records that it joined stand apart, each with his own samples.

    :raises NotInScope: there is no such answer here
    :raises NotLawful: the round is closed
    """
    line = _guest(scope, made, guest)
    found = GuestAnswer.objects.select_for_update(of=("self",)).filter(guest=line, undone_at=None)
    answer = found.select_related("merge").first()
    if answer is None:
        raise NotInScope
    if answer.merge is not None:
        inner = system_scope("testing")
        with in_scope(inner):
            undo_merge(scope=inner, merge=answer.merge.public_id, by=by, at=at)
    GuestAnswer.objects.filter(pk=answer.pk).update(undone_at=at, undone_by=by)


def _guest(scope: Scope, made: str, guest: int) -> Expected:
    row = round_in_scope(scope, made)
    rows = Expected.objects.select_for_update(of=("self",)).filter(within(scope.path), round=row, pk=guest, guest=True)
    line = rows.select_related("round").first()
    if line is None:
        raise NotInScope
    if line.round.state == RoundState.CLOSED:
        raise NotLawful(_("This round is closed."))
    return line
