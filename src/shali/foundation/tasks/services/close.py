from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.models import Sight
from shali.foundation.policy.rules import number
from shali.foundation.tasks.facts import TaskClosed, TaskReopened
from shali.foundation.tasks.models import Act, Task, TaskState
from shali.foundation.tasks.services.step import Step, TaskChanged, take_step
from shali.foundation.ui.refusal import Refusal


class NotOpen(Refusal):
    """The task is closed already."""


class NotClosed(Refusal):
    """The task is open; there is nothing to reopen."""


@transaction.atomic
def close_task(*, task: int, seen: int | None, outcome: str, scope: Scope, by: str, at: datetime) -> int:
    """Close a task whose capability says that what had to be established is established.

    Returns the journal's number of TaskClosed, the cause of what follows.
    :raises NotOpen: somebody closed it first
    :raises TaskChanged: somebody changed it since `seen`
    """
    row = Task.objects.get(pk=task)
    if row.state == TaskState.CLOSED:
        raise NotOpen(_("This task is closed already."))
    changes = {
        "state": TaskState.CLOSED,
        "closed_at": at,
        "closed_by": by,
        "outcome": outcome,
        "blocked_since": None,
        "blocked_on": "",
    }
    take_step(row, step=Step(Act.CLOSED, changes, detail={"outcome": outcome}), seen=seen, by=by, at=at)
    keep = timedelta(hours=number("sight_hours_after_task", at).value)
    with in_scope(system_scope("tasks")):
        Sight.objects.filter(task=task, ends_at=None).update(ends_at=at + keep)
    return announce([TaskClosed(task, row.kind, row.path, outcome)], by=by, at=at)[0]


@transaction.atomic
def reopen_task(*, task: int, scope: Scope, by: str, at: datetime, detail: dict[str, Any]) -> None:
    """Open a closed task again. Its clock runs from the hand-over that it always had."""
    row = Task.objects.get(pk=task)
    if row.state != TaskState.CLOSED:
        raise NotClosed(_("This task is open."))
    accepted = row.accepted_at is not None
    changes = {
        "state": TaskState.ACCEPTED if accepted else TaskState.HANDED_OVER,
        "closed_at": None,
        "closed_by": "",
        "outcome": "",
    }
    take_step(row, step=Step(Act.REOPENED, changes, detail=detail), seen=None, by=by, at=at)
    with in_scope(system_scope("tasks")):
        Sight.objects.filter(task=task, path=row.path).update(ends_at=None)
    announce([TaskReopened(task, row.kind, row.path)], by=by, at=at)


__all__ = ["NotClosed", "NotOpen", "TaskChanged", "close_task", "reopen_task"]
