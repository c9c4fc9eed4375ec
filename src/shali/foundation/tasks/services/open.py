from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db import connection, transaction

from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.rows import array_of, insert_models, insert_rows, next_ids
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
class _Fresh:
    number: int
    new: NewTask
    path: str


TASK_COLUMNS = (
    *("id", "public_id", "kind", "unit_id", "path", "giver_path", "subject_id"),
    *("handed_over_at", "due_at", "rule", "exercise"),
)
HANDED_OVER = {
    **{"state": TaskState.HANDED_OVER.value, "version": 1},
    **dict.fromkeys(("accepted_by", "blocked_on", "closed_by", "outcome"), ""),
}


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
            [TaskOpened(one.number, one.new.kind, one.path) for one in fresh], by=by, at=at, causes=fresh_causes or None
        )
    return opened


def _lock_open(wanted: set[tuple[str, int | None]]) -> dict[tuple[str, int | None], int]:
    subjects = [subject for _, subject in wanted]
    rows = (
        Task.objects.select_for_update()
        .filter(subject_id__any_of=subjects)
        .exclude(state=TaskState.CLOSED)
        .order_by("id")
        .values_list("kind", "subject_id", "id")
    )
    return {(kind, subject): number for kind, subject, number in rows}


def _split(
    new: Sequence[NewTask], causes: Sequence[int | None], open_before: dict[tuple[str, int | None], int]
) -> tuple[list[_Fresh], list[int | None], list[Opened]]:
    paths = dict(Unit.objects.filter(pk__in={one.unit for one in new}).values_list("pk", "path"))
    numbers = iter(next_ids("tasks_task", count=len(new)))
    fresh: list[_Fresh] = []
    fresh_causes: list[int | None] = []
    opened: list[Opened] = []
    for one, cause in zip(new, causes, strict=True):
        known = open_before.get((one.kind, one.subject)) if one.subject is not None else None
        if known is not None:
            opened.append(Opened(known, is_new=False))
            continue
        task = _Fresh(next(numbers), one, paths[one.unit])
        fresh.append(task)
        fresh_causes.append(cause)
        opened.append(Opened(task.number, is_new=True))
        if one.subject is not None:
            open_before[(one.kind, one.subject)] = task.number
    return fresh, fresh_causes, opened


def _insert(fresh: list[_Fresh], *, by: str, at: datetime) -> None:
    """Write the tasks, the first line of each one's history, and who may see its person: thousands at a time."""
    insert_rows(Task, TASK_COLUMNS, (_task_row(one) for one in fresh), same=HANDED_OVER)
    insert_rows(
        Event,
        ("task_id", "from_path", "to_path", "detail"),
        ((one.number, one.new.giver_path, one.path, orjson.dumps({"rule": one.new.rule}).decode()) for one in fresh),
        same={"seq": 1, "act": Act.HANDED_OVER.value, "at": at, "by": by, "state_after": TaskState.HANDED_OVER.value},
    )
    insert_rows(
        Sight,
        ("person_id", "path", "task"),
        ((one.new.subject, one.path, one.number) for one in fresh if one.new.subject is not None),
        same={"since": at},
        ignore_conflicts=True,
    )


def _task_row(one: _Fresh) -> tuple[object, ...]:
    new = one.new
    return (
        *(one.number, new_public_id(), new.kind, new.unit, one.path, new.giver_path, new.subject),
        *(new.handed_over_at, new.due_at, new.rule, new.exercise),
    )


def _ask_again(again: list[tuple[NewTask, int]], *, by: str, at: datetime) -> None:
    """Add an asker to tasks that are open already: a line of history each, and the earlier deadline of the two.

    One task may be asked for twice here: the askers take their turns, a round each.
    """
    rounds: list[dict[int, NewTask]] = []
    for one, number in again:
        free = next((turn for turn in rounds if number not in turn), None)
        if free is None:
            rounds.append(free := {})
        free[number] = one
    for turn in rounds:
        _ask_once_more(turn, by=by, at=at)


def _ask_once_more(turn: dict[int, NewTask], *, by: str, at: datetime) -> None:
    tasks = list(Task.objects.filter(pk__any_of=turn).order_by("id"))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            update tasks_task t set version = version + 1,
              due_at = case when a.due_at < t.due_at and a.due_at > t.handed_over_at then a.due_at else t.due_at end,
              rule = case when a.due_at < t.due_at and a.due_at > t.handed_over_at then a.rule else t.rule end
            from unnest(%s::bigint[], %s::timestamptz[], %s::text[]) as a (id, due_at, rule) where a.id = t.id
            """,
            [
                array_of(turn),
                array_of([one.due_at for one in turn.values()]),
                array_of([one.rule for one in turn.values()]),
            ],
        )
    insert_models(
        [
            Event(
                task_id=task.pk,
                seq=task.version + 1,
                act=Act.ASKED_AGAIN,
                at=at,
                by=by,
                from_path=turn[task.pk].giver_path,
                to_path=task.path,
                state_after=task.state,
                detail={
                    "rule": turn[task.pk].rule,
                    "due_brought_forward": task.handed_over_at < turn[task.pk].due_at < task.due_at,
                },
            )
            for task in tasks
        ]
    )
