"""The people on lists, as rows of a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.reading import read_by_key
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.foundation.policy.rules import due_soon_share
from shali.foundation.tasks.models import Task, TaskState
from shali.foundation.tasks.rules import clock_state
from shali.foundation.ui.paging import COUNTED_AT_MOST, PAGE, Page, mark, read_mark
from shali.verification.models import ListEntry, due_soon

WHICH = ("open", "overdue", "soon", "next_two_hours", "blocked", "not_accepted", "closed", "never_found", "all")
STILL_OPEN = ~Q(state=TaskState.CLOSED)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One person of a list: how his clock stands, who he is (masked), who answers, which facts stand."""

    task: str
    state: str
    handed_over_at: datetime
    due_at: datetime
    closed_in: timedelta | None
    person: Masked | None
    unit: str
    unit_en: str
    path: str
    facts: tuple[bool, bool, bool, bool]
    attempts: int
    next_attempt_at: datetime | None
    ending: int | None
    is_accepted: bool
    blocked_on: str
    assignee: str


def entries_page(
    scope: Scope,
    *,
    at: datetime,
    which: str = "open",
    pushed_list: int | None = None,
    unit: str | None = None,
    only_own: bool = False,
    fact_open: int | None = None,
    hours: tuple[int, int | None] | None = None,
    after: str = "",
    counted: int | None = None,
    first: Sequence[int] = (),
) -> Page[EntryRow]:
    """Return one page of people on lists, due first; each person once, however many lists ask for him.

    which: one of WHICH; unit: path of a unit within the scope; only_own: what it answers for itself, not its units
    fact_open: people without this fact (1-4)
    hours: people handed over at least so many full hours ago, and less than so many
    counted: how many these filters hold, where that is known already
    first: the tasks of the first page, and one more, in order, where these are known already
    """
    tasks = filtered(
        scope,
        at=at,
        which=which,
        pushed_list=pushed_list,
        unit=unit,
        only_own=only_own,
        fact_open=fact_open,
        hours=hours,
    )
    total = tasks.order_by()[: COUNTED_AT_MOST + 1].count() if counted is None else counted
    # What is closed is read unit by unit, along the index; what is open, the most pressing first.
    column, order = ("closed_at", ("path", "closed_at", "id")) if which == "closed" else ("due_at", ("due_at", "id"))
    place = read_mark(after)
    shown = 0
    if place is not None:
        tasks, shown = _after(tasks, place, column), place[2]
    # The place of the page first, its rows after: sorting thousands of joined rows for fifty took most of the time.
    numbers = list(first or tasks.order_by(*order).values_list("pk", flat=True)[: PAGE + 1])
    rows_of = {row[0]: _Read(*row) for row in read_by_key(ROWS, tasks=numbers)} if numbers else {}
    found = [rows_of[number] for number in numbers]
    more, found = len(found) > PAGE, found[:PAGE]
    rows = _rows(scope, found, at)
    return Page(
        rows=rows,
        first=shown + 1 if rows else 0,
        last=shown + len(rows),
        total=total if total <= COUNTED_AT_MOST or counted is not None else None,
        next=mark(getattr(found[-1], column), found[-1].id, shown + len(rows)) if more else "",
        is_first=place is None,
    )


def _after(tasks: QuerySet[Task], place: tuple[float, int, int], column: str) -> QuerySet[Task]:
    """Keep what comes after the last row of the page before, in the order of its index."""
    hour, number = datetime.fromtimestamp(place[0], UTC), place[1]
    later = Q(**{f"{column}__gt": hour}) | Q(**{column: hour, "id__gt": number})
    if column == "due_at":
        return tasks.filter(later, due_at__gte=hour)
    path = Task.objects.filter(pk=number).values_list("path", flat=True).first() or ""
    return tasks.filter(Q(path__gt=path) | Q(path=path) & later, path__gte=path)


def filtered(
    scope: Scope,
    *,
    at: datetime,
    which: str,
    pushed_list: int | None = None,
    unit: str | None = None,
    only_own: bool = False,
    fact_open: int | None = None,
    hours: tuple[int, int | None] | None = None,
) -> QuerySet[Task]:
    """Return the verification tasks that a filter holds: a number on a page and its rows are this same set."""
    path = scope.part(unit or "")
    tasks = Task.objects.filter(Q(path=path) if only_own else within(path), kind="verification")
    if pushed_list is not None:
        asked = ListEntry.objects.filter(pushed_list_id=pushed_list, duplicate_of=None).exclude(ending=6)
        if which not in ("closed", "all"):
            asked = asked.filter(struck_off_at=None)  # and by this its index, however long the list
        tasks = tasks.filter(pk__in=asked.values("task_id"))
    tasks = tasks.filter(_conditions(at).get(which, STILL_OPEN))
    if hours is not None:
        tasks = tasks.filter(handed_over_at__lte=at - timedelta(hours=hours[0]))
        if hours[1] is not None:
            tasks = tasks.filter(handed_over_at__gt=at - timedelta(hours=hours[1]))
    if fact_open in (1, 2, 3, 4):
        column = ("counted", "identified", "located", "controlled")[fact_open - 1]
        tasks = tasks.filter(**{f"check_row__{column}__isnull": True})
    return tasks


def _conditions(at: datetime) -> dict[str, Q]:
    return {
        "overdue": STILL_OPEN & Q(due_at__lt=at),
        "soon": STILL_OPEN & due_soon(at, share=due_soon_share(at)),
        "next_two_hours": STILL_OPEN & Q(due_at__gte=at, due_at__lte=at + timedelta(hours=2)),
        "blocked": STILL_OPEN & Q(blocked_since__isnull=False),
        "not_accepted": Q(state=TaskState.HANDED_OVER),
        "never_found": STILL_OPEN & ~Q(check_row__proposed_by=""),
        "closed": Q(state=TaskState.CLOSED),
        "all": Q(),
    }


class _Read(NamedTuple):
    """One row of ROWS."""

    id: int
    public_id: str
    state: int
    path: str
    handed_over_at: datetime
    due_at: datetime
    closed_at: datetime | None
    blocked_since: datetime | None
    blocked_on: str
    next_attempt_at: datetime | None
    subject_id: int | None
    unit: str
    unit_en: str
    assignee: str | None
    counted: bool
    identified: bool
    located: bool
    controlled: bool
    attempts: int
    ending: int | None


ROWS = """
select t.id, t.public_id, t.state, t.path, t.handed_over_at, t.due_at, t.closed_at, t.blocked_since, t.blocked_on,
  t.next_attempt_at, t.subject_id, u.name, u.name_en, s.name, c.counted_id is not null, c.identified_id is not null,
  c.located_id is not null, c.controlled_id is not null, c.attempts, c.ending
from tasks_task t join verification_check c on c.task_id = t.id join jurisdictions_unit u on u.id = t.unit_id
left join accounts_post p on p.id = t.assignee_id left join accounts_user s on s.id = p.user_id
where t.id = any(%(tasks)s)
"""


def _rows(scope: Scope, tasks: list[_Read], at: datetime) -> list[EntryRow]:
    people = masked_many(scope, [task.subject_id for task in tasks if task.subject_id], on=day_of(at))
    return [_row(task, people.get(task.subject_id or 0), at) for task in tasks]


def _row(task: _Read, person: Masked | None, at: datetime) -> EntryRow:
    return EntryRow(
        task=task.public_id,
        state=clock_state(
            handed_over_at=task.handed_over_at,
            due_at=task.due_at,
            at=at,
            soon_share=due_soon_share(task.handed_over_at),
            is_closed=task.state == TaskState.CLOSED,
            is_blocked=task.blocked_since is not None,
        ),
        handed_over_at=task.handed_over_at,
        due_at=task.due_at,
        closed_in=task.closed_at - task.handed_over_at if task.closed_at else None,
        person=person,
        unit=task.unit,
        unit_en=task.unit_en,
        path=task.path,
        facts=(task.counted, task.identified, task.located, task.controlled),
        attempts=task.attempts,
        next_attempt_at=task.next_attempt_at,
        ending=task.ending,
        is_accepted=task.state != TaskState.HANDED_OVER,
        blocked_on=task.blocked_on,
        assignee=task.assignee or "",
    )
