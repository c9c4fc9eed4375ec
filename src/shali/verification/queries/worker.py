"""The worker's phone: the people of his own open tasks, in the clear, because he has to ring at their door.

Showing them is a look at personal data like any other: the door that calls this writes one access record for the page.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.reading import read, read_by_key
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.policy.rules import due_soon_share
from shali.foundation.tasks.rules import clock_state
from shali.foundation.vault.sealing import open_text

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
    documents_to_see: tuple[str, ...]  # open questions of reviews, by public number


@dataclass(frozen=True, slots=True)
class WorkerPage:
    rows: tuple[WorkerRow, ...]
    open: int
    overdue: int
    soon: int


class _Mine(NamedTuple):
    """One row of MINE."""

    id: int
    public_id: str
    version: int
    subject_id: int | None
    handed_over_at: datetime
    due_at: datetime
    next_attempt_at: datetime | None
    is_blocked: bool
    attempts: int
    attempts_required: int
    is_proposed: bool
    documents_to_see: list[str]


MINE = """
select t.id, t.public_id, t.version, t.subject_id, t.handed_over_at, t.due_at, t.next_attempt_at,
  t.blocked_since is not null, c.attempts, c.attempts_required, c.proposed_by <> '',
  array(select q.public_id from verification_identityquestion q
    where q.task_id = t.id and q.ended_at is null order by q.id)
from tasks_task t join verification_check c on c.task_id = t.id
where t.path >= %(path)s and t.path < %(path)s || '/' and t.kind = 'verification' and t.state <> 3
  and (t.assignee_id = %(post)s or t.assignee_id is null)
order by t.due_at, t.id limit 500
"""
PEOPLE = "select id, sex, name_sealed, birth_sealed from people_person where id = any(%(people)s)"
# Of several documents a whole one is shown, and of whole ones the first; of addresses the last one seen.
DOCUMENTS = """
select distinct on (person_id) person_id, id, number_sealed from people_document
where person_id = any(%(people)s) and ended_at is null order by person_id, whole desc, id
"""
ADDRESSES = """
select distinct on (person_id) person_id, id, text_sealed from people_address
where person_id = any(%(people)s) and ended_at is null order by person_id, seen_at desc, id desc
"""
PHONES = """
select person_id, id, number_sealed from people_phone
where person_id = any(%(people)s) and ended_at is null order by seen_at desc, id
"""
GIVEN = """
select distinct on (task_id, fact) task_id, fact, answer, establishes from verification_finding
where task_id = any(%(tasks)s) order by task_id, fact, id desc
"""


def my_people(scope: Scope, *, at: datetime, which: str = "open") -> WorkerPage:
    """Return the open tasks of this post, or of nobody in its unit, due first; six queries however many they are."""
    tasks = [_Mine(*row) for row in read(MINE, path=scope.path, post=scope.post)]
    states = {task.id: _state(task, at) for task in tasks}
    wanted = [task for task in tasks if which == "open" or states[task.id] == which][:SHOWN]
    known = _Known.of([task.subject_id for task in wanted if task.subject_id], [task.id for task in wanted])
    return WorkerPage(
        rows=tuple(_row(task, states[task.id], known, day_of(at)) for task in wanted),
        open=len(tasks),
        overdue=sum(state == "overdue" for state in states.values()),
        soon=sum(state == "soon" for state in states.values()),
    )


def _state(task: _Mine, at: datetime) -> str:
    return clock_state(
        handed_over_at=task.handed_over_at,
        due_at=task.due_at,
        at=at,
        soon_share=due_soon_share(task.handed_over_at),
        is_blocked=task.is_blocked,
    )


class _Person(NamedTuple):
    """One row of PEOPLE."""

    id: int
    sex: int
    name_sealed: bytes
    birth_sealed: bytes | None


@dataclass(frozen=True, slots=True)
class _Known:
    people: dict[int, _Person]
    tails: dict[int, str]
    phones: dict[int, list[str]]
    addresses: dict[int, str]
    given: dict[int, list[Given]]

    @classmethod
    def of(cls, people: list[int], tasks: list[int]) -> "_Known":
        tails = {
            person: open_text(sealed, table="people_document", column="number", row=row)[-4:]
            for person, row, sealed in read_by_key(DOCUMENTS, people=people)
        }
        phones: dict[int, list[str]] = {}
        for person, row, sealed in read_by_key(PHONES, people=people):
            phones.setdefault(person, []).append(open_text(sealed, table="people_phone", column="number", row=row))
        addresses = {
            person: open_text(sealed, table="people_address", column="text", row=row)
            for person, row, sealed in read_by_key(ADDRESSES, people=people)
        }
        given: dict[int, list[Given]] = {}
        for task, *said in read_by_key(GIVEN, tasks=tasks):
            given.setdefault(task, []).append(Given(*said))
        found = {row[0]: _Person(*row) for row in read_by_key(PEOPLE, people=people)}
        return cls(found, tails, phones, addresses, given)


def _row(task: _Mine, state: str, known: _Known, on: date) -> WorkerRow:
    number = task.subject_id or 0
    person = known.people.get(number)
    born = _born(person)
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
        facts=tuple(known.given.get(task.id, [])),
        attempts=task.attempts,
        attempts_required=task.attempts_required,
        next_attempt_at=task.next_attempt_at,
        is_proposed_never_found=task.is_proposed,
        documents_to_see=tuple(task.documents_to_see),
    )


def _born(person: _Person | None) -> date | None:
    if person is None or person.birth_sealed is None:
        return None
    return date.fromisoformat(open_text(person.birth_sealed, table="people_person", column="birth", row=person.id))
