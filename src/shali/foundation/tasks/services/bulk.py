"""One act over many tasks: chosen once, done in chunks, every skipped one named with its reason.

A few are done at once; more than `AT_ONCE` by the worker, and a page shows how far it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import orjson
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from shali.foundation.accounts.models import Post
from shali.foundation.jurisdictions.rows import insert_rows
from shali.foundation.jurisdictions.rules import lies_in
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.tasks.models import (
    Act,
    BulkAct,
    BulkKind,
    BulkState,
    BulkTask,
    Reminder,
    Task,
    TaskState,
)
from shali.foundation.tasks.queries.desk import WHICH, Filter, filtered
from shali.foundation.tasks.rules import why_skipped
from shali.foundation.tasks.services.accept import assignee_at
from shali.foundation.tasks.services.step import take_steps
from shali.foundation.ui.formats import num
from shali.foundation.ui.refusal import WrongInput
from shali.foundation.ui.shown import refuse_more

AT_ONCE = 500
CHUNK = 1_000
NAMED = 20  # of numbers that name nothing, as many stand in the sentence
RUN = "shali.foundation.tasks.jobs.run_bulk_act"  # by name: the job itself calls this room


@dataclass(frozen=True, slots=True)
class Selection:
    """Either the tasks by public number, or everything that a filter of the desk holds.

    count: how many the filter was seen to hold; an act never takes more than that
    """

    tasks: Sequence[str] = ()
    all_of: Filter | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for. is_finished: false while the worker is at it."""

    act: str
    is_finished: bool
    done: int
    skipped: int


def accept_many(*, scope: Scope, selection: Selection, by: str, at: datetime) -> Asked:
    """Accept the selected tasks: all of them, or none where the selection says something else than it means.

    :raises WrongInput: nothing chosen, a number that names no task of the scope, numbers beside a filter, a filter
        that there is not, or one without the count that was shown
    :raises MoreThanSaid: the filter holds more by now
    """
    return _ask(scope, selection, kind=BulkKind.ACCEPT, post=None, by=by, at=at)


def assign_many(*, scope: Scope, selection: Selection, unit: str, post: str, by: str, at: datetime) -> Asked:
    """Give the selected tasks of one unit to one of its posts; tasks of other units are skipped by name.

    :raises WrongInput: the post is not at that unit, or not in force
    """
    here = assignee_at(scope.part(unit), post=post, at=at)
    return _ask(scope, selection, kind=BulkKind.ASSIGN, post=here, by=by, at=at)


def remind_many(*, scope: Scope, selection: Selection, by: str, at: datetime) -> Asked:
    """Remind the owners of the selected tasks by hand."""
    return _ask(scope, selection, kind=BulkKind.REMIND, post=None, by=by, at=at)


def _ask(scope: Scope, selection: Selection, *, kind: BulkKind, post: Post | None, by: str, at: datetime) -> Asked:
    with transaction.atomic():
        act = _freeze(scope, _chosen(scope, selection, at=at), kind=kind, post=post, by=by, at=at)
        if act.total > AT_ONCE:
            app.configure_task(RUN, lock=f"tasks:bulk:{act.pk}").defer(act=act.pk)
    if act.total <= AT_ONCE:
        act = run(act=act.pk, at=at)
    return Asked(act.public_id, act.finished_at is not None, act.done, act.skipped)


def finish(asked: Asked, *, at: datetime) -> Asked:
    """Do here what was left to the worker: for a command whose caller waits for it."""
    act = run(act=BulkAct.objects.get(public_id=asked.act).pk, at=at)
    return replace(asked, is_finished=True, done=act.done, skipped=act.skipped)


def _chosen(scope: Scope, selection: Selection, *, at: datetime) -> list[int]:
    """Return what is meant now; what is not understood means nothing, and never everything."""
    if selection.all_of is None:
        return _named(scope, selection.tasks)
    if selection.tasks:
        said = _("%(n)s tasks are ticked, and everything under the filter as well. Say one of the two.")
        raise WrongInput(said % {"n": num(len(selection.tasks))})
    return _all_of(scope, selection.all_of, selection.count, at=at)


def _named(scope: Scope, numbers: Sequence[str]) -> list[int]:
    if not numbers:
        raise WrongInput(_("Tick at least one task."))
    found = dict(
        Task.objects.filter(within(scope.path), public_id__in=numbers).order_by().values_list("public_id", "pk")
    )
    unknown = [one for one in dict.fromkeys(numbers) if one not in found]
    if unknown:
        # Of tasks of others no more is said than that they are not here; nothing is done to those that are.
        named = ", ".join(one[:12] for one in unknown[:NAMED])
        said = _("%(n)s of these numbers name no task here, and nothing was done: %(numbers)s. Look again.")
        raise WrongInput(said % {"n": num(len(unknown)), "numbers": named}, fields={"tasks": named})
    return list(found.values())


def _all_of(scope: Scope, chosen: Filter, count: int | None, *, at: datetime) -> list[int]:
    if chosen.which not in WHICH:
        raise WrongInput(_("There is no such filter."), fields={"which": "unknown"})
    found = list(filtered(scope, chosen, at=at).order_by().values_list("pk", flat=True).distinct())
    refuse_more(len(found), count)
    if not found:
        raise WrongInput(_("No task is under this filter any more."))
    return found


def _freeze(
    scope: Scope, numbers: Sequence[int], *, kind: BulkKind, post: Post | None, by: str, at: datetime
) -> BulkAct:
    """Write down what is meant now: what the filter holds in a minute is something else."""
    act = BulkAct.objects.create(path=scope.path, kind=kind, post=post, asked_by=by, asked_at=at, total=len(numbers))
    columns = ("act_id", "task_id", "state", "reason", "before")
    insert_rows(BulkTask, columns, ((act.pk, one, BulkState.WAITING.value, "", "{}") for one in sorted(numbers)))
    return act


def run(*, act: int, at: datetime) -> BulkAct:
    """Do what was asked, a chunk to a transaction; run again after a kill it goes on where it stopped."""
    while True:
        with transaction.atomic(), in_scope(system_scope("tasks")):
            # Two workers at one act take turns, and each finds what the other left.
            row = BulkAct.objects.select_for_update().get(pk=act)
            if row.finished_at is not None:
                return row
            waiting = list(row.tasks.filter(state=BulkState.WAITING).order_by("task_id")[:CHUNK])
            if not waiting:
                row.finished_at = at
                row.save(update_fields=["finished_at"])
                return row
            _do(row, waiting, at=at)


def _do(act: BulkAct, waiting: list[BulkTask], *, at: datetime) -> None:
    tasks = lock_tasks([one.task_id for one in waiting])
    post = act.post
    for one in waiting:
        task = tasks[one.task_id]
        one.reason = why_skipped(
            act.kind, state=task.state, is_assigned=post is not None and task.assignee_id == post.pk,
            is_of_unit=post is None or task.path == post.path, is_here=lies_in(task.path, act.path),
        )  # fmt: skip
        one.state = BulkState.SKIPPED if one.reason else BulkState.DONE
        one.before = {"state": task.state, "assignee": task.assignee_id}
    lawful = [tasks[one.task_id] for one in waiting if not one.reason]
    _ACTS[BulkKind(act.kind)](act, lawful, at)
    for one in waiting:
        one.version = None if one.reason else tasks[one.task_id].version
    note(waiting)
    BulkAct.objects.filter(pk=act.pk).update(
        done=F("done") + len(lawful), skipped=F("skipped") + len(waiting) - len(lawful)
    )


def note(rows: Sequence[BulkTask]) -> None:
    """Write down what became of some tasks: one statement, however many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            update tasks_bulktask b set state = n.state, reason = n.reason, version = n.version, before = n.before
            from unnest(%s::bigint[], %s::smallint[], %s::text[], %s::int[], %s::text[]::jsonb[])
              as n (id, state, reason, version, before)
            where b.id = n.id
            """,
            [
                [one.pk for one in rows], [int(one.state) for one in rows], [one.reason for one in rows],
                [one.version for one in rows], [orjson.dumps(one.before).decode() for one in rows],
            ],
        )  # fmt: skip


def lock_tasks(numbers: Sequence[int]) -> dict[int, Task]:
    """Lock tasks in one order, so that two clerks with overlapping selections never wait for each other."""
    locked = Task.objects.select_for_update(no_key=True).filter(pk__any_of=list(numbers)).order_by("id")
    return {task.pk: task for task in locked}


def _accept(act: BulkAct, tasks: list[Task], at: datetime) -> None:
    changes = {"state": TaskState.ACCEPTED, "accepted_at": at, "accepted_by": act.asked_by}
    take_steps(tasks, act=Act.ACCEPTED, changes=changes, detail=_detail(act), by=act.asked_by, at=at)


def _assign(act: BulkAct, tasks: list[Task], at: datetime) -> None:
    detail = _detail(act) | {"post": act.post_id}
    unaccepted = [task for task in tasks if task.state == TaskState.HANDED_OVER]
    accepted = [task for task in tasks if task.state == TaskState.ACCEPTED]
    taken = {"assignee": act.post, "state": TaskState.ACCEPTED, "accepted_at": at, "accepted_by": act.asked_by}
    take_steps(unaccepted, act=Act.ASSIGNED, changes=taken, detail=detail, by=act.asked_by, at=at)
    take_steps(accepted, act=Act.ASSIGNED, changes={"assignee": act.post}, detail=detail, by=act.asked_by, at=at)


def _remind(act: BulkAct, tasks: list[Task], at: datetime) -> None:
    paths, by = [task.path for task in tasks], act.asked_by
    detail = _detail(act) | {"step": "by_hand"}
    take_steps(tasks, act=Act.REMINDED, changes={}, to_paths=paths, detail=detail, by=by, at=at)
    Reminder.objects.bulk_create(
        Reminder(task=task, step=f"by hand:{task.version}", kind="remind", to_path=task.path, at=at, by=by)
        for task in tasks
    )


def _detail(act: BulkAct) -> dict[str, object]:
    return {"bulk": act.public_id}


_ACTS: dict[BulkKind, Callable[[BulkAct, list[Task], datetime], None]] = {
    BulkKind.ACCEPT: _accept,
    BulkKind.ASSIGN: _assign,
    BulkKind.REMIND: _remind,
}
