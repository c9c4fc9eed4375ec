"""What units and departments ask of one another about a task: to take it over, and to help with it."""

from dataclasses import dataclass
from datetime import datetime

from shali.foundation.accounts.queries import Who, who
from shali.foundation.clocks import day_of
from shali.foundation.journal.access import record_access
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.queries import units_at
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.foundation.tasks.models import JointRequest, Transfer
from shali.foundation.vault.sealing import open_text


@dataclass(frozen=True, slots=True)
class TransferRow:
    public_id: str
    task: str
    kind: int
    state: int
    from_unit: Unit
    to_unit: Unit | None
    arbiter: Unit | None
    to_path: str
    from_path: str
    arbiter_path: str
    reason: str
    asked_at: datetime
    asked_by: str
    asker: Who | None
    answer_due_at: datetime
    decided_at: datetime | None
    person: Masked | None

    @classmethod
    def of(cls, one: Transfer, named: dict[str, Who], units: dict[str, Unit], person: Masked | None) -> "TransferRow":
        """Return a transfer as it is shown; named: who stands behind its names, units: its arbiter among them."""
        return cls(
            public_id=one.public_id,
            task=one.task.public_id,
            kind=one.kind,
            state=one.state,
            from_unit=one.from_unit,
            to_unit=one.to_unit,
            arbiter=units.get(one.arbiter_path),
            to_path=one.to_path,
            from_path=one.from_path,
            arbiter_path=one.arbiter_path,
            reason=one.reason,
            asked_at=one.asked_at,
            asked_by=one.asked_by,
            asker=named.get(one.asked_by),
            answer_due_at=one.answer_due_at,
            decided_at=one.decided_at,
            person=person,
        )


@dataclass(frozen=True, slots=True)
class JointRow:
    public_id: str
    task: str
    department: str
    department_en: str
    unit: Unit
    ask: str
    asked_at: datetime
    asker: Who | None
    due_at: datetime
    answer: str
    answered_at: datetime | None
    note: str
    answer_note: str
    person: Masked | None

    @classmethod
    def of(cls, one: JointRequest, named: dict[str, Who], person: Masked | None) -> "JointRow":
        """Return a joint request as it is shown, its notes opened."""
        note, answer = one.note_sealed, one.answer_sealed
        return cls(
            public_id=one.public_id,
            task=one.task.public_id,
            department=one.department.name,
            department_en=one.department.name_en,
            unit=one.department.unit,
            ask=one.ask,
            asked_at=one.asked_at,
            asker=named.get(one.asked_by),
            due_at=one.due_at,
            answer=one.answer,
            answered_at=one.answered_at,
            note=open_text(note, table="tasks_jointrequest", column="note", row=one.pk) if note else "",
            answer_note=open_text(answer, table="tasks_jointrequest", column="answer", row=one.pk) if answer else "",
            person=person,
        )


def disputes(scope: Scope, *, at: datetime) -> list[TransferRow]:
    """Return what waits for this unit's word between two others, the most pressing first."""
    found = list(
        Transfer.objects.select_related("from_unit", "to_unit", "task")
        .filter(within(scope.path, "arbiter_path"), state=4)
        .order_by("answer_due_at", "id")[:200]
    )
    people = masked_many(scope, [one.task.subject_id for one in found if one.task.subject_id], on=day_of(at))
    named, units = who(one.asked_by for one in found), units_at({one.arbiter_path for one in found} - {""})
    return [TransferRow.of(one, named, units, people.get(one.task.subject_id or 0)) for one in found]


def asked_of_department(scope: Scope, *, at: datetime) -> list[JointRow]:
    """Return what this department was asked, unanswered first; its desk sees nothing else of a task."""
    found = list(
        JointRequest.objects.select_related("department__unit", "task")
        .filter(department_id=scope.department or 0)
        .order_by("answered_at", "due_at", "id")
    )
    found.sort(key=lambda one: one.answered_at is not None)
    found = found[:200]
    subjects = [one.task.subject_id for one in found if one.task.subject_id]
    people = masked_many(scope, subjects, on=day_of(at))
    if found:
        record_access(
            scope=scope,
            act="work_list",
            purpose="own_tasks",
            subject_kind="task_list",
            subject=None,
            fields=["name", "document_tail", "note"],
            people=subjects,
            at=at,
        )
    named = who(one.asked_by for one in found)
    return [JointRow.of(one, named, people.get(one.task.subject_id or 0)) for one in found]
