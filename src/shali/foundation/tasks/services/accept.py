from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.accounts.models import Post
from shali.foundation.accounts.queries import in_force
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.tasks.models import Act, Task, TaskState
from shali.foundation.tasks.rules import BLOCKED_ON
from shali.foundation.tasks.services.reach import NotLawful, known_code, open_task
from shali.foundation.tasks.services.step import Step, take_step
from shali.foundation.ui.refusal import WrongInput


@transaction.atomic
def accept(*, scope: Scope, task: str, seen: int | None, by: str, at: datetime) -> Task:
    """Say that a task is ours.

    :raises NotLawful: it is accepted or closed already
    :raises TaskChanged: somebody changed it since `seen`
    """
    row = open_task(scope, task=task)
    if row.state == TaskState.ACCEPTED and seen in (None, row.version):
        raise NotLawful(_("This task is accepted already."))
    changes = {"state": TaskState.ACCEPTED, "accepted_at": at, "accepted_by": by}
    take_step(row, step=Step(Act.ACCEPTED, changes, to_path=row.path), seen=seen, by=by, at=at)
    return row


@transaction.atomic
def assign(*, scope: Scope, task: str, post: str | None, seen: int | None, by: str, at: datetime) -> Task:
    """Give a task to a post of its owner unit, which accepts it; None takes the assignee away again.

    :raises WrongInput: the post is not at the owner unit, or not in force
    """
    row = open_task(scope, task=task)
    chosen = assignee_at(row.path, post=post, at=at) if post else None
    changes: dict[str, object] = {"assignee": chosen}
    if chosen is not None and row.accepted_at is None:
        changes |= {"state": TaskState.ACCEPTED, "accepted_at": at, "accepted_by": by}
    detail = {"post": chosen.pk if chosen else None}
    take_step(row, step=Step(Act.ASSIGNED, changes, to_path=row.path, detail=detail), seen=seen, by=by, at=at)
    return row


def assignee_at(path: str, *, post: str, at: datetime) -> Post:
    """Return a post in force at a unit.

    :raises WrongInput: there is none
    """
    found = Post.objects.filter(in_force(at), path=path, public_id=post).first()
    if found is None:
        raise WrongInput(_("Choose somebody whose post is at this unit and in force."), fields={"post": "unknown"})
    return found


@transaction.atomic
def block(*, scope: Scope, task: str, waits_for: str, note: str = "", seen: int | None, by: str, at: datetime) -> Task:
    """Say that a task waits for somebody. The clock runs on."""
    row = open_task(scope, task=task)
    code = known_code(waits_for, among=BLOCKED_ON, field="waits_for")
    changes = {"blocked_since": row.blocked_since or at, "blocked_on": code}
    step = Step(Act.BLOCKED, changes, detail={"waits_for": code}, note=note)
    take_step(row, step=step, seen=seen, by=by, at=at)
    return row


@transaction.atomic
def unblock(*, scope: Scope, task: str, seen: int | None, by: str, at: datetime) -> Task:
    row = open_task(scope, task=task)
    if row.blocked_since is None and seen in (None, row.version):
        raise NotLawful(_("This task waits for nobody."))
    take_step(row, step=Step(Act.UNBLOCKED, {"blocked_since": None, "blocked_on": ""}), seen=seen, by=by, at=at)
    return row


@transaction.atomic
def note(*, scope: Scope, task: str, text: str, seen: int | None, by: str, at: datetime) -> Task:
    """Write a line into the history; it is sealed."""
    row = open_task(scope, task=task)
    if not text.strip():
        raise WrongInput(_("Write something."), fields={"note": "empty"})
    take_step(row, step=Step(Act.NOTED, {}, note=text.strip()), seen=seen, by=by, at=at)
    return row
