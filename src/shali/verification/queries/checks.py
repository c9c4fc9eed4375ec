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
