"""Tallies of lists equal a recount, whatever is done to entries and tasks, by several at once as well."""

import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from shali.config import reference
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.models import Person
from shali.foundation.tasks.models import Task
from shali.verification.models import Ending, ListEntry, ListState, ListTally, PushedList
from shali.verification.queries.tallies import Sums, differences, tallies

CITY = Scope("4111", "system:test")
MORNING = datetime(2022, 8, 10, 9, 0, tzinfo=timezone(timedelta(hours=8)))
OLD, RECENT = MORNING - timedelta(hours=30), MORNING - timedelta(hours=2)
PEOPLE, WRITERS, STEPS = 40, 4, 60


@pytest.fixture
def communities(db: None) -> list[Unit]:
    reference.ensure()
    return list(Unit.objects.filter(level=4).order_by("path")[:400:50])


@pytest.fixture
def two_lists(communities: list[Unit]) -> list[PushedList]:
    lists = [_list(number, at) for number, at in ((1, OLD), (2, RECENT))]
    for place in range(PEOPLE):
        unit = communities[place % len(communities)]
        person = Person.objects.create(unit=unit, path=unit.path, source="test", enrolled_at=OLD, name_sealed=b"")
        pushed = lists[place % 2]
        task = Task.objects.create(
            kind="verification", unit=unit, path=unit.path, giver_path="4111", subject=person, version=1,
            handed_over_at=pushed.handed_over_at, due_at=pushed.due_at, rule="test",
        )  # fmt: skip
        ListEntry.objects.create(pushed_list=pushed, person=person, task=task, due_at=pushed.due_at)
    return lists


def _list(number: int, at: datetime) -> PushedList:
    return PushedList.objects.create(
        path="4111", channel=1, sender="test", day=at.date(), number=number, handed_over_at=at, received_at=at,
        received_by="system:test", due_at=at + timedelta(hours=24), rule="test", state=ListState.OPEN,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_lists_show_people_open_and_overdue_of_the_scope(two_lists: list[PushedList], communities: list[Unit]) -> None:
    old, recent = two_lists
    ListEntry.objects.filter(pushed_list=old, task__path=communities[0].path).update(
        struck_off_at=MORNING, ending=Ending.FOUR_FACTS
    )
    numbers = [old.pk, recent.pk]

    assert tallies(CITY, lists=numbers, at=MORNING) == {old.pk: Sums(20, 15, 15), recent.pk: Sums(20, 20, 0)}
    leaf = Scope(communities[0].path, "test")
    assert tallies(leaf, lists=numbers, at=MORNING) == {old.pk: Sums(5, 0, 0)}


@pytest.mark.django_db(transaction=True)
def test_tallies_equal_a_recount_after_random_histories_of_four_writers(
    two_lists: list[PushedList], communities: list[Unit]
) -> None:
    done: list[str] = []
    writers = [threading.Thread(target=_write, args=(seed, two_lists, communities, done)) for seed in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert len(done) > WRITERS * STEPS / 2, "too few of the steps went through to prove anything"
    assert set(done) == {step.__name__ for step in RANDOM_STEPS}
    assert differences(CITY) == {}


@pytest.mark.django_db(transaction=True)
def test_a_tally_that_was_changed_by_hand_is_found_by_the_recount(two_lists: list[PushedList]) -> None:
    first = ListTally.objects.order_by("pk").first()
    assert first is not None
    ListTally.objects.filter(pk=first.pk).update(open=F("open") + 1)

    assert list(differences(CITY)) == [(first.pushed_list_id, first.grain, first.path, first.due_at)]


@pytest.mark.django_db(transaction=True)
def test_a_writer_behind_the_walls_moves_figures_that_he_does_not_see(
    two_lists: list[PushedList], communities: list[Unit], as_worker: Callable[[], object]
) -> None:
    with as_worker(), in_scope(system_scope("test", communities[0].path)):  # type: ignore[attr-defined]
        struck = ListEntry.objects.filter(pushed_list=two_lists[0], task__path=communities[0].path).update(
            struck_off_at=MORNING, ending=Ending.FOUR_FACTS
        )

    assert struck == 5
    assert tallies(CITY, lists=[two_lists[0].pk], at=MORNING)[two_lists[0].pk] == Sums(20, 15, 15)
    assert differences(CITY) == {}


def _write(seed: int, lists: list[PushedList], units: list[Unit], done: list[str]) -> None:
    draw = random.Random(seed)
    for _ in range(STEPS):
        step = draw.choice(RANDOM_STEPS)
        try:
            with transaction.atomic():
                step(draw, lists, units)
        except DatabaseError:
            continue  # refused or deadlocked: rolled back, figures and all
        done.append(step.__name__)
    connection.close()


def strike_off(draw: random.Random, lists: list[PushedList], units: list[Unit]) -> None:
    some = draw.sample(list(ListEntry.objects.values_list("pk", flat=True)), 4)
    ending = draw.choice([Ending.FOUR_FACTS, Ending.WITHDRAWN])
    ListEntry.objects.filter(pk__in=some, struck_off_at=None).update(struck_off_at=MORNING, ending=ending)


def reopen(draw: random.Random, lists: list[PushedList], units: list[Unit]) -> None:
    some = draw.sample(list(ListEntry.objects.values_list("pk", flat=True)), 4)
    ListEntry.objects.filter(pk__in=some).update(struck_off_at=None, ending=None)


def pass_on(draw: random.Random, lists: list[PushedList], units: list[Unit]) -> None:
    unit = draw.choice(units)
    Task.objects.filter(pk=draw.choice(Task.objects.all()).pk).update(unit=unit, path=unit.path)


def bring_forward(draw: random.Random, lists: list[PushedList], units: list[Unit]) -> None:
    Task.objects.filter(pk=draw.choice(Task.objects.all()).pk).update(due_at=F("due_at") - timedelta(minutes=5))


def ask_again(draw: random.Random, lists: list[PushedList], units: list[Unit]) -> None:
    task, pushed = draw.choice(Task.objects.all()), draw.choice(lists)
    if not ListEntry.objects.filter(pushed_list=pushed, person_id=task.subject_id).exists():
        ListEntry.objects.create(pushed_list=pushed, person_id=task.subject_id, task=task, due_at=pushed.due_at)


def repeat(draw: random.Random, lists: list[PushedList], units: list[Unit]) -> None:
    pushed = draw.choice(lists)
    kept, lost = draw.sample(list(ListEntry.objects.filter(pushed_list=pushed)), 2)
    ListEntry.objects.filter(pk=lost.pk).update(duplicate_of=kept)


RANDOM_STEPS = (strike_off, reopen, pass_on, bring_forward, ask_again, repeat)
