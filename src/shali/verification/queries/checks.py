from dataclasses import dataclass
from datetime import datetime

from shali.foundation.accounts.queries import who
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.ui.refusal import NotInScope
from shali.verification.models import Check


def check_for_update(scope: Scope, task: str, *, closed: bool = False) -> Check:
    """Return the check of a task within the scope, its row locked so that two endings come one after the other.

    :raises NotInScope: there is no such task for this post
    """
    found = (
        Check.objects.select_for_update(of=("self",))
        .select_related("task")
        .filter(within(scope.path, "task__path"), task__public_id=task)
        .first()
    )
    if found is None:
        raise NotInScope
    return found


@dataclass(frozen=True, slots=True)
class Ended:
    """By whom, and when, a check was ended; `who` is the holder's name."""

    by: str
    who: str
    at: datetime


def ended_by(scope: Scope, task: str) -> Ended | None:
    """Return who ended the check of a task within the scope; None while it is open."""
    found = Check.objects.filter(within(scope.path, "task__path"), task__public_id=task).first()
    if found is None or found.ended_at is None:
        return None
    names = who([found.ended_by])
    return Ended(found.ended_by, names[found.ended_by].name if names else found.ended_by, found.ended_at)
