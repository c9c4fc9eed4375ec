"""Two records that are one person become one, and come apart again with everything that each had."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from shali.foundation.people.models import Merge, MergeState, Person
from shali.foundation.people.relations import built, declared
from shali.foundation.people.services.merge import NotDecidable, decide_merge, propose_merge, undo_merge
from shali.foundation.tasks.models import Task, TaskState
from shali.foundation.tasks.services.open import NewTask, open_tasks
from shali.foundation.ui.refusal import NotInScope
from shali.verification.models import Channel, Check, ListEntry, ListState, PushedList

from .conftest import NOW, enrol

ONE, OTHER = "post:1", "post:2"


def relations() -> Iterator[str]:
    """Every relation to Person that Django knows of, as <app>.<Model>.<field>."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if field.concrete and field.is_relation and field.related_model is Person:
                yield f"{model._meta.app_label}.{model.__name__}.{field.name}"


def test_every_relation_to_a_person_says_what_a_merge_does_to_it():
    unsaid = sorted(set(relations()) - set(declared()))
    gone = sorted(set(declared()) - set(relations()))

    assert not unsaid, f"Say in the room's apps.py what a merge does to {unsaid}: declare(app__Model__field=OnMerge.…)"
    assert not gone, f"These relations do not exist any more: {gone}"


# What an import makes itself of the people whom it brings, or what falls away with it.
OF_THE_IMPORT = {
    *("people.Person.merged_into", "people.Document.person", "people.Phone.person", "people.Address.person"),
    *("people.Key.person", "people.Sight.person", "intake.Row.person", "intake.Candidate.person"),
    *("intake.Review.person", "tasks.Task.subject", "verification.ListEntry.person", "testing.GroupMember.person"),
}


def test_every_relation_to_a_person_says_whether_an_import_may_be_undone_beneath_it():
    unsaid = sorted(set(relations()) - set(built()) - OF_THE_IMPORT)

    assert not unsaid, f"Say in the room's apps.py that {unsaid} stand on a person: builds(app__Model__field=_(…))"
    assert not set(built()) & OF_THE_IMPORT


def points_to() -> dict[str, dict[int, int]]:
    """Who each row of every relation belongs to."""
    found = {}
    for name in relations():
        app, model, field = name.split(".")
        rows = apps.get_model(app, model).objects.exclude(**{field: None})
        found[name] = dict(rows.values_list("pk", f"{field}_id"))
    del found["people.Merge.kept"], found["people.Merge.lost"]
    return found


def stands() -> list[tuple]:
    """How the work stands: tasks and who asks for them."""
    tasks = Task.objects.order_by("id").values_list("id", "state", "due_at", "subject_id", "outcome")
    entries = ListEntry.objects.order_by("id").values_list(
        "id", "person_id", "task_id", "duplicate_of_id", "struck_off_at", "ending"
    )
    checks = Check.objects.order_by("task_id").values_list("task_id", "ending", "duplicate_of_id")
    return [*tasks, *entries, *checks]


def ask_for(person: Person, *, number: int, hours: int) -> Task:
    """Hand a person over on a list of its own."""
    pushed = PushedList.objects.create(
        path="4111",
        channel=Channel.OWN_FINDING,
        sender="自查",
        day=NOW.date(),
        number=number,
        handed_over_at=NOW,
        received_at=NOW,
        received_by=ONE,
        due_at=NOW + timedelta(hours=hours),
        rule="verification@test",
        state=ListState.OPEN,
    )
    new = NewTask("verification", person.unit_id, person.pk, "4111", NOW, pushed.due_at, pushed.rule)
    [opened] = open_tasks([new], by="test", at=NOW)
    if opened.is_new:
        Check.objects.create(task_id=opened.task, attempts_required=3)
    ListEntry.objects.create(pushed_list=pushed, person=person, task_id=opened.task, due_at=pushed.due_at)
    return Task.objects.get(pk=opened.task)


@pytest.fixture
def two(city) -> tuple[Person, Person]:
    """Two records of one person, both asked for, the lost one's deadline the earlier."""
    kept, lost = enrol(1), enrol(2)
    ask_for(kept, number=1, hours=24)
    ask_for(lost, number=2, hours=12)
    return kept, lost


def merged(city, kept: Person, lost: Person) -> Merge:
    merge = propose_merge(scope=city, kept=kept.public_id, lost=lost.public_id, reason="same_document", by=ONE, at=NOW)
    return decide_merge(scope=city, merge=merge.public_id, agrees=True, by=OTHER, at=NOW)


def test_a_merge_leaves_one_open_task_with_both_askers_and_the_earlier_deadline(city, two):
    kept, lost = two

    merged(city, kept, lost)

    [task] = Task.objects.exclude(state=TaskState.CLOSED)
    assert task.subject_id == kept.pk
    assert task.due_at == NOW + timedelta(hours=12)
    assert {entry.task_id for entry in ListEntry.objects.all()} == {task.pk}


def test_taken_apart_every_relation_and_all_work_stands_as_before(city, two):
    kept, lost = two
    before, work = points_to(), stands()

    merge = merged(city, kept, lost)
    between = points_to()
    undo_merge(scope=city, merge=merge.public_id, by=ONE, at=NOW)

    assert between != before
    assert points_to() == before
    # The deadline that a merge brought forward stays: it may come forward and never move back.
    assert [row for row in stands() if row[0] != work[0][0]] == [row for row in work if row[0] != work[0][0]]


def test_a_closed_task_goes_along_and_comes_back(city):
    kept, lost = enrol(1), enrol(2)
    task = ask_for(lost, number=1, hours=24)
    Check.objects.filter(pk=task.pk).update(ending=3, ended_at=NOW, ended_by=ONE, evidence="例证")
    Task.objects.filter(pk=task.pk).update(state=3, closed_at=NOW, closed_by=ONE, outcome="deceased")
    before = points_to()

    merge = merged(city, kept, lost)
    assert Task.objects.get(pk=task.pk).subject_id == kept.pk
    undo_merge(scope=city, merge=merge.public_id, by=ONE, at=NOW)

    assert points_to() == before


def test_whoever_proposes_does_not_decide(city, two):
    kept, lost = two
    merge = propose_merge(scope=city, kept=kept.public_id, lost=lost.public_id, reason="said_so", by=ONE, at=NOW)

    with pytest.raises(NotDecidable):
        decide_merge(scope=city, merge=merge.public_id, agrees=True, by=ONE, at=NOW)
    with pytest.raises(IntegrityError, match="people_merge_two_persons"), transaction.atomic():
        Merge.objects.filter(pk=merge.pk).update(decided_by=ONE, decided_at=NOW, state=MergeState.APPROVED)


def test_a_refused_merge_changes_nothing(city, two):
    kept, lost = two
    before = points_to()
    merge = propose_merge(scope=city, kept=kept.public_id, lost=lost.public_id, reason="said_so", by=ONE, at=NOW)

    decide_merge(scope=city, merge=merge.public_id, agrees=False, by=OTHER, at=NOW)

    assert points_to() == before


def test_a_record_is_joined_once_at_a_time(city, two):
    kept, lost = two
    merged(city, kept, lost)

    with pytest.raises(NotInScope):
        propose_merge(scope=city, kept=kept.public_id, lost=lost.public_id, reason="said_so", by=ONE, at=NOW)
