"""The sums of a round equal a recount, whatever is done to its people, samples and tubes, by several at once."""

import random
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import F

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.moving import move_rows
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.people.models import Person
from shali.testing.models import Expected, Round, RoundTally, Sample, SealedBatch, Tube
from shali.testing.queries.balance import balance, recounted
from shali.testing.queries.rounds import round_view
from shali.testing.queries.tallies import differences
from shali.testing.rules import Outcome
from shali.testing.services.left import exempt_people, name_missing
from shali.testing.services.standing import restand
from shali.testing.services.tallies import fold_tallies

from .desk import AT, COMMUNITY, DESK, Desk, a_laboratory, a_result, fill, hand_in, open_round, work_off

SYSTEM = system_scope("test")
WRITERS, STEPS = 4, 40


def not_alike(made: Round) -> dict[tuple[object, ...], tuple[int, int]]:
    with in_scope(SYSTEM):
        return differences(SYSTEM, made)


def swab(desk: Desk, draw: random.Random) -> None:
    tube = Tube.objects.select_for_update().order_by("members", "id")[0]
    if tube.members == tube.size:
        return
    person = draw.choice(desk.people[:12])  # some are sampled twice
    batch, taken_at = SealedBatch.objects.first(), AT + timedelta(minutes=draw.randrange(300))
    Sample.objects.create(
        event=uuid.UUID(int=draw.getrandbits(128)), round=desk.round, path=tube.path, tube=tube, person_id=person,
        station_id=tube.station_id, batch=batch, seq=1, taken_at=taken_at, how="hand",
    )  # fmt: skip
    Tube.objects.filter(pk=tube.pk).update(members=F("members") + 1)
    restand(round_id=desk.round.pk, people=[person], by="test", at=AT)


def unbind(desk: Desk, draw: random.Random) -> None:
    bound = list(Sample.objects.filter(unbound_at=None).select_for_update().order_by("id"))
    if bound:
        one = draw.choice(bound)
        Sample.objects.filter(pk=one.pk).update(unbound_at=AT, unbound_by=one.event)
        Tube.objects.filter(pk=one.tube_id).update(members=F("members") - 1)
        restand(round_id=desk.round.pk, people=[one.person_id], by="test", at=AT)


def exempt(desk: Desk, draw: random.Random) -> None:
    lines = Expected.objects.filter(person_id__in=draw.sample(desk.people, 4)).values_list("pk", flat=True)
    exempt_people(scope=DESK, made=desk.round.public_id, people=list(lines), why="isolated", by=DESK.name, at=AT)


def miss(desk: Desk, draw: random.Random) -> None:
    lines = Expected.objects.filter(person_id__in=draw.sample(desk.people, 4)).values_list("pk", flat=True)
    name_missing(scope=DESK, made=desk.round.public_id, people=list(lines), why="refused", by=DESK.name, at=AT)


def move(desk: Desk, draw: random.Random) -> None:
    to = draw.choice([COMMUNITY, "4111.02.001.002", "4111.02.002.001", "4111.02.001"])
    Expected.objects.filter(person_id=draw.choice(desk.people)).update(path=to)


def fold(desk: Desk, draw: random.Random) -> None:
    fold_tallies()


def lose(desk: Desk, draw: random.Random) -> None:
    tube = draw.choice(list(Tube.objects.order_by("id")))
    Tube.objects.filter(pk=tube.pk).update(received_at=draw.choice([None, AT]))


ACTS: list[Callable[[Desk, random.Random], None]] = [swab, swab, unbind, exempt, miss, move, fold, lose]


def write(desk: Desk, seed: int, done: list[str]) -> None:
    draw = random.Random(seed)
    try:
        for _ in range(STEPS):
            act = draw.choice(ACTS)
            # Of two that wait for each other one gives way and goes on, as the worker's do; its writes are gone.
            with suppress(OperationalError), transaction.atomic(), in_scope(SYSTEM):
                act(desk, draw)
                transaction.on_commit(partial(done.append, act.__name__))
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_the_sums_equal_a_recount_after_random_histories_of_four_writers() -> None:
    desk = open_round(20)
    device = desk.device()
    fill(device, "T1", [0, 1])
    fill(device, "T2", [2, 3])
    device.send(AT)
    work_off()
    done: list[str] = []
    writers = [threading.Thread(target=write, args=(desk, seed, done)) for seed in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert len(done) > WRITERS * STEPS / 2, "too few of the steps went through to prove anything"
    assert set(done) == {act.__name__ for act in ACTS}
    assert not_alike(desk.round) == {}
    with in_scope(SYSTEM):
        fold_tallies()
        assert not RoundTally.objects.filter(is_folded=False).exists()
        assert balance(SYSTEM, desk.round.pk) == recounted(SYSTEM, desk.round.pk)
    assert not_alike(desk.round) == {}


@pytest.mark.django_db
def test_a_day_at_a_point_its_results_and_a_unit_that_moves_keep_the_sums() -> None:
    desk = open_round(30)
    device = desk.device()
    fill(device, "T1", range(10))
    fill(device, "T2", range(10, 18))
    device.write(AT, k="void", tube="T2")
    device.send(AT)
    work_off()
    hand_in(a_laboratory(), a_result("T1", Outcome.POSITIVE, hours=1), hours=2)
    assert not_alike(desk.round) == {}
    with in_scope(DESK):
        view = round_view(DESK, desk.round.public_id, at=AT + timedelta(hours=3))
    assert view.balance == recounted(DESK, desk.round.pk)
    assert view.curve[-1][1] == view.balance.sampled == 18
    assert [(one.path, one.roster, one.sampled, one.left) for one in view.units] == [(COMMUNITY, 30, 18, 12)]

    with in_scope(SYSTEM):
        move_rows(COMMUNITY, "4111.02.003.009")

    assert not_alike(desk.round) == {}


@pytest.mark.django_db
def test_people_of_an_area_who_live_in_no_unit_below_it_have_a_row_too() -> None:
    desk = open_round(4)
    with in_scope(SYSTEM):
        Expected.objects.filter(person_id=desk.people[0]).update(path=DESK.path)
    with in_scope(DESK):
        view = round_view(DESK, desk.round.public_id, at=AT)

    assert {one.path: one.left for one in view.units} == {COMMUNITY: 3, DESK.path: 1}


@pytest.mark.django_db
def test_a_broken_sum_is_named() -> None:
    desk = open_round(3)
    fold_tallies()
    RoundTally.objects.filter(grain=1).update(n=F("n") + 1)

    assert list(not_alike(desk.round).values()) == [(4, 3)]


@pytest.mark.django_db
def test_a_person_enrolled_in_another_community_counts_there() -> None:
    desk = open_round(3)
    with in_scope(SYSTEM):
        other = Unit.objects.get(path="4111.02.001.002")
        Person.objects.filter(pk=desk.people[0]).update(unit=other, path=other.path)
        Expected.objects.filter(person_id=desk.people[0]).update(path=other.path)

    assert not_alike(desk.round) == {}
