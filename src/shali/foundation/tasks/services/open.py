from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.people.models import Sight
from shali.foundation.tasks.facts import TaskOpened
from shali.foundation.tasks.models import Act, Event, Task, TaskState
from shali.foundation.vault.public_id import new_public_id


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task to be handed over. `unit` and `subject` are row ids; `giver_path` is whose hand it comes from."""

    kind: str
    unit: int
    subject: int | None
    giver_path: str
    handed_over_at: datetime
    due_at: datetime
    rule: str
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """`is_new` is false when the person's task was open already and has one more asker now."""

    task: int
    is_new: bool


@transaction.atomic
def open_tasks(
    new: Sequence[NewTask], *, by: str, at: datetime, causes: Sequence[int | None] | None = None
) -> list[Opened]:
    """Hand tasks over to their units, one open task a person and kind however many ask; same order as given.

    A further asker brings the deadline forward when his is earlier; nothing moves it back.
    """
    if not new:
        return []
    causes = causes or [None] * len(new)
    with in_scope(system_scope("tasks")):
        open_before = _lock_open({(one.kind, one.subject) for one in new if one.subject is not None})
        fresh, fresh_causes, opened = _split(new, causes, open_before)
        _insert(fresh, by=by, at=at)
        again = [(one, result.task) for one, result in zip(new, opened, strict=True) if not result.is_new]
        _ask_again(again, by=by, at=at)
        announce(
            [TaskOpened(task.pk, task.kind, task.path) for task in fresh], by=by, at=at, causes=fresh_causes or None
        )
    return opened


def _lock_open(wanted: set[tuple[str, int | None]]) -> dict[tuple[str, int | None], int]:
    subjects = [subject for _, subject in wanted]
    rows = (
        Task.objects.select_for_update()
        .filter(subject_id__in=subjects)
        .exclude(state=TaskState.CLOSED)
        .order_by("id")
        .values_list("kind", "subject_id", "id")
    )
    return {(kind, subject): number for kind, subject, number in rows}


def _split(
    new: Sequence[NewTask], causes: Sequence[int | None], open_before: dict[tuple[str, int | None], int]
) -> tuple[list[Task], list[int | None], list[Opened]]:
    paths = dict(Unit.objects.filter(pk__in={one.unit for one in new}).values_list("pk", "path"))
    numbers = iter(_next_ids("tasks_task", len(new)))
    fresh: list[Task] = []
    fresh_causes: list[int | None] = []
    opened: list[Opened] = []
    for one, cause in zip(new, causes, strict=True):
        known = open_before.get((one.kind, one.subject)) if one.subject is not None else None
        if known is not None:
            opened.append(Opened(known, is_new=False))
            continue
        task = Task(
            pk=next(numbers),
            public_id=new_public_id(),
            kind=one.kind,
            unit_id=one.unit,
            path=paths[one.unit],
            giver_path=one.giver_path,
            subject_id=one.subject,
            state=TaskState.HANDED_OVER,
            version=1,
            handed_over_at=one.handed_over_at,
            due_at=one.due_at,
            rule=one.rule,
            exercise=one.exercise,
        )
        fresh.append(task)
        fresh_causes.append(cause)
        opened.append(Opened(task.pk, is_new=True))
        if one.subject is not None:
            open_before[(one.kind, one.subject)] = task.pk
    return fresh, fresh_causes, opened


def _insert(fresh: list[Task], *, by: str, at: datetime) -> None:
    Task.objects.bulk_create(fresh, batch_size=5_000)
    Event.objects.bulk_create(
        [
            Event(
                task_id=task.pk,
                seq=1,
                act=Act.HANDED_OVER,
                at=at,
                by=by,
                from_path=task.giver_path,
                to_path=task.path,
                state_after=task.state,
                detail={"rule": task.rule},
            )
            for task in fresh
        ],
        batch_size=5_000,
    )
    Sight.objects.bulk_create(
        [
            Sight(person_id=task.subject_id, path=task.path, task=task.pk, since=at)
            for task in fresh
            if task.subject_id is not None
        ],
        batch_size=5_000,
        ignore_conflicts=True,
    )


def _ask_again(again: list[tuple[NewTask, int]], *, by: str, at: datetime) -> None:
    """Add an asker to tasks that are open already: a line of history each, and the earlier deadline of the two."""
    for one, number in again:
        task = Task.objects.get(pk=number)
        earlier = one.due_at < task.due_at and one.due_at > task.handed_over_at
        changes = {"due_at": one.due_at, "rule": one.rule} if earlier else {}
        Task.objects.filter(pk=number).update(version=F("version") + 1, **changes)
        Event.objects.create(
            task_id=number,
            seq=task.version + 1,
            act=Act.ASKED_AGAIN,
            at=at,
            by=by,
            from_path=one.giver_path,
            to_path=task.path,
            state_after=task.state,
            detail={"rule": one.rule, "due_brought_forward": earlier},
        )


def _next_ids(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence(%s, 'id')) from generate_series(1, %s)", [table, count])
        return [int(row[0]) for row in cursor.fetchall()]
