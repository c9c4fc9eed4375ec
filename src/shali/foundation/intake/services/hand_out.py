"""The next question of the queue, to one desk at a time."""

from datetime import datetime

from django.db import transaction
from django.db.models import Case, Q, When

from shali.foundation.intake.models import Review, ReviewState
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.policy.rules import review_hold


@transaction.atomic
def next_review(*, scope: Scope, by: str, at: datetime, leave: str = "") -> str:
    """Hand out the next open question and hold it for its reader some minutes; '' where none is free.

    What was handed out to the same post and is not decided comes again; then what was seen in person, then due first.
    Two desks at once get two questions: each passes over what the other is taking.
    leave: a question that this post lets go undecided; any desk may be handed it, and this one not now
    """
    mine = Q(held_by=by, held_until__gt=at)
    free = Q(held_until=None) | Q(held_until__lte=at)
    waiting = Review.objects.filter(within(scope.path), state=ReviewState.OPEN, row__batch__state=5)
    found = (
        waiting.filter(mine | free)
        .exclude(public_id=leave)
        .select_for_update(of=("self",), skip_locked=True)
        .order_by(Case(When(mine, then=0), default=1), Case(When(found="", then=1), default=0), "due_at", "row_id")
        .first()
    )
    waiting.filter(public_id=leave, held_by=by).update(held_by="", held_until=None)
    if found is None:
        return ""
    Review.objects.filter(pk=found.pk).update(held_by=by, held_until=at + review_hold(at))
    return found.public_id
