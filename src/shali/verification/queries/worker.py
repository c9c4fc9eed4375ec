"""The worker's phone: the people of his own open tasks, in the clear, because he has to ring at their door.

Showing them is a look at personal data like any other: the door that calls this writes one access record for the page.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.models import Address, Document, Person, Phone
from shali.foundation.policy.rules import due_soon_share
from shali.foundation.tasks.models import Task, TaskState
from shali.foundation.tasks.rules import clock_state
from shali.foundation.vault.sealing import open_text
from shali.verification.models import Finding

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Given:
    """The answer that stands for a fact."""

    fact: int
    answer: str
    establishes: bool


@dataclass(frozen=True, slots=True)
class WorkerRow:
    task: str
    version: int
    person: int
    name: str
    sex: int
    age: int | None
    id_tail: str
    address: str
    phones: tuple[str, ...]
    state: str
    due_at: datetime
    handed_over_at: datetime
    facts: tuple[Given, ...]
    attempts: int
    attempts_required: int
    next_attempt_at: datetime | None
    is_proposed_never_found: bool


@dataclass(frozen=True, slots=True)
class WorkerPage:
    rows: tuple[WorkerRow, ...]
    open: int
    overdue: int
    soon: int


def my_people(scope: Scope, *, at: datetime, which: str = "open") -> WorkerPage:
    """Return the open tasks of this post, or of nobody in its unit, due first; six queries however many they are."""
    mine = (
        Task.objects.filter(within(scope.path), kind="verification")
        .exclude(state=TaskState.CLOSED)
        .filter(Q(assignee_id=scope.post) | Q(assignee=None))
    )
    tasks = list(mine.select_related("check_row").order_by("due_at", "id")[:500])
    states = {task.pk: _state(task, at) for task in tasks}
    wanted = [task for task in tasks if which == "open" or states[task.pk] == which][:SHOWN]
    known = _Known.of([task.subject_id for task in wanted if task.subject_id], [task.pk for task in wanted])
    return WorkerPage(
        rows=tuple(_row(task, states[task.pk], known, day_of(at)) for task in wanted),
        open=len(tasks),
        overdue=sum(state == "overdue" for state in states.values()),
        soon=sum(state == "soon" for state in states.values()),
    )


def _state(task: Task, at: datetime) -> str:
    return clock_state(
        handed_over_at=task.handed_over_at,
        due_at=task.due_at,
        at=at,
        soon_share=due_soon_share(task.handed_over_at),
        is_blocked=task.blocked_since is not None,
    )


@dataclass(frozen=True, slots=True)
class _Known:
    people: dict[int, Person]
    tails: dict[int, str]
    phones: dict[int, list[str]]
    addresses: dict[int, str]
    given: dict[int, dict[int, Given]]

    @classmethod
    def of(cls, people: list[int], tasks: list[int]) -> "_Known":
        tails = {
            d.person_id: open_text(d.number_sealed, table="people_document", column="number", row=d.pk)[-4:]
            for d in Document.objects.filter(person_id__in=people, ended_at=None).order_by("whole", "-id")
        }
        phones: dict[int, list[str]] = {}
        for p in Phone.objects.filter(person_id__in=people, ended_at=None).order_by("-seen_at", "id"):
            number = open_text(p.number_sealed, table="people_phone", column="number", row=p.pk)
            phones.setdefault(p.person_id, []).append(number)
        addresses = {
            a.person_id: open_text(a.text_sealed, table="people_address", column="text", row=a.pk)
            for a in Address.objects.filter(person_id__in=people, ended_at=None).order_by("seen_at", "id")
        }
        given: dict[int, dict[int, Given]] = {}
        for f in Finding.objects.filter(task_id__in=tasks).order_by("id"):
            given.setdefault(f.task_id, {})[f.fact] = Given(f.fact, f.answer, f.establishes)
        return cls(Person.objects.in_bulk(people), tails, phones, addresses, given)


def _row(task: Task, state: str, known: _Known, on: date) -> WorkerRow:
    number = task.subject_id or 0
    person = known.people.get(number)
    born = _born(person)
    check = task.check_row
    return WorkerRow(
        task=task.public_id,
        version=task.version,
        person=number,
        name=open_text(person.name_sealed, table="people_person", column="name", row=number) if person else "—",
        sex=person.sex if person else 0,
        age=on.year - born.year - ((on.month, on.day) < (born.month, born.day)) if born else None,
        id_tail=known.tails.get(number, ""),
        address=known.addresses.get(number, ""),
        phones=tuple(known.phones.get(number, [])),
        state=state,
        due_at=task.due_at,
        handed_over_at=task.handed_over_at,
        facts=tuple(known.given.get(task.pk, {}).values()),
        attempts=check.attempts,
        attempts_required=check.attempts_required,
        next_attempt_at=task.next_attempt_at,
        is_proposed_never_found=bool(check.proposed_by),
    )


def _born(person: Person | None) -> date | None:
    if person is None or person.birth_sealed is None:
        return None
    return date.fromisoformat(open_text(person.birth_sealed, table="people_person", column="birth", row=person.pk))
