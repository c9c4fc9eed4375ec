"""Passing a task on: the owner answers for it, on the same clock, until another unit has taken it."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.policy.rules import limit
from shali.foundation.tasks.facts import TaskMoved
from shali.foundation.tasks.models import Act, Task, TaskState, Transfer, TransferKind, TransferState
from shali.foundation.tasks.rules import (
    REFUSAL_REASONS,
    TRANSFER_REASONS,
    common_parent,
    may_arbitrate,
    may_insist,
)
from shali.foundation.tasks.services import reach
from shali.foundation.tasks.services.reach import NotLawful
from shali.foundation.tasks.services.step import Step, TaskChanged, take_step, who_was_quicker
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.foundation.vault.sealing import seal


@transaction.atomic
def refuse(
    *, scope: Scope, task: str, reason: str, note: str = "", seen: int | None, by: str, at: datetime
) -> Transfer:
    """Say that a task is not ours. The common parent of owner and giver decides; until then it stays ours.

    :raises NotLawful: it is closed, our own unit gave it, or another request waits
    """
    row = reach.open_task(scope, task=task)
    reach.known_code(reason, among=REFUSAL_REASONS, field="reason")
    arbiter = common_parent(row.path, row.giver_path)
    if arbiter == row.path:
        raise NotLawful(_("This task was given by your own unit. Transfer it to the unit that answers."))
    take_step(
        row,
        step=Step(Act.REFUSED, {}, from_path=row.path, to_path=arbiter, detail={"reason": reason}, note=note),
        seen=seen,
        by=by,
        at=at,
    )
    reach.refuse_second_transfer(row)
    return _new_transfer(
        row, kind=TransferKind.REFUSAL, to=None, arbiter=arbiter, reason=reason, note=note, by=by, at=at
    )


@transaction.atomic
def ask_transfer(
    *, scope: Scope, task: str, to: str, reason: str, note: str = "", seen: int | None, by: str, at: datetime
) -> Transfer:
    """Ask another unit, anywhere in the city, to take a task over. It sees the task while it is asked."""
    row = reach.open_task(scope, task=task)
    reach.known_code(reason, among=TRANSFER_REASONS, field="reason")
    unit = reach.unit_at(to)
    if unit.path == row.path:
        raise WrongInput(_("The task is with this unit already. Choose another."), fields={"unit": "same"})
    step = Step(Act.TRANSFER_ASKED, {}, from_path=row.path, to_path=unit.path, detail={"reason": reason}, note=note)
    take_step(row, step=step, seen=seen, by=by, at=at)
    reach.refuse_second_transfer(row)
    reach.give_sight(row, path=unit.path, at=at)
    arbiter = common_parent(row.path, unit.path)
    return _new_transfer(
        row, kind=TransferKind.TRANSFER, to=unit, arbiter=arbiter, reason=reason, note=note, by=by, at=at
    )


def _new_transfer(
    row: Task,
    *,
    kind: TransferKind,
    to: Unit | None,
    arbiter: str,
    reason: str,
    note: str,
    by: str,
    at: datetime,
) -> Transfer:
    is_refusal = kind == TransferKind.REFUSAL
    hours = limit("arbitration" if is_refusal else "transfer_answer", at).hours
    with in_scope(system_scope("tasks")):
        made = Transfer.objects.create(
            task=row,
            kind=kind,
            from_unit_id=row.unit_id,
            from_path=row.path,
            to_unit=to,
            to_path=to.path if to else "",
            arbiter_path=arbiter,
            reason=reason,
            state=TransferState.DISPUTED if is_refusal else TransferState.PENDING,
            asked_by=by,
            asked_at=at,
            answer_due_at=at + timedelta(hours=hours),
        )
        if note:
            made.note_sealed = seal(note, table="tasks_transfer", column="note", row=made.pk)
            made.save(update_fields=["note_sealed"])
    return made


def _waiting(scope: Scope, transfer: str, mine: Q) -> Transfer:
    found = Transfer.objects.filter(mine, public_id=transfer).first()
    if found is None:
        raise NotInScope
    return found


def _set(transfer: Transfer, *, was: TransferState, now: TransferState, decision: str, by: str, at: datetime) -> None:
    """Compare-and-set of the request itself; the task's own step has already been won."""
    changed = Transfer.objects.filter(pk=transfer.pk, state=was).update(
        state=now, decided_by=by, decided_at=at, decision=decision
    )
    if not changed:
        raise TaskChanged(who_was_quicker(transfer.task_id))
    transfer.refresh_from_db()


def _refuse_answered(transfer: Transfer, expected: TransferState) -> None:
    if transfer.state != expected:
        raise TaskChanged(who_was_quicker(transfer.task_id))


@transaction.atomic
def answer_transfer(*, scope: Scope, transfer: str, accepts: bool, note: str = "", by: str, at: datetime) -> Transfer:
    """Take a task over, or say no. Taken over, it is accepted, and its clock runs on."""
    one = _waiting(scope, transfer, within(scope.path, "to_path"))
    with in_scope(system_scope("tasks")):
        row = Task.objects.get(pk=one.task_id)
        one.refresh_from_db()
        _refuse_answered(one, TransferState.PENDING)
        if by == one.asked_by:
            raise NotLawful(_("You asked for this yourself. Somebody else answers."))
        if accepts:
            move(row, to=one.to_unit_id or 0, act=Act.TRANSFER_ACCEPTED, accepted=True, note=note, by=by, at=at)
            _set(one, was=TransferState.PENDING, now=TransferState.ACCEPTED, decision="accepted", by=by, at=at)
        else:
            step = Step(Act.TRANSFER_REFUSED, {}, from_path=one.to_path, to_path=one.from_path, note=note)
            take_step(row, step=step, seen=None, by=by, at=at)
            reach.end_sight(row, path=one.to_path, at=at, keeps=False)
            _set(one, was=TransferState.PENDING, now=TransferState.REFUSED, decision="refused", by=by, at=at)
    return one


@transaction.atomic
def withdraw_transfer(*, scope: Scope, transfer: str, by: str, at: datetime) -> Transfer:
    """Take a request back while nobody has answered it; a refusal too, until the arbiter has decided."""
    one = _waiting(scope, transfer, within(scope.path, "from_path"))
    with in_scope(system_scope("tasks")):
        row = Task.objects.get(pk=one.task_id)
        one.refresh_from_db()
        if one.state not in reach.WAITING:
            raise TaskChanged(who_was_quicker(one.task_id))
        before = TransferState(one.state)
        step = Step(Act.TRANSFER_WITHDRAWN, {}, from_path=one.from_path, to_path=one.to_path)
        take_step(row, step=step, seen=None, by=by, at=at)
        if one.to_path:
            reach.end_sight(row, path=one.to_path, at=at, keeps=False)
        _set(one, was=before, now=TransferState.WITHDRAWN, decision="withdrawn", by=by, at=at)
    return one


@transaction.atomic
def insist(*, scope: Scope, transfer: str, note: str = "", by: str, at: datetime) -> Transfer:
    """Call the arbiter: the other unit said no, or let the hour for its answer pass."""
    one = _waiting(scope, transfer, within(scope.path, "from_path"))
    with in_scope(system_scope("tasks")):
        row = Task.objects.get(pk=one.task_id)
        one.refresh_from_db()
        before = TransferState(one.state)
        latest = Transfer.objects.filter(task=row).order_by("-id").first()
        lawful = may_insist(
            is_refused=before == TransferState.REFUSED,
            is_pending=before == TransferState.PENDING,
            answer_due_at=one.answer_due_at,
            at=at,
        )
        if not lawful or latest != one or row.state == TaskState.CLOSED or row.path != one.from_path:
            raise NotLawful(_("The arbiter is called when the other unit has refused, or has not answered in time."))
        step = Step(Act.TRANSFER_DISPUTED, {}, from_path=one.from_path, to_path=one.arbiter_path, note=note)
        take_step(row, step=step, seen=None, by=by, at=at)
        reach.give_sight(row, path=one.to_path, at=at)
        _dispute(one, was=before, at=at)
    return one


def _dispute(one: Transfer, *, was: TransferState, at: datetime) -> None:
    due = at + timedelta(hours=limit("arbitration", at).hours)
    try:
        with transaction.atomic():
            changed = Transfer.objects.filter(pk=one.pk, state=was).update(
                state=TransferState.DISPUTED, answer_due_at=due, decided_by="", decided_at=None, decision=""
            )
    except IntegrityError:
        changed = 0
    if not changed:
        raise TaskChanged(who_was_quicker(one.task_id))
    one.refresh_from_db()


@transaction.atomic
def arbitrate(*, scope: Scope, transfer: str, to: str, note: str = "", by: str, at: datetime) -> Transfer:
    """Decide which unit below the arbiter answers for a task. It has to accept it; the clock runs on.

    :raises NotInScope: the common parent of the two is not in the scope
    """
    one = _waiting(scope, transfer, within(scope.path, "arbiter_path"))
    unit = reach.unit_at(to)
    with in_scope(system_scope("tasks")):
        row = Task.objects.get(pk=one.task_id)
        one.refresh_from_db()
        _refuse_answered(one, TransferState.DISPUTED)
        if not may_arbitrate(unit=scope.path, arbiter=one.arbiter_path, post=by, asked_by=one.asked_by):
            raise NotLawful(_("You asked for this yourself. Somebody else decides."))
        if not scope.holds(unit.path):
            raise WrongInput(_("Choose a unit below yours."), fields={"unit": "outside"})
        if unit.path == row.path:
            step = Step(Act.ARBITRATED, {}, from_path=row.path, to_path=row.path, note=note)
            take_step(row, step=step, seen=None, by=by, at=at)
        else:
            move(row, to=unit.pk, act=Act.ARBITRATED, accepted=False, note=note, by=by, at=at)
        if one.to_path and one.to_path != unit.path:
            reach.end_sight(row, path=one.to_path, at=at, keeps=False)
        _set(one, was=TransferState.DISPUTED, now=TransferState.ARBITRATED, decision=unit.path, by=by, at=at)
    return one


def move(row: Task, *, to: int, act: Act, accepted: bool, note: str = "", by: str, at: datetime) -> None:
    """Make another unit the owner. Hand-over and deadline are not among the columns that this may change."""
    unit = Unit.objects.get(pk=to)
    before = row.path
    changes: dict[str, object] = {
        "unit": unit,
        "path": unit.path,
        "assignee": None,
        "blocked_since": None,
        "blocked_on": "",
        "state": TaskState.ACCEPTED if accepted else TaskState.HANDED_OVER,
        "accepted_at": at if accepted else None,
        "accepted_by": by if accepted else "",
    }
    step = Step(act, changes, from_path=before, to_path=unit.path, note=note)
    if row.state == TaskState.CLOSED:
        raise NotLawful(_("This task is closed already."))
    take_step(row, step=step, seen=None, by=by, at=at)
    reach.give_sight(row, path=unit.path, at=at)
    reach.end_sight(row, path=before, at=at, keeps=True)
    announce([TaskMoved(row.pk, row.kind, before, unit.path)], by=by, at=at)
