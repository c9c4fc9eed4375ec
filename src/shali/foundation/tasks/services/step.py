"""The one compare-and-set behind every change of a task, and the line it adds to the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from shali.foundation.accounts.queries import who
from shali.foundation.clocks import city_zone
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.tasks.models import Act, Event, Task
from shali.foundation.ui.formats import is_chinese
from shali.foundation.ui.refusal import Refusal
from shali.foundation.vault.sealing import seal


class TaskChanged(Refusal):
    """Somebody else was quicker; the message says who and when."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is done to a task: the act, the columns it changes, and what the history says of it."""

    act: Act
    changes: dict[str, Any]  # columns of Task, of their own types
    from_path: str = ""
    to_path: str = ""
    detail: dict[str, Any] | None = None  # codes and ids only
    note: str = ""


def take_step(task: Task, *, step: Step, seen: int | None, by: str, at: datetime) -> Event:
    """Change a task and add the line to its history, or refuse because somebody was quicker.

    seen: the version that the page showed; None: the version as loaded by the caller
    :raises TaskChanged: the task is no longer at that version
    """
    expected = task.version if seen is None else seen
    with transaction.atomic(), in_scope(system_scope("tasks")):
        # Compare-and-set: of two posts at once, exactly one finds the version it saw.
        changed = Task.objects.filter(pk=task.pk, version=expected).update(version=F("version") + 1, **step.changes)
        if not changed:
            raise TaskChanged(who_was_quicker(task.pk))
        task.refresh_from_db()
        return _write_event(task, step, by=by, at=at)


def take_steps(
    tasks: Sequence[Task],
    *,
    act: Act,
    changes: dict[str, Any],
    to_paths: Sequence[str] = (),
    detail: dict[str, Any] | None = None,
    by: str,
    at: datetime,
) -> None:
    """Do the same to many tasks in a handful of statements, a line of history each.

    The caller has locked the rows in this transaction (`lock_tasks`), so nobody is quicker in between.
    """
    if not tasks:
        return
    with transaction.atomic(), in_scope(system_scope("tasks")):
        numbers = [task.pk for task in tasks]
        Task.objects.filter(pk__in=numbers).update(version=F("version") + 1, **changes)
        for task in tasks:
            task.version += 1
            for column, value in changes.items():
                setattr(task, column, value)
        Event.objects.bulk_create(
            [
                Event(
                    task_id=task.pk,
                    seq=task.version,
                    act=act,
                    at=at,
                    by=by,
                    to_path=to_paths[place] if to_paths else "",
                    state_after=task.state,
                    detail=detail or {},
                )
                for place, task in enumerate(tasks)
            ],
            batch_size=5_000,
        )


def _write_event(task: Task, step: Step, *, by: str, at: datetime) -> Event:
    number = _next_event_id()
    return Event.objects.create(
        pk=number,
        task=task,
        seq=task.version,
        act=step.act,
        at=at,
        by=by,
        from_path=step.from_path,
        to_path=step.to_path,
        state_after=task.state,
        detail=step.detail or {},
        note_sealed=seal(step.note, table="tasks_event", column="note", row=number) if step.note else None,
    )


def _next_event_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('tasks_event', 'id'))")
        return int(cursor.fetchone()[0])


def who_was_quicker(task: int) -> str:
    """Say who changed a task last, and when: what the slower of two is told."""
    last = Event.objects.filter(task_id=task).order_by("-seq").first()
    if last is None:
        return _("This task changed while you looked at it. Look again.")
    hour = last.at.astimezone(city_zone())
    known = who([last.by]).get(last.by)
    name = f"{known.unit if is_chinese() else known.unit_en or known.unit} {known.name}" if known else last.by
    return _("%(who)s changed this task at %(hour)s. Look again; what you typed is kept.") % {
        "who": name,
        "hour": f"{hour:%H:%M}",
    }


def progress(
    *,
    task: int,
    scope: Scope,
    by: str,
    at: datetime,
    detail: dict[str, Any],
    next_attempt_at: datetime | None = None,
) -> Event:
    """Note in a task's history that something of its capability happened; the first progress accepts the task.

    The caller holds a lock on the capability's own row, so steps come one after the other.
    """
    row = Task.objects.get(pk=task)
    changes: dict[str, Any] = {}
    if row.accepted_at is None:
        # Whoever works on a task has taken it: nobody at a door is asked to press "accept" first.
        changes = {"state": 2, "accepted_at": at, "accepted_by": by}
    if next_attempt_at is not None:
        changes["next_attempt_at"] = next_attempt_at
    return take_step(row, step=Step(Act.PROGRESSED, changes, detail=detail), seen=None, by=by, at=at)


def bring_forward(*, task: int, due_at: datetime, rule: str, by: str, at: datetime) -> None:
    """Give a task the earlier deadline of a further asker. The database refuses a later one."""
    row = Task.objects.get(pk=task)
    if row.handed_over_at < due_at < row.due_at:
        changes = {"due_at": due_at, "rule": rule}
        take_step(row, step=Step(Act.ASKED_AGAIN, changes, detail={"rule": rule}), seen=None, by=by, at=at)
