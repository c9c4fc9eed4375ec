"""Tubes: hard capacity, two stations on one, voids, moves, boxes; guests and people without a document."""

from datetime import timedelta

import pytest
from django.db import connection

from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.models import Document, Person
from shali.testing.models import Box, Expected, Parked, Recall, Sample
from shali.testing.queries.balance import balance
from shali.testing.queries.boxes import strays
from shali.testing.rules import Outcome, Standing
from shali.testing.services.closing import close_round
from shali.testing.services.laboratory import name_lost, receive_box
from shali.testing.services.rounds import NotLawful

from .desk import (
    AT,
    CLERK,
    DESK,
    a_laboratory,
    a_result,
    enrol_residents,
    fill,
    hand_in,
    number_of,
    open_round,
    work_off,
)

pytestmark = pytest.mark.django_db


def test_people_of_a_sealed_tube_await_its_result() -> None:
    desk = open_round()
    device = desk.device()
    fill(device, "T1", range(10))
    device.send(AT)
    work_off()

    tube = desk.tube("T1")

    assert (tube.members, tube.state, tube.conflict) == (10, 2, "")
    assert desk.standing(0) is Standing.AWAITING
    assert desk.standing(10) is Standing.NOT_SAMPLED


def test_the_eleventh_in_a_tube_of_ten_is_a_conflict_and_nobody_is_released() -> None:
    desk = open_round()
    device = desk.device()
    fill(device, "T1", range(11))
    device.send(AT)
    work_off()

    hand_in(a_laboratory(), a_result("T1", Outcome.NEGATIVE))

    assert desk.tube("T1").conflict == "overfull"
    assert {desk.standing(n) for n in range(11)} == {Standing.RESAMPLE}


@pytest.mark.parametrize("first_sends_last", [False, True])
def test_two_stations_on_one_tube_are_both_kept_and_both_groups_are_tested_again(first_sends_last: bool) -> None:
    desk = open_round()
    one, other = desk.device(1), desk.device(2)
    fill(one, "T1", range(3))
    fill(other, "T1", range(3, 6))
    for device in [other, one] if first_sends_last else [one, other]:
        device.send(AT)
        work_off()

    hand_in(a_laboratory(), a_result("T1", Outcome.NEGATIVE))

    tube = desk.tube("T1")
    assert (tube.members, tube.conflict) == (6, "two_stations")
    assert {desk.standing(n) for n in range(6)} == {Standing.RESAMPLE}
    with in_scope(system_scope("test")):
        assert Recall.objects.filter(why="conflict", done_at=None).count() == 6


def test_a_label_of_an_earlier_round_is_a_conflict() -> None:
    desk = open_round()
    device = desk.device()
    fill(device, "T1", range(2))
    device.send(AT)
    work_off()
    with connection.cursor() as cursor:
        cursor.execute("select set_config('shali.scope', '4111', true)")
    later = open_round_again(desk)

    fill(later, "T1", range(2, 4))
    later.send(AT)
    work_off()

    with in_scope(system_scope("test")):
        conflicts = sorted(Sample.objects.values_list("tube__conflict", flat=True).distinct())
    assert conflicts == ["", "reused"]


def open_round_again(desk):
    from shali.testing.services.rounds import Plan, freeze_roster, plan_round
    from shali.testing.services.sites import NewSite, add_site

    city = Scope(path="4111", name="post:9")
    with in_scope(city):
        made = plan_round(scope=city, plan=Plan(("4111.02.001",), AT, AT + timedelta(hours=12)), by=city.name, at=AT)
    freeze_roster(made=made.pk, by=city.name, at=AT)
    with in_scope(DESK):
        new = NewSite("乙点", "4111.02.001.001")
        site = add_site(scope=DESK, made=made.public_id, new=new, by=DESK.name, at=AT)
    return type(desk)(made, site, desk.people).device()


def test_a_void_tube_asks_its_people_again_and_a_later_negative_answers() -> None:
    desk = open_round()
    device = desk.device()
    fill(device, "T1", range(2))
    device.write(AT + timedelta(minutes=5), k="void", tube="T1")
    device.send(AT)
    work_off()
    assert desk.standing(0) is Standing.RESAMPLE

    fill(device, "T2", range(2), at=AT + timedelta(minutes=20))
    device.send(AT + timedelta(minutes=30))
    work_off()
    hand_in(a_laboratory(), a_result("T2", Outcome.NEGATIVE))

    assert desk.standing(0) is Standing.NEGATIVE
    with in_scope(system_scope("test")):
        assert set(Recall.objects.values_list("outcome", flat=True)) == {"negative"}


def test_a_person_taken_out_or_moved_is_in_one_tube_only() -> None:
    desk = open_round()
    device = desk.device()
    events = [device.swab(AT, "T1", number_of(n)) for n in range(3)]
    device.write(AT, k="out", of=events[0])
    device.write(AT, k="move", of=events[1], tube="T2", size=10)
    device.write(AT, k="seal", tube="T1", n=1)
    device.write(AT, k="seal", tube="T2", n=1)
    device.send(AT)
    work_off()

    assert (desk.tube("T1").members, desk.tube("T1").conflict) == (1, "")
    assert (desk.tube("T2").members, desk.tube("T2").conflict) == (1, "")
    assert desk.standing(0) is Standing.NOT_SAMPLED
    assert desk.standing(1) is Standing.AWAITING


def test_a_change_to_a_sample_that_is_not_here_is_parked() -> None:
    desk = open_round()
    device = desk.device()
    device.write(AT, k="out", of="00000000-0000-4000-8000-000000000000")
    device.send(AT)
    work_off()

    with in_scope(system_scope("test")):
        assert Parked.objects.get().kind == "no_such_sample"


def test_whoever_comes_without_being_on_the_roster_is_a_guest() -> None:
    desk = open_round()
    visitor = enrol_residents(1, start=500)[0]
    with in_scope(system_scope("test")):
        Person.objects.filter(pk=visitor).update(path="4111.03.001.001")
    device = desk.device()
    device.swab(AT, "T1", number_of(500))
    device.swab(AT, "T1", "E12345678", name="Test Nobody")
    device.swab(AT, "T1", "", name="乌有氏", phone="14400009999")
    device.swab(AT, "T1", number_of(600))
    device.write(AT, k="seal", tube="T1", n=4)
    device.send(AT)
    work_off()

    with in_scope(system_scope("test")):
        assert Expected.objects.filter(round=desk.round, guest=True).count() == 4
        assert Document.objects.filter(source="station", whole=True).count() == 2
        counted = balance(system_scope("test"), desk.round.pk)
    assert (counted.guests, counted.people_in_tubes, counted.samples_off_by) == (4, 4, 0)


def test_a_box_whose_tubes_come_from_two_tables_is_whole_whichever_sends_first() -> None:
    desk = open_round()
    one, other = desk.device(1), desk.device(2)
    fill(one, "T1", range(2))
    fill(other, "T2", range(2, 4))
    one.write(AT, k="box", box="B1", tubes=["T1", "T2"], counted=2)
    one.send(AT)
    work_off()
    other.send(AT)
    work_off()

    with in_scope(system_scope("test")):
        box = Box.objects.get()
        assert box.tubes.count() == 2


def test_a_box_does_not_close_over_a_count_that_differs() -> None:
    desk = open_round()
    device = desk.device()
    fill(device, "T1", range(2))
    device.write(AT, k="box", box="B1", tubes=["T1"], counted=2)
    device.send(AT)
    work_off()

    with in_scope(system_scope("test")):
        assert not Box.objects.exists()
        assert Parked.objects.get().detail == {"box": "B1", "screen": 1, "table": 2}


def test_a_box_is_received_against_what_was_sent() -> None:
    desk = open_round()
    device = desk.device()
    for n in range(4):
        fill(device, f"T{n}", [n])
    device.write(AT, k="box", box="B1", tubes=["T0", "T1", "T2", "T3"], counted=4)
    device.send(AT)
    work_off()
    bench = a_laboratory()
    with in_scope(system_scope("test")):
        box = Box.objects.get()

    with in_scope(CLERK):
        got = receive_box(
            scope=CLERK, box=box.public_id, laboratory=bench.public_id, scanned=["T0", "T1", "T2", "T9"],
            broken=["T2"], by=CLERK.name, at=AT + timedelta(hours=2),
        )  # fmt: skip

    assert (got.found, got.missing, got.extra, got.broken) == (3, ("T3",), ("T9",), ("T2",))
    with in_scope(CLERK):
        named = [(one.kind, one.code, one.site) for one in strays(CLERK, box.public_id)]
    assert named == [("missing", "T3", "甲点"), ("extra", "T9", ""), ("broken", "T2", "甲点")]
    assert desk.standing(2) is Standing.RESAMPLE  # the tube broke
    assert desk.standing(0) is Standing.AWAITING
    with in_scope(CLERK), pytest.raises(NotLawful):
        receive_box(
            scope=CLERK, box=box.public_id, laboratory=bench.public_id, scanned=["T0"], broken=[], by="post:2", at=AT
        )


def test_people_of_a_tube_that_is_missing_for_good_owe_another_sample_and_a_later_one_answers() -> None:
    desk = open_round(4)
    device = desk.device()
    fill(device, "T1", [0, 1])
    device.send(AT)
    work_off()

    with in_scope(DESK):
        name_lost(scope=DESK, tube=desk.tube("T1").public_id, by=DESK.name, at=AT + timedelta(hours=3))

    assert desk.standing(0) is Standing.RESAMPLE
    with in_scope(system_scope("test")):
        assert set(Recall.objects.filter(done_at=None).values_list("why", flat=True)) == {"lost"}
    fill(device, "T2", [0], at=AT + timedelta(hours=4))
    device.send(AT + timedelta(hours=5))
    work_off(AT + timedelta(hours=5))
    hand_in(a_laboratory(), a_result("T2", Outcome.NEGATIVE))
    assert (desk.standing(0), desk.standing(1)) == (Standing.NEGATIVE, Standing.RESAMPLE)


def test_a_round_closes_only_when_its_numbers_agree() -> None:
    desk = open_round(people=4, unit="4111.02.001")
    device = desk.device()
    fill(device, "T1", range(4))
    device.send(AT)
    work_off()
    city = Scope(path="4111", name="post:9")

    with in_scope(city), pytest.raises(NotLawful, match=r"without a result|没有结果"):
        close_round(scope=city, made=desk.round.public_id, by=city.name, at=AT)
    hand_in(a_laboratory(), a_result("T1", Outcome.NEGATIVE))
    with in_scope(city):
        closed = close_round(scope=city, made=desk.round.public_id, by=city.name, at=AT + timedelta(hours=9))

    assert closed.closed_by == city.name
