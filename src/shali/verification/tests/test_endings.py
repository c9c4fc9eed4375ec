"""How a check may end, who is answered by it, and what is taken back."""

import uuid
from datetime import timedelta

import pytest

from shali.config import reference
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.tasks.models import Task, TaskState
from shali.verification.models import AnomalyKind, AttemptResult, Ending, ListEntry, ListState, PushedList, Way
from shali.verification.queries.panel import check_figures
from shali.verification.rules import Fact
from shali.verification.services import endings
from shali.verification.services.anomalies import raise_anomaly
from shali.verification.services.entries import Entry, take_entries
from shali.verification.services.findings import TaskIsClosed, record_attempt
from shali.verification.tests.desk import AT, CITY, ESTABLISHING, OTHER, WORKER, enrol_three, establish, push


@pytest.fixture
def people(db):
    with in_scope(system_scope("test")):
        reference.ensure()
        yield enrol_three()


def task_of(person: int) -> Task:
    return Task.objects.get(subject_id=person)


def close(task: Task, *, at=AT):
    return endings.close_with_four_facts(scope=WORKER, task=task.public_id, seen=None, by=WORKER.name, at=at)


def try_once(task: Task) -> None:
    record_attempt(
        scope=WORKER,
        task=task.public_id,
        entry=uuid.uuid4(),
        way=Way.PHONE,
        result=AttemptResult.NO_ANSWER,
        taken_at=AT,
        by=WORKER.name,
        at=AT,
        next_attempt_at=AT + timedelta(hours=1),
    )


@pytest.mark.parametrize("missing", list(Fact))
def test_a_check_does_not_close_while_one_of_the_four_facts_is_open(people, tmp_path, missing):
    push(tmp_path)
    task = task_of(people[0])
    establish(task, facts=tuple(fact for fact in Fact if fact != missing))

    with pytest.raises(endings.FactsMissing):
        close(task)

    assert task_of(people[0]).state != TaskState.CLOSED


def test_two_lists_are_one_task_with_the_earlier_deadline_and_one_answer_each(people, tmp_path):
    later = push(tmp_path, hours_later=3, title="后一份")
    earlier = push(tmp_path, people=1, title="前一份")
    task = task_of(people[0])
    assert Task.objects.count() == 3
    assert task.handed_over_at + timedelta(hours=21) == task.due_at
    assert [asker.list_id for asker in check_figures(CITY, task.public_id).askers] == [
        earlier.public_id,
        later.public_id,
    ]

    establish(task)
    close(task)

    answers = ListEntry.objects.filter(task=task).values_list("pushed_list__public_id", "ending")
    assert sorted(answers) == sorted([(earlier.public_id, Ending.FOUR_FACTS), (later.public_id, Ending.FOUR_FACTS)])
    assert PushedList.objects.get(pk=earlier.id).state == ListState.CLOSED
    assert PushedList.objects.get(pk=later.id).state == ListState.OPEN


def test_undo_within_the_minutes_opens_every_asker_and_its_list_again(people, tmp_path):
    one, two = push(tmp_path, people=1, title="一"), push(tmp_path, people=1, hours_later=0.5, title="二")
    task = task_of(people[0])
    due = task.due_at
    establish(task)
    close(task)
    lists = PushedList.objects.filter(pk__in=[one.id, two.id])
    assert [found.state for found in lists] == [ListState.CLOSED, ListState.CLOSED]

    endings.undo_ending(scope=WORKER, task=task.public_id, by=WORKER.name, at=AT + timedelta(minutes=9))

    assert [found.state for found in lists.all()] == [ListState.OPEN, ListState.OPEN]
    assert list(ListEntry.objects.filter(task=task, struck_off_at=None, ending=None).values_list("id", flat=True))
    assert task_of(people[0]).due_at == due
    assert check_figures(CITY, task.public_id).established == (True, True, True, True)


def test_an_ending_older_than_the_minutes_stays(people, tmp_path):
    push(tmp_path)
    task = task_of(people[0])
    establish(task)
    close(task)

    with pytest.raises(endings.NotYet):
        endings.undo_ending(scope=WORKER, task=task.public_id, by=WORKER.name, at=AT + timedelta(minutes=11))


def test_never_found_needs_the_attempts_and_another_person(people, tmp_path):
    push(tmp_path)
    task = task_of(people[0])
    required = check_figures(CITY, task.public_id).attempts_required
    for _ in range(required - 1):
        try_once(task)
    propose = {"scope": WORKER, "task": task.public_id, "note": "", "by": WORKER.name, "at": AT}
    with pytest.raises(endings.NotYet):
        endings.propose_never_found(**propose)
    try_once(task)
    endings.propose_never_found(**propose)
    decide = {"task": task.public_id, "seen": None, "agrees": True, "at": AT}
    with pytest.raises(endings.NotYet):
        endings.decide_never_found(scope=WORKER, by=WORKER.name, **decide)

    endings.decide_never_found(scope=OTHER, by=OTHER.name, **decide)

    assert check_figures(CITY, task.public_id).ending == Ending.NEVER_FOUND


@pytest.mark.parametrize(
    ("end", "given"),
    [
        (endings.close_as_moved_on, {"taken_over_by": "许昌市", "receipt": " "}),
        (endings.close_as_moved_on, {"taken_over_by": "", "receipt": "12"}),
        (endings.close_as_deceased, {"evidence": ""}),
        (endings.close_as_duplicate, {"of": "nosuchtask"}),
    ],
)
def test_an_ending_without_its_proof_is_refused(people, tmp_path, end, given):
    push(tmp_path)
    task = task_of(people[0])

    with pytest.raises(endings.NotYet):
        end(scope=WORKER, task=task.public_id, seen=None, by=WORKER.name, at=AT, **given)


def test_the_same_entry_twice_is_taken_once_and_one_for_a_closed_task_says_so(people, tmp_path):
    push(tmp_path)
    task = task_of(people[0])
    entries = [
        Entry(uuid.uuid4(), task.public_id, "finding", AT, fact=int(fact), answer=code)
        for fact, code in ESTABLISHING.items()
    ]
    closing = Entry(uuid.uuid4(), task.public_id, "close", AT)

    outcomes = take_entries(scope=WORKER, entries=[*entries, entries[0], closing, closing], by=WORKER.name, at=AT)

    assert [outcome.is_taken for outcome in outcomes] == [True] * 7
    assert len(check_figures(CITY, task.public_id).findings) == 4
    late = Entry(uuid.uuid4(), task.public_id, "finding", AT, fact=1, answer="lives_alone")
    refused = take_entries(scope=OTHER, entries=[late], by=OTHER.name, at=AT)[0]
    assert (refused.is_taken, refused.entry) == (False, late.entry)
    assert "09:00" in refused.message
    with pytest.raises(TaskIsClosed):
        try_once(task)


def test_an_anomaly_leaves_the_task_open_and_shows_on_its_page(people, tmp_path):
    push(tmp_path)
    task = task_of(people[0])
    entry = uuid.uuid4()
    said = {"scope": WORKER, "task": task.public_id, "entry": entry, "kind": AnomalyKind.FEVER, "by": WORKER.name}

    first = raise_anomaly(**said, taken_at=AT, at=AT)
    again = raise_anomaly(**said, taken_at=AT, at=AT)

    assert (first.is_new, again.is_new, first.id == again.id) == (True, False, True)
    figures = check_figures(CITY, task.public_id)
    assert [one.kind for one in figures.anomalies] == [AnomalyKind.FEVER]
    assert figures.ending is None


def test_a_later_answer_takes_the_place_of_an_earlier_one_and_both_stay(people, tmp_path):
    push(tmp_path)
    task = task_of(people[0])
    establish(task, facts=(Fact.LOCATED,))
    given = Entry(uuid.uuid4(), task.public_id, "finding", AT, fact=int(Fact.LOCATED), answer="not_located_yet")

    take_entries(scope=WORKER, entries=[given], by=WORKER.name, at=AT)

    figures = check_figures(CITY, task.public_id)
    assert [(one.answer, one.stands) for one in figures.findings] == [("not_located_yet", True), ("at_home", False)]
    assert figures.established == (False, False, False, False)
