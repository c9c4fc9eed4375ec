"""The sums by township equal a recount, whatever is done to tasks, by several at once as well."""

import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from django.db import connection, transaction
from django.db.models import F

from shali.config import reference
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.tasks.models import Flow, Standing, Task, TaskState
from shali.foundation.tasks.queries.counts import COUNTED, KEPT, counts_of
from shali.foundation.tasks.queries.tallies import differences
from shali.foundation.tasks.rules import is_kept

CITY = Scope("4111", "system:test")
MORNING = datetime(2022, 8, 10, 9, 20, tzinfo=timezone(timedelta(hours=8)))
WRITERS, STEPS = 4, 50
OPEN: dict[str, object] = {"state": TaskState.HANDED_OVER, "closed_at": None, "closed_by": "", "outcome": ""}


@pytest.fixture
def communities(db: None) -> list[Unit]:
    reference.ensure()
    return list(Unit.objects.filter(level=4).order_by("path")[:700:90])


def enter(unit: Unit, hours: int, **more: object) -> Task:
    given = MORNING - timedelta(hours=hours)
    values = {"handed_over_at": given, "due_at": given + timedelta(hours=24), "version": 1, "rule": "test"} | more
    return Task(kind="made_up", unit=unit, path=unit.path, giver_path="4111", **values)


def closing(hour: datetime) -> dict[str, object]:
    return {"state": TaskState.CLOSED, "closed_at": hour, "closed_by": "post:1", "outcome": "test"}


def accept(task: Task, hour: datetime, draw: random.Random, units: list[Unit]) -> dict[str, object]:
    return OPEN | {"state": TaskState.ACCEPTED, "accepted_at": hour, "accepted_by": "post:1"}


def close(task: Task, hour: datetime, draw: random.Random, units: list[Unit]) -> dict[str, object]:
    return closing(hour)


def open_again(task: Task, hour: datetime, draw: random.Random, units: list[Unit]) -> dict[str, object]:
    return OPEN


def pass_on(task: Task, hour: datetime, draw: random.Random, units: list[Unit]) -> dict[str, object]:
    to = draw.choice(units)
    return {"unit": to, "path": to.path}


def block(task: Task, hour: datetime, draw: random.Random, units: list[Unit]) -> dict[str, object]:
    return {"blocked_since": hour, "blocked_on": "police"}


def unblock(task: Task, hour: datetime, draw: random.Random, units: list[Unit]) -> dict[str, object]:
    return {"blocked_since": None, "blocked_on": ""}


def bring_forward(task: Task, hour: datetime, draw: random.Random, units: list[Unit]) -> dict[str, object]:
    return {"due_at": task.handed_over_at + timedelta(minutes=draw.randint(1, 60))}


ACTS: list[Callable[..., dict[str, object]]] = [accept, close, open_again, pass_on, block, unblock, bring_forward]


def write(seed: int, units: list[Unit], done: list[str]) -> None:
    draw = random.Random(seed)
    try:
        for _ in range(STEPS):
            act = draw.choice(ACTS)
            with transaction.atomic(), in_scope(system_scope("test")):
                numbers = list(Task.objects.values_list("pk", flat=True))
                task = Task.objects.select_for_update().get(pk=draw.choice(numbers))
                changes = act(task, MORNING - timedelta(minutes=draw.randint(0, 3000)), draw, units)
                if task.due_at < changes.get("due_at", task.due_at):
                    continue
                Task.objects.filter(pk=task.pk).update(version=F("version") + 1, **changes)
            done.append(act.__name__)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_the_sums_equal_a_recount_after_random_histories_of_four_writers(communities: list[Unit]) -> None:
    Task.objects.bulk_create([enter(communities[n % 8], n % 50) for n in range(60)])
    done: list[str] = []
    writers = [threading.Thread(target=write, args=(seed, communities, done)) for seed in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert len(done) > WRITERS * STEPS / 2, "too few of the steps went through to prove anything"
    assert set(done) == {act.__name__ for act in ACTS}
    assert differences(CITY) == {}
    for path in ("4111", communities[0].path.rsplit(".", 2)[0]):
        assert counts_of(CITY, path, KEPT, at=MORNING) == counts_of(CITY, path, COUNTED, at=MORNING)


@pytest.mark.django_db
def test_a_broken_sum_is_named(communities: list[Unit]) -> None:
    Task.objects.bulk_create([enter(communities[0], 1)])
    Standing.objects.update(open=F("open") + 1)
    Flow.objects.update(closed=F("closed") + 2)

    found = differences(CITY)

    assert sorted((key[0], pair) for key, pair in found.items()) == [
        ("flow", ((1, 2, 0), (1, 0, 0))),
        ("standing", ((2, 1, 0), (1, 1, 0))),
    ]


@pytest.mark.django_db
def test_a_township_has_no_sums_of_its_own_to_add_up(communities: list[Unit]) -> None:
    assert [is_kept(path) for path in ("4111", "4111.02", "4111.02.001")] == [True, True, False]
