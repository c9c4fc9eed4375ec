"""Two people who are one had two tasks: one remains, with every asker and the earlier deadline; undone, both return."""

from datetime import datetime

from shali.foundation.intake.facts import RowReviewed
from shali.foundation.journal.announce import Announced
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.people.services.merge import note_moves
from shali.foundation.tasks.models import Task, TaskState
from shali.foundation.tasks.services.close import close_task
from shali.foundation.tasks.services.step import bring_forward
from shali.verification.models import Check, Ending, ListEntry, PushedList
from shali.verification.services.endings import close_finished_lists, reopen

KIND, LOOK_BACK = "verification", "look_back"


def fold_tasks(announced: Announced) -> None:
    """Join the verification tasks of merged people; runs where PersonsMerged is announced."""
    with in_scope(system_scope("protocols")):
        for fact in announced.facts:
            _fold(fact.merge, fact.kept, fact.lost, at=announced.at)


def _fold(merge: int, kept: int, lost: int, *, at: datetime) -> None:
    tasks = list(Task.objects.select_for_update().filter(subject_id=lost, kind=KIND).order_by("id"))
    kept_open = (
        Task.objects.select_for_update().filter(subject_id=kept, kind=KIND).exclude(state=TaskState.CLOSED).first()
    )
    for task in tasks:
        if task.state != TaskState.CLOSED and kept_open is not None:
            _close_into(merge, task, kept_open, kept, at=at)
        else:
            _repoint(merge, task, kept)
    _fold_look_backs(merge, kept, lost)


def _fold_look_backs(merge: int, kept: int, lost: int) -> None:
    """Rounds that ask again go with the person; where both are asked just now, both go on to their end."""
    rounds = Task.objects.select_for_update().filter(kind=LOOK_BACK)
    both_asked = rounds.filter(subject_id=kept).exclude(state=TaskState.CLOSED).exists()
    for task in rounds.filter(subject_id=lost).order_by("id"):
        if task.state == TaskState.CLOSED or not both_asked:
            note_moves(merge, relation="tasks.Task.subject", rows=[(task.pk, {"subject_id": lost})])
            Task.objects.filter(pk=task.pk).update(subject_id=kept)


def _repoint(merge: int, task: Task, kept: int) -> None:
    note_moves(merge, relation="tasks.Task.subject", rows=[(task.pk, {"subject_id": task.subject_id})])
    Task.objects.filter(pk=task.pk).update(subject_id=kept)
    _move_entries(merge, task, task, kept)


def _close_into(merge: int, task: Task, other: Task, kept: int, *, at: datetime) -> None:
    """Close the lost person's task as the duplicate of the kept one's, which answers for its askers now."""
    _move_entries(merge, task, other, kept)
    system = system_scope("protocols")
    if task.due_at < other.due_at:
        bring_forward(task=other.pk, due_at=task.due_at, rule=task.rule, by=system.name, at=at)
    Check.objects.filter(task_id=task.pk, ending=None).update(
        ending=Ending.DUPLICATE, ended_at=at, ended_by=system.name, duplicate_of=other.pk
    )
    close_task(task=task.pk, seen=None, outcome="duplicate", scope=system, by=system.name, at=at)


def _move_entries(merge: int, task: Task, other: Task, kept: int) -> None:
    there = dict(ListEntry.objects.filter(person_id=kept, duplicate_of=None).values_list("pushed_list_id", "id"))
    for entry in ListEntry.objects.filter(task=task, duplicate_of=None).order_by("id"):
        before: dict[str, object] = {"person_id": entry.person_id, "task_id": entry.task_id, "duplicate_of_id": None}
        note_moves(merge, relation="verification.ListEntry.person", rows=[(entry.pk, before)])
        entry.duplicate_of_id = there.get(entry.pushed_list_id)
        entry.person_id, entry.task_id = kept, other.pk
        entry.save(update_fields=["person", "task", "duplicate_of"])


def unfold_tasks(announced: Announced) -> None:
    """Open again what a merge closed as a duplicate; the askers went back with the merge's own moves."""
    with in_scope(system_scope("protocols")):
        system = system_scope("protocols")
        for fact in announced.facts:
            checks = Check.objects.select_for_update(of=("self",)).filter(
                task__subject_id=fact.lost, ending=Ending.DUPLICATE, ended_by=system.name
            )
            for check in checks.order_by("task_id"):
                reopen(check, scope=system, by=system.name, at=announced.at, detail={"unmerged": fact.merge})


def close_lists_without_doubts(announced: Announced) -> None:
    """A reviewed row may have been the last thing that kept a list open."""
    batches = {fact.batch for fact in announced.facts if isinstance(fact, RowReviewed)}
    with in_scope(system_scope("protocols")):
        lists = list(PushedList.objects.filter(batch_id__in=batches).values_list("pk", flat=True))
        close_finished_lists(lists, by="system:protocols", at=announced.at)
