"""One act over many tasks: a handful of statements, a line of history each, every skipped one named with its reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.tasks.models import Act, Reminder, Task, TaskState
from shali.foundation.tasks.queries.desk import Filter, filtered
from shali.foundation.tasks.services.accept import assignee_at
from shali.foundation.tasks.services.step import take_steps


@dataclass(frozen=True, slots=True)
class Selection:
    """Either the tasks by public number, or everything that a filter of the desk holds."""

    tasks: Sequence[str] = ()
    all_of: Filter | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    task: str
    reason: str  # a translated sentence


@dataclass(frozen=True, slots=True)
class Outcome:
    done: int
    skipped: tuple[Skipped, ...] = field(default_factory=tuple)


def _lock(scope: Scope, selection: Selection, *, at: datetime) -> list[Task]:
    """Lock what is selected, in one order, so that two clerks with overlapping selections never wait for each other."""
    chosen: QuerySet[Task]
    if selection.all_of is not None:
        chosen = filtered(scope, selection.all_of, at=at)
    else:
        chosen = Task.objects.filter(within(scope.path), public_id__in=selection.tasks)
    # A filter that joins cannot be locked as it stands.
    numbers = chosen.order_by().values("pk")
    return list(Task.objects.select_for_update(no_key=True).filter(pk__in=numbers).order_by("id"))


def _split(
    tasks: Sequence[Task], wanted: Selection, why_not: Callable[[Task], str]
) -> tuple[list[Task], list[Skipped]]:
    lawful: list[Task] = []
    skipped: list[Skipped] = []
    for task in tasks:
        reason = why_not(task)
        if reason:
            skipped.append(Skipped(task.public_id, reason))
        else:
            lawful.append(task)
    known = {task.public_id for task in tasks}
    skipped += [Skipped(one, _("There is no such task here.")) for one in wanted.tasks if one not in known]
    return lawful, skipped


@transaction.atomic
def accept_many(*, scope: Scope, selection: Selection, by: str, at: datetime) -> Outcome:
    def why_not(task: Task) -> str:
        if task.state == TaskState.CLOSED:
            return _("This task is closed already.")
        return _("This task is accepted already.") if task.state == TaskState.ACCEPTED else ""

    lawful, skipped = _split(_lock(scope, selection, at=at), selection, why_not)
    changes = {"state": TaskState.ACCEPTED, "accepted_at": at, "accepted_by": by}
    take_steps(lawful, act=Act.ACCEPTED, changes=changes, by=by, at=at)
    return Outcome(len(lawful), tuple(skipped))


@transaction.atomic
def assign_many(*, scope: Scope, selection: Selection, unit: str, post: str, by: str, at: datetime) -> Outcome:
    """Give the selected tasks of one unit to one of its posts; tasks of other units are skipped by name."""
    chosen = assignee_at(unit, post=post, at=at)

    def why_not(task: Task) -> str:
        if task.state == TaskState.CLOSED:
            return _("This task is closed already.")
        if task.path != chosen.path:
            return _("Another unit owns this task.")
        return _("Assigned so already.") if task.assignee_id == chosen.pk else ""

    lawful, skipped = _split(_lock(scope, selection, at=at), selection, why_not)
    detail = {"post": chosen.pk}
    unaccepted = [task for task in lawful if task.state == TaskState.HANDED_OVER]
    accepted = [task for task in lawful if task.state == TaskState.ACCEPTED]
    taken = {"assignee": chosen, "state": TaskState.ACCEPTED, "accepted_at": at, "accepted_by": by}
    take_steps(unaccepted, act=Act.ASSIGNED, changes=taken, detail=detail, by=by, at=at)
    take_steps(accepted, act=Act.ASSIGNED, changes={"assignee": chosen}, detail=detail, by=by, at=at)
    return Outcome(len(lawful), tuple(skipped))


@transaction.atomic
def remind_many(*, scope: Scope, selection: Selection, by: str, at: datetime) -> Outcome:
    """Remind the owners of the selected tasks by hand."""

    def why_not(task: Task) -> str:
        return _("This task is closed already.") if task.state == TaskState.CLOSED else ""

    lawful, skipped = _split(_lock(scope, selection, at=at), selection, why_not)
    paths = [task.path for task in lawful]
    take_steps(lawful, act=Act.REMINDED, changes={}, to_paths=paths, detail={"step": "by_hand"}, by=by, at=at)
    with in_scope(system_scope("tasks")):
        Reminder.objects.bulk_create(
            [
                Reminder(task=task, step=f"by hand:{task.version}", kind="remind", to_path=task.path, at=at, by=by)
                for task in lawful
            ],
            batch_size=5_000,
        )
    return Outcome(len(lawful), tuple(skipped))
