"""The desk's list of tasks, due first."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from shali.foundation.clocks import day_of, start_of_day
from shali.foundation.jurisdictions.reading import read_by_key
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.foundation.policy.rules import due_soon_share
from shali.foundation.tasks.models import Reminder, Task, TaskState, Transfer, TransferState
from shali.foundation.tasks.rules import clock_state
from shali.foundation.ui.paging import COUNTED_AT_MOST, PAGE, Page, mark, read_mark

WHICH = (
    "open",
    "overdue",
    "soon",
    "next_two_hours",
    "not_accepted",
    "blocked",
    "to_answer",
    "to_arbitrate",
    "mine",
    "told",
    "closed_today",
)
STILL_OPEN = ~Q(state=TaskState.CLOSED)


@dataclass(frozen=True, slots=True)
class Filter:
    """What the desk shows: one of WHICH, and a unit within the scope ("" for all of it)."""

    which: str = "open"
    unit: str = ""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task as the desk shows it; `why` is the code of the reason why it is in this list."""

    public_id: str
    kind: str
    state: str
    handed_over_at: datetime
    due_at: datetime
    closed_in: timedelta | None
    person: Masked | None
    unit: str
    unit_en: str
    path: str
    assignee: str
    is_accepted: bool
    blocked_on: str
    why: str


def filtered(scope: Scope, chosen: Filter, *, at: datetime) -> QuerySet[Task]:
    """Return the tasks that a filter holds: a number on a page and its rows are this same set."""
    path = scope.part(chosen.unit)
    offered = Transfer.objects.filter(within(scope.path, "to_path"), task=OuterRef("pk"), state=TransferState.PENDING)
    if chosen.which == "to_answer":
        # What others ask us to take lies outside our part of the tree.
        return Task.objects.filter(STILL_OPEN, Exists(offered))
    tasks = Task.objects.filter(within(path)).filter(_conditions(scope, at).get(chosen.which, STILL_OPEN))
    if chosen.which == "to_arbitrate":
        tasks = tasks.filter(transfers__arbiter_path=scope.path, transfers__state=TransferState.DISPUTED)
    if chosen.which == "told":
        tasks = tasks.filter(pk__in=_told(scope, at).values("task_id"))
    return tasks


def _conditions(scope: Scope, at: datetime) -> dict[str, Q]:
    return {
        "overdue": STILL_OPEN & Q(due_at__lt=at),
        "soon": STILL_OPEN & Q(due_at__gte=at, due_at__lte=at + timedelta(hours=6)),
        "next_two_hours": STILL_OPEN & Q(due_at__gte=at, due_at__lte=at + timedelta(hours=2)),
        "not_accepted": Q(state=TaskState.HANDED_OVER),
        "blocked": STILL_OPEN & Q(blocked_since__isnull=False),
        "mine": STILL_OPEN & Q(assignee_id=scope.post or 0),
        "closed_today": Q(state=TaskState.CLOSED, closed_at__gte=start_of_day(day_of(at))),
    }


def _told(scope: Scope, at: datetime) -> QuerySet[Reminder]:
    """What this unit was reminded of within the last day: older reminders it has seen, or their tasks are overdue."""
    return Reminder.objects.filter(to_path=scope.path, at__gt=at - timedelta(hours=24))


class TaskRead(NamedTuple):
    """One row of ROWS."""

    id: int
    public_id: str
    kind: str
    state: int
    path: str
    handed_over_at: datetime
    due_at: datetime
    closed_at: datetime | None
    blocked_since: datetime | None
    blocked_on: str
    assignee_id: int | None
    subject_id: int | None
    unit: str
    unit_en: str
    assignee: str | None


ROWS = """
select t.id, t.public_id, t.kind, t.state, t.path, t.handed_over_at, t.due_at, t.closed_at, t.blocked_since,
  t.blocked_on, t.assignee_id, t.subject_id, u.name, u.name_en, s.name
from tasks_task t join jurisdictions_unit u on u.id = t.unit_id
left join accounts_post p on p.id = t.assignee_id left join accounts_user s on s.id = p.user_id
"""
NUMBERED = ROWS + "where t.id = any(%(tasks)s)"
OF_PERSON = (
    ROWS
    + """
where t.subject_id = %(person)s and t.path >= %(path)s and t.path < %(path)s || '/'
order by t.handed_over_at desc, t.id desc limit 50
"""
)


def tasks_page(
    scope: Scope, chosen: Filter, *, at: datetime, after: str = "", counted: int | None = None
) -> Page[TaskRow]:
    """Return one page of tasks, due first. counted: how many the filter holds, where that is known already."""
    tasks = filtered(scope, chosen, at=at)
    total = tasks.order_by()[: COUNTED_AT_MOST + 1].count() if counted is None else counted
    place = read_mark(after)
    shown = 0
    if place is not None:
        since, number, shown = place
        due = datetime.fromtimestamp(since, UTC)
        tasks = tasks.filter(Q(due_at__gt=due) | Q(due_at=due, id__gt=number))
    # The place of the page first, its rows after: sorting thousands of joined rows for fifty took most of the time.
    numbers = list(tasks.order_by("due_at", "id").values_list("pk", flat=True)[: PAGE + 1])
    rows_of = {row[0]: TaskRead(*row) for row in read_by_key(NUMBERED, tasks=numbers)} if numbers else {}
    found = [rows_of[number] for number in numbers]
    more, found = len(found) > PAGE, found[:PAGE]
    people = masked_many(scope, [task.subject_id for task in found if task.subject_id], on=day_of(at))
    return Page(
        rows=[_row(task, people.get(task.subject_id or 0), chosen, at) for task in found],
        first=shown + 1 if found else 0,
        last=shown + len(found),
        total=total if total <= COUNTED_AT_MOST or counted is not None else None,
        next=mark(found[-1].due_at, found[-1].id, shown + len(found)) if more else "",
        is_first=place is None,
    )


def state_of(scope: Scope, task: Task, *, at: datetime) -> str:
    """Return the state that the badge of a task of the scope shows."""
    return _state(task, at)


def _state(task: Task | TaskRead, at: datetime) -> str:
    return clock_state(
        handed_over_at=task.handed_over_at,
        due_at=task.due_at,
        at=at,
        soon_share=due_soon_share(task.handed_over_at),
        is_closed=task.state == TaskState.CLOSED,
        is_blocked=task.blocked_since is not None,
    )


def _row(task: TaskRead, person: Masked | None, chosen: Filter, at: datetime) -> TaskRow:
    state = _state(task, at)
    is_accepted = task.state != TaskState.HANDED_OVER
    return TaskRow(
        public_id=task.public_id,
        kind=task.kind,
        state=state,
        handed_over_at=task.handed_over_at,
        due_at=task.due_at,
        closed_in=task.closed_at - task.handed_over_at if task.closed_at else None,
        person=person,
        unit=task.unit,
        unit_en=task.unit_en,
        path=task.path,
        assignee=task.assignee or "",
        is_accepted=is_accepted,
        blocked_on=task.blocked_on,
        why=_why(chosen.which, state, is_accepted=is_accepted, is_assigned=task.assignee_id is not None),
    )


def _why(which: str, state: str, *, is_accepted: bool, is_assigned: bool) -> str:
    """The nearest reason: what the filter asked for, else what presses most."""
    if which in ("to_answer", "to_arbitrate", "told"):
        return which
    if state in ("done", "overdue", "blocked", "soon"):
        return state
    if not is_accepted:
        return "not_accepted"
    return "assigned" if is_assigned else "unassigned"


def tasks_about(scope: Scope, person: int) -> list[TaskRead]:
    """Return at most 50 tasks of the scope about one person, open ones first, the newest on top."""
    found = (TaskRead(*row) for row in read_by_key(OF_PERSON, person=person, path=scope.path))
    return sorted(found, key=lambda task: task.state == TaskState.CLOSED)


def tasks_of_person(scope: Scope, person: int, *, at: datetime) -> list[TaskRow]:
    """Return the tasks of the scope about one person as rows, open ones first, the newest on top."""
    return [_row(task, None, Filter(), at) for task in tasks_about(scope, person)]
