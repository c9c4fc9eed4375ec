"""Undoing an act over many tasks: lawful soon after it, for each task with which nobody went on since."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.tasks.models import Act, BulkAct, BulkKind, BulkState, BulkTask, Task, TaskState
from shali.foundation.tasks.rules import may_undo
from shali.foundation.tasks.services.bulk import AT_ONCE, CHUNK, lock_tasks, note
from shali.foundation.tasks.services.reach import NotLawful
from shali.foundation.tasks.services.step import take_steps
from shali.foundation.ui.refusal import NotInScope

RUN = "shali.foundation.tasks.jobs.undo_bulk_act"


def undo_bulk(*, scope: Scope, act: str, by: str, at: datetime) -> BulkAct:
    """Take an act over many tasks back. A line is added to each history; nothing is taken out of one.

    :raises NotLawful: it is a reminder, not finished, undone already, somebody else's, or too long ago
    """
    with transaction.atomic():
        row = BulkAct.objects.select_for_update().filter(within(scope.path), public_id=act).first()
        if row is None:
            raise NotInScope
        if not may_undo(
            row.kind, is_own=row.asked_by == by, asked_at=row.asked_at, at=at,
            is_finished=row.finished_at is not None, is_undone=row.undo_asked_at is not None,
        ):  # fmt: skip
            raise NotLawful(_("This can no longer be undone here. Change the tasks one by one."))
        row.undo_asked_at, row.undone_by = at, by
        row.save(update_fields=["undo_asked_at", "undone_by"])
        if row.done > AT_ONCE:
            app.configure_task(RUN, lock=f"tasks:bulk:{row.pk}").defer(act=row.pk)
    return row if row.done > AT_ONCE else run_undo(act=row.pk, at=at)


def run_undo(*, act: int, at: datetime) -> BulkAct:
    """Undo what was asked to be undone, a chunk to a transaction; run again it goes on where it stopped."""
    while True:
        with transaction.atomic(), in_scope(system_scope("tasks")):
            row = BulkAct.objects.select_for_update().get(pk=act)
            if row.undo_asked_at is None or row.undone_at is not None:
                return row
            done = list(row.tasks.filter(state=BulkState.DONE).order_by("task_id")[:CHUNK])
            if not done:
                row.undone_at = at
                row.save(update_fields=["undone_at"])
                return row
            _undo(row, done, at=at)


def _undo(act: BulkAct, done: list[BulkTask], *, at: datetime) -> None:
    tasks = lock_tasks([one.task_id for one in done])
    for one in done:
        is_as_left = tasks[one.task_id].version == one.version
        one.state, one.reason = (BulkState.UNDONE, "") if is_as_left else (BulkState.KEPT, "changed_since")
    back: dict[tuple[int, int | None], list[Task]] = {}
    for one in done:
        if one.state == BulkState.UNDONE:
            back.setdefault((one.before["state"], one.before["assignee"]), []).append(tasks[one.task_id])
    for (state, assignee), same in back.items():
        changes: dict[str, object] = {"assignee_id": assignee} if act.kind == BulkKind.ASSIGN else {}
        if state == TaskState.HANDED_OVER:
            changes |= {"state": TaskState.HANDED_OVER, "accepted_at": None, "accepted_by": ""}
        take_steps(same, act=Act.UNDONE, changes=changes, detail={"bulk": act.public_id}, by=act.undone_by, at=at)
    note(done)
    undone = sum(one.state == BulkState.UNDONE for one in done)
    BulkAct.objects.filter(pk=act.pk).update(undone=F("undone") + undone)
