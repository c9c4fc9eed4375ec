"""One task with all that happened to it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from shali.foundation.accounts.models import Post, User
from shali.foundation.accounts.queries import Who, who
from shali.foundation.clocks import day_of
from shali.foundation.journal.access import record_access
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.queries import units_at
from shali.foundation.jurisdictions.reading import Row, columns, made_of, read_by_key, width
from shali.foundation.jurisdictions.rules import above
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.foundation.tasks.models import JointRequest, Reminder, Task, TaskState, Transfer
from shali.foundation.tasks.queries.asked import JointRow, TransferRow
from shali.foundation.tasks.queries.desk import state_of
from shali.foundation.ui.refusal import NotInScope
from shali.foundation.vault.sealing import open_text


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history: who did what, when, between which units, and why."""

    seq: int
    act: str
    at: datetime
    by: str
    who: Who | None
    from_unit: Unit | None
    to_unit: Unit | None
    detail: dict[str, object]
    note: str


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """All that the page of one task shows."""

    row: Task
    state: str
    person: Masked | None
    owners: tuple[Unit, ...]
    is_ours: bool
    is_closed: bool
    is_accepted: bool
    closed_in: timedelta | None
    history: tuple[Line, ...]
    transfers: tuple[TransferRow, ...]
    joint: tuple[JointRow, ...]
    reminders: tuple[Reminder, ...]


FLAGS = 3
TASK = f"""
select exists (select from tasks_transfer x where x.task_id = t.id),
  exists (select from tasks_jointrequest j where j.task_id = t.id),
  exists (select from tasks_reminder r where r.task_id = t.id),
  {columns(Task, "t")}, {columns(Unit, "u")}, {columns(User, "s")}, {columns(Post, "p")}
from tasks_task t join jurisdictions_unit u on u.id = t.unit_id
left join accounts_post p on p.id = t.assignee_id left join accounts_user s on s.id = p.user_id
where t.public_id = %(task)s
"""  # noqa: S608  names of columns
EVENTS = """
select id, seq, act, at, by, from_path, to_path, detail, note_sealed from tasks_event
where task_id = %(task)s order by seq desc
"""


class _Event(NamedTuple):
    """One row of EVENTS."""

    id: int
    seq: int
    act: str
    at: datetime
    by: str
    from_path: str
    to_path: str
    detail: str
    note_sealed: bytes | None


def _task(found: Row) -> Task:
    """Return the task of a row of TASK with its unit and its worker."""
    rest = found[FLAGS:]
    task, rest = made_of(Task, rest), rest[width(Task) :]
    task.unit, rest = made_of(Unit, rest), rest[width(Unit) :]
    if task.assignee_id is not None:
        task.assignee = made_of(Post, rest[width(User) :])
        task.assignee.user = made_of(User, rest)
    return task


def _transfers(row: Task) -> list[Transfer]:
    return list(Transfer.objects.select_related("from_unit", "to_unit", "task").filter(task=row).order_by("-id"))


def _joint_requests(row: Task) -> list[JointRequest]:
    return list(JointRequest.objects.select_related("department__unit", "task").filter(task=row).order_by("-id"))


REMINDERS = f"""
select {columns(Reminder, "r")} from tasks_reminder r where r.task_id = %(task)s order by r.at desc, r.id desc
"""  # noqa: S608  names of columns


def _reminders(row: Task) -> tuple[Reminder, ...]:
    return tuple(made_of(Reminder, one) for one in read_by_key(REMINDERS, task=row.pk))


def task_record(scope: Scope, public_id: str, *, at: datetime) -> TaskRecord:
    """Return a task of the scope, or one that a unit of the scope is asked to take.

    :raises NotInScope: there is none
    """
    found = read_by_key(TASK, task=public_id)
    if not found:
        raise NotInScope
    row, (is_passed, is_joint, is_reminded) = _task(found[0]), found[0][:FLAGS]
    is_ours = scope.holds(row.path)
    # Most tasks were never passed on, nor was a department asked: what is not there is not asked for.
    transfers = _transfers(row) if is_passed else []
    if not is_ours and not any(one.state in (1, 4) and scope.holds(one.to_path or "-") for one in transfers):
        raise NotInScope
    events = [_Event(*one) for one in read_by_key(EVENTS, task=row.pk)]
    joint = _joint_requests(row) if is_joint else []
    named = who([e.by for e in events] + [t.asked_by for t in transfers] + [j.asked_by for j in joint])
    units = _units(
        {e.from_path for e in events}
        | {e.to_path for e in events}
        | {t.arbiter_path for t in transfers}
        | set(above(row.path))
    )
    people = masked_many(scope, [row.subject_id] if row.subject_id else [], on=day_of(at))
    _record_notes(scope, row, events, at=at)
    return TaskRecord(
        row=row,
        state=state_of(scope, row, at=at),
        person=people.get(row.subject_id or 0),
        owners=tuple(units[path] for path in above(row.path) if path in units),
        is_ours=is_ours,
        is_closed=row.state == TaskState.CLOSED,
        is_accepted=row.state == TaskState.ACCEPTED,
        closed_in=row.closed_at - row.handed_over_at if row.closed_at else None,
        history=tuple(_line(event, named, units) for event in events),
        transfers=tuple(TransferRow.of(one, named, units, None) for one in transfers),
        joint=tuple(JointRow.of(one, named, None) for one in joint),
        reminders=_reminders(row) if is_reminded else (),
    )


def _units(paths: set[str]) -> dict[str, Unit]:
    return units_at(paths - {""})


def _record_notes(scope: Scope, row: Task, events: Sequence[_Event], *, at: datetime) -> None:
    """Notes may name people: showing them is a look like any other."""
    if any(event.note_sealed for event in events):
        record_access(
            scope=scope,
            act="work_list",
            purpose="own_tasks",
            subject_kind="task",
            subject=row.pk,
            fields=["note"],
            people=[row.subject_id] if row.subject_id else [],
            task=row.pk,
            at=at,
        )


def _line(event: _Event, named: dict[str, Who], units: dict[str, Unit]) -> Line:
    sealed = event.note_sealed
    return Line(
        seq=event.seq,
        act=event.act,
        at=event.at,
        by=event.by,
        who=named.get(event.by),
        from_unit=units.get(event.from_path),
        to_unit=units.get(event.to_path),
        detail=json.loads(event.detail),
        note=open_text(sealed, table="tasks_event", column="note", row=event.id) if sealed else "",
    )
