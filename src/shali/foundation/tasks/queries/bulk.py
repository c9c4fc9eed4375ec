"""An act over many tasks: how far it is, and its tasks by what became of them."""

from dataclasses import dataclass
from datetime import datetime

from shali.foundation.accounts.queries import who
from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.foundation.tasks.models import BulkAct, BulkState, BulkTask
from shali.foundation.tasks.rules import UNDO_WITHIN, may_undo
from shali.foundation.ui.paging import PAGE, Page, mark, read_mark
from shali.foundation.ui.refusal import NotInScope

# What the numbers of the page lead to. Undone and kept were done before.
PARTS: dict[str, tuple[BulkState, ...]] = {
    "all": tuple(BulkState),
    "waiting": (BulkState.WAITING,),
    "done": (BulkState.DONE, BulkState.UNDONE, BulkState.KEPT),
    "skipped": (BulkState.SKIPPED,),
    "undone": (BulkState.UNDONE,),
    "kept": (BulkState.KEPT,),
}


@dataclass(frozen=True, slots=True)
class BulkShown:
    """counts: tasks by part of PARTS. undo_until: None where it cannot be taken back."""

    public_id: str
    kind: str
    asked_by: str
    asked_at: datetime
    assignee: str
    total: int
    counts: dict[str, int]
    is_finished: bool
    is_undoing: bool
    undone_at: datetime | None
    undo_until: datetime | None


@dataclass(frozen=True, slots=True)
class BulkRow:
    task: str
    person: Masked | None
    unit: str
    unit_en: str
    state: int
    reason: str


def bulk_act(scope: Scope, act: str, *, at: datetime) -> BulkShown:
    """:raises NotInScope: nobody of the scope asked for such an act"""
    row = _act(scope, act)
    known = who([row.asked_by]).get(row.asked_by)
    undoable = may_undo(
        row.kind, is_own=row.asked_by == scope.name, asked_at=row.asked_at, at=at,
        is_finished=row.finished_at is not None, is_undone=row.undo_asked_at is not None,
    )  # fmt: skip
    kept = 0 if row.undone_at is None else row.done - row.undone
    counts = {
        "all": row.total, "waiting": row.total - row.done - row.skipped, "done": row.done, "skipped": row.skipped,
        "undone": row.undone, "kept": kept,
    }  # fmt: skip
    return BulkShown(
        public_id=row.public_id, kind=row.kind, asked_by=known.name if known else row.asked_by, asked_at=row.asked_at,
        assignee=row.post.user.name if row.post else "", total=row.total, counts=counts,
        is_finished=row.finished_at is not None, is_undoing=row.undo_asked_at is not None and row.undone_at is None,
        undone_at=row.undone_at, undo_until=row.asked_at + UNDO_WITHIN if undoable else None,
    )  # fmt: skip


def bulk_tasks(scope: Scope, act: str, *, which: str, at: datetime, after: str = "") -> Page[BulkRow]:
    """Return the tasks of one part, 50 a page, in the order in which they are done.

    :raises NotInScope: nobody of the scope asked for such an act
    """
    row, place = _act(scope, act), read_mark(after)
    rows = BulkTask.objects.filter(act=row, state__in=PARTS.get(which, PARTS["all"])).select_related("task__unit")
    if place is not None:
        rows = rows.filter(task_id__gt=place[1])
    found = list(rows.order_by("task_id")[: PAGE + 1])
    shown, more = found[:PAGE], len(found) > PAGE
    people = masked_many(scope, [one.task.subject_id for one in shown if one.task.subject_id], on=day_of(at))
    before = place[2] if place else 0
    end = before + len(shown)
    return Page(
        rows=[
            BulkRow(one.task.public_id, people.get(one.task.subject_id or 0), one.task.unit.name,
                    one.task.unit.name_en, one.state, one.reason)
            for one in shown
        ],
        first=before + 1 if shown else 0, last=end, total=None,
        next=mark(row.asked_at, shown[-1].task_id, end) if more else "", is_first=place is None,
    )  # fmt: skip


def _act(scope: Scope, act: str) -> BulkAct:
    found = BulkAct.objects.select_related("post__user").filter(within(scope.path), public_id=act).first()
    if found is None:
        raise NotInScope
    return found
