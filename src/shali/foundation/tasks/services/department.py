from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.models import Department
from shali.foundation.jurisdictions.rules import lies_in
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.policy.rules import limit
from shali.foundation.tasks.models import Act, JointRequest, Task
from shali.foundation.tasks.rules import ANSWERS, ASKS
from shali.foundation.tasks.services.reach import NotLawful, known_code, open_task
from shali.foundation.tasks.services.step import Step, TaskChanged, take_step, who_was_quicker
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.foundation.vault.sealing import seal


@transaction.atomic
def ask_department(
    *,
    scope: Scope,
    task: str,
    department: int,
    ask: str,
    note: str = "",
    seen: int | None,
    by: str,
    at: datetime,
) -> JointRequest:
    """Ask a department above the owner unit to do its part. The unit stays the owner and the clock runs on."""
    row = open_task(scope, task=task)
    known_code(ask, among=ASKS, field="ask")
    found = Department.objects.filter(pk=department).first()
    if found is None or not lies_in(row.path, found.path):
        raise WrongInput(_("Choose a department of a unit above."), fields={"department": "unknown"})
    if JointRequest.objects.filter(task=row, department=found, answered_at=None).exists():
        raise NotLawful(_("This department is asked already."))
    detail = {"department": found.pk, "ask": ask}
    step = Step(Act.DEPARTMENT_ASKED, {}, to_path=found.path, detail=detail, note=note)
    take_step(row, step=step, seen=seen, by=by, at=at)
    due = min(at + timedelta(hours=limit("joint_request", at).hours), max(row.due_at, at + timedelta(hours=1)))
    with in_scope(system_scope("tasks")):
        made = JointRequest.objects.create(
            task=row, department=found, path=found.path, ask=ask, asked_by=by, asked_at=at, due_at=due
        )
        if note:
            made.note_sealed = seal(note, table="tasks_jointrequest", column="note", row=made.pk)
            made.save(update_fields=["note_sealed"])
    return made


@transaction.atomic
def answer_department(
    *, scope: Scope, request: str, answer: str, note: str = "", by: str, at: datetime
) -> JointRequest:
    """Answer for a department what was asked of it; nobody else's requests exist for its desk.

    :raises NotInScope: this department was not asked
    """
    known_code(answer, among=ANSWERS, field="answer")
    one = JointRequest.objects.filter(public_id=request, department_id=scope.department or 0).first()
    if one is None:
        raise NotInScope
    with in_scope(system_scope("tasks")):
        row = Task.objects.get(pk=one.task_id)
        sealed = seal(note, table="tasks_jointrequest", column="answer", row=one.pk) if note else None
        changed = JointRequest.objects.filter(pk=one.pk, answered_at=None).update(
            answer=answer, answered_by=by, answered_at=at, answer_sealed=sealed
        )
        if not changed:
            raise TaskChanged(who_was_quicker(one.task_id))
        detail = {"department": one.department_id, "answer": answer}
        take_step(row, step=Step(Act.DEPARTMENT_ANSWERED, {}, detail=detail, note=note), seen=None, by=by, at=at)
    one.refresh_from_db()
    return one
