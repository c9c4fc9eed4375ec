"""A finished list asked again by others, until nothing differs that nobody has settled."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from shali.config import reference
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.services.enrol import NewPerson, enrol_people
from shali.foundation.tasks.models import Task
from shali.foundation.tasks.services.open import NewTask, open_tasks
from shali.verification.models import Channel, Check, Difference, ListEntry, ListState, LookBack, PushedList, Way
from shali.verification.queries.look_back import asked_of, differences, one_round
from shali.verification.rules import ANSWERS, Fact, who_asks_again
from shali.verification.services.endings import close_with_four_facts
from shali.verification.services.findings import record_finding
from shali.verification.services.freeze import NobodyToAsk, freeze_lists
from shali.verification.services.look_back import (
    Said,
    SameWorker,
    SettledBefore,
    answer_again,
    settle_difference,
)

NOW = datetime(2022, 8, 10, 1, 30, tzinfo=UTC)
CITY = system_scope("test")
COMMUNITY = "4111.02.001.001"
TOWNSHIP = Scope(path="4111.02.001", name="post:20", post=20)
WORKER, OTHER, LEAD = "post:10", "post:20", "post:30"
FIRST = {Fact.COUNTED: "lives_alone", Fact.IDENTIFIED: "document_checked", Fact.LOCATED: "at_home"}
SAME_AGAIN = {"counted": "lives_alone", "identified": "document_checked", "located": "at_home"}
REST = {
    "controlled": "home_monitoring",
    "visited": "visited_no",
    "companions": "companions_none",
    "symptoms": "symptoms_none",
    "tested": "tested_negative",
}


@pytest.fixture
def finished(db) -> PushedList:
    """A list of two people, both struck off by the community's worker."""
    with in_scope(CITY):
        reference.ensure()
        unit = Unit.objects.get(path=COMMUNITY)
        pushed = PushedList.objects.create(
            path="4111",
            channel=Channel.OWN_FINDING,
            sender="自查",
            day=NOW.date(),
            number=1,
            handed_over_at=NOW,
            received_at=NOW,
            received_by="post:1",
            due_at=NOW + timedelta(hours=24),
            rule="verification@test",
            state=ListState.OPEN,
        )
        people = enrol_people(
            [NewPerson(name=name, unit=unit.pk, path=unit.path) for name in ("例甲", "例乙")], source="test", at=NOW
        )
        new = [NewTask("verification", unit.pk, one, "4111", NOW, pushed.due_at, pushed.rule) for one in people]
        for person, opened in zip(people, open_tasks(new, by="test", at=NOW), strict=True):
            Check.objects.create(task_id=opened.task, attempts_required=3)
            ListEntry.objects.create(pushed_list=pushed, person_id=person, task_id=opened.task, due_at=pushed.due_at)
            strike_off(Task.objects.get(pk=opened.task))
        return pushed


def strike_off(task: Task) -> None:
    for fact in Fact:
        record_finding(
            scope=CITY,
            task=task.public_id,
            entry=uuid4(),
            fact=fact,
            code=FIRST.get(fact, "home_monitoring"),
            way=Way.PHONE,
            taken_at=NOW,
            by=WORKER,
            at=NOW,
        )
    close_with_four_facts(scope=CITY, task=task.public_id, seen=None, by=WORKER, at=NOW)


@pytest.fixture
def frozen(finished) -> LookBack:
    with in_scope(CITY):
        return freeze_lists(scope=CITY, lists=[finished.public_id], unit="", by=LEAD, at=NOW)


def tasks_of(look_back: LookBack) -> list[Task]:
    return list(Task.objects.filter(asked_again__look_back=look_back).order_by("id"))


def say(task: Task, answers: dict[str, str], *, by: str = OTHER) -> None:
    for question, answer in answers.items():
        said = Said(uuid4(), question, answer, Way.AT_THE_DOOR, NOW)
        answer_again(scope=CITY, task=task.public_id, said=said, by=by, at=NOW)


@pytest.mark.parametrize(
    ("first", "round_", "asks"),
    [
        ("4111.02.001.001", "4111", "4111.02.001"),
        ("4111.02.001", "4111", "4111.02"),
        ("4111.02.001", "4111.02.001", "4111.02.001"),
        ("4111", "4111", "4111"),
    ],
)
def test_the_unit_above_the_first_asks_again(first, round_, asks):
    assert who_asks_again(first_path=first, round_path=round_) == asks


def test_everybody_is_asked_again_by_the_township_within_the_hours_of_the_rules(frozen):
    with in_scope(CITY):
        tasks = tasks_of(frozen)
        asked = asked_of(CITY, tasks[0].public_id)

    assert [task.path for task in tasks] == ["4111.02.001", "4111.02.001"]
    assert {task.due_at for task in tasks} == {NOW + timedelta(hours=24)}
    assert asked.first == {**SAME_AGAIN, "controlled": "home_monitoring"}
    assert asked.questions == (
        "counted",
        "identified",
        "located",
        "controlled",
        "visited",
        "companions",
        "symptoms",
        "tested",
    )


def test_a_list_on_which_nobody_was_found_cannot_be_asked_again(finished):
    with in_scope(CITY):
        PushedList.objects.filter(pk=finished.pk).update(state=ListState.OPEN, closed_at=None)
        ListEntry.objects.update(struck_off_at=None, ending=None)

        with pytest.raises(NobodyToAsk):
            freeze_lists(scope=CITY, lists=[finished.public_id], unit="", by=LEAD, at=NOW)


def test_whoever_answered_first_does_not_ask_again(frozen):
    with in_scope(CITY):
        task = tasks_of(frozen)[0]

        with pytest.raises(SameWorker):
            say(task, {"counted": "lives_alone"}, by=WORKER)


def test_the_database_refuses_the_first_worker_too(frozen):
    with in_scope(CITY):
        task = tasks_of(frozen)[0]
        with pytest.raises(IntegrityError, match="somebody else"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "insert into verification_secondanswer (asked_id, entry, question, answer, way, at, recorded_at, by)"
                " values (%s, %s, 'counted', 'lives_alone', 1, now(), now(), %s)",
                [task.pk, uuid4(), WORKER],
            )


def test_the_same_answers_confirm_the_first_round_and_end_it(frozen):
    with in_scope(CITY):
        for task in tasks_of(frozen):
            say(task, {**SAME_AGAIN, **REST})
        frozen.refresh_from_db()

        assert [task.outcome for task in tasks_of(frozen)] == ["confirmed", "confirmed"]
        assert frozen.closed_at == NOW


def test_what_differs_is_open_until_somebody_has_said_which_holds(frozen):
    with in_scope(CITY):
        first, second = tasks_of(frozen)
        say(first, {**SAME_AGAIN, **REST, "located": "in_hospital"})
        say(second, {**SAME_AGAIN, **REST})
        [row] = differences(CITY, frozen.public_id, at=NOW, settled=False).rows
        figures = one_round(CITY, frozen.public_id)

        assert (row.question, row.first, row.second) == ("located", "at_home", "in_hospital")
        assert (figures.people, figures.closed, figures.open, figures.differences) == (2, 1, 1, 1)

        with pytest.raises(SameWorker):
            settle_difference(scope=CITY, difference=row.public_id, settled_as="second_holds", by=WORKER, at=NOW)
        settle_difference(scope=CITY, difference=row.public_id, settled_as="second_holds", by=LEAD, at=NOW)
        with pytest.raises(SettledBefore):
            settle_difference(scope=CITY, difference=row.public_id, settled_as="first_holds", by=LEAD, at=NOW)
        frozen.refresh_from_db()

        assert Task.objects.get(pk=first.pk).outcome == "corrected"
        assert frozen.closed_at == NOW


def test_the_database_keeps_a_person_open_while_something_differs(frozen):
    with in_scope(CITY):
        task = tasks_of(frozen)[0]
        say(task, {**SAME_AGAIN, **REST, "located": "in_hospital"})

        with pytest.raises(IntegrityError, match="no difference is open"), transaction.atomic():
            Task.objects.filter(pk=task.pk).update(state=3, closed_at=NOW, closed_by="x", outcome="x")


def test_an_answer_changed_twice_is_one_difference_with_the_newest(frozen):
    with in_scope(CITY):
        task = tasks_of(frozen)[0]
        say(task, {"located": "in_hospital"})
        say(task, {"located": "elsewhere_in_city"})

        assert [(d.first, d.second) for d in Difference.objects.all()] == [("at_home", "elsewhere_in_city")]


def test_the_same_entry_sent_twice_is_one_answer(frozen):
    with in_scope(CITY):
        task, said = tasks_of(frozen)[0], Said(uuid4(), "counted", "household_2", Way.PHONE, NOW)

        again = [answer_again(scope=CITY, task=task.public_id, said=said, by=OTHER, at=NOW).is_new for _ in range(2)]

    assert again == [True, False]


def test_a_neighbouring_township_sees_nothing_of_a_round(frozen, as_web):
    with as_web(), in_scope(system_scope("test", "4111.02.002")):
        assert LookBack.objects.count() == 0
        assert Difference.objects.count() == 0


def test_every_fact_is_asked_again_with_its_own_answers():
    from shali.foundation.policy.rules import questionnaire_in_force
    from shali.verification.queries.look_back import answers_of

    form = questionnaire_in_force("look_back", NOW)

    assert answers_of(CITY, form.rule_id, "located") == tuple(a.code for a in ANSWERS[Fact.LOCATED])
    assert all(answers_of(CITY, form.rule_id, one.id) for one in form.questions)
