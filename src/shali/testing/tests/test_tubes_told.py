"""What a table says of its tubes, at the server: why one is void, sizes of a zone, children by whoever brings them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.testing.models import Expected, Sample, Tube
from shali.testing.queries.tubes import tube_view
from shali.testing.rules import HOUSEHOLD, Outcome, Standing
from shali.testing.services.zones import NewZone, set_zone

from .desk import AT, COMMUNITY, DESK, a_laboratory, a_result, fill, hand_in, number_of, open_round, work_off

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("said", "kept"), [("broken", "broken"), ("no such word", "")])
def test_why_a_tube_is_void_is_kept_in_the_words_that_are_known(said: str, kept: str) -> None:
    desk = open_round()
    device = desk.device()
    fill(device, "T1", range(2))  # sealed: it may break on the table as well
    device.write(AT + timedelta(minutes=5), k="void", tube="T1", why=said)
    device.send(AT)
    work_off()

    tube = desk.tube("T1")
    with in_scope(DESK):
        view = tube_view(DESK, tube.public_id, at=AT)

    assert (view.state, view.void_why) == (3, kept)
    assert desk.standing(0) is Standing.RESAMPLE


def test_a_tube_that_is_not_void_has_no_reason_for_it() -> None:
    desk = open_round()
    device = desk.device()
    fill(device, "T1", range(2))
    device.send(AT)
    work_off()

    refused = pytest.raises(IntegrityError, match="testing_tube_void_why")
    with in_scope(system_scope("test")), refused, transaction.atomic():
        Tube.objects.filter(code="T1").update(void_why="broken")


def test_where_each_household_has_a_tube_of_its_own_none_that_others_share_is_released() -> None:
    desk = open_round()
    device = desk.device()
    with in_scope(DESK):
        zone = NewZone(COMMUNITY, pool_size=HOUSEHOLD)
        set_zone(scope=DESK, made=desk.round.public_id, new=zone, by=DESK.name, at=AT)
    for code, people, size in (("T1", range(3), HOUSEHOLD), ("T2", [3], 1), ("T3", range(4, 6), 5)):
        fill(device, code, people, at=AT + timedelta(hours=1), size=size)
    device.send(AT + timedelta(hours=2))
    work_off()

    hand_in(a_laboratory(), *(a_result(code, Outcome.NEGATIVE) for code in ("T1", "T2", "T3")))

    assert [desk.tube(code).conflict for code in ("T1", "T2", "T3")] == ["", "", "zone_size"]
    assert [desk.standing(n) for n in (0, 3, 4)] == [Standing.NEGATIVE, Standing.NEGATIVE, Standing.RESAMPLE]


def test_more_people_than_a_tube_of_the_zone_holds_are_kept_and_nobody_is_released() -> None:
    desk = open_round()
    device = desk.device()
    fill(device, "T1", range(4), size=20)  # before the zone was set
    with in_scope(DESK):
        zone = NewZone(COMMUNITY, pool_size=1)
        set_zone(scope=DESK, made=desk.round.public_id, new=zone, by=DESK.name, at=AT + timedelta(hours=1))
    fill(device, "T2", range(4, 8), at=AT + timedelta(hours=2), size=20)
    fill(device, "T3", [8], at=AT + timedelta(hours=2), size=20)
    device.send(AT + timedelta(hours=3))
    work_off()

    hand_in(a_laboratory(), *(a_result(code, Outcome.NEGATIVE) for code in ("T1", "T2", "T3")))

    assert [desk.tube(code).conflict for code in ("T1", "T2", "T3")] == ["", "zone_size", ""]
    assert {desk.standing(n) for n in range(4, 8)} == {Standing.RESAMPLE}
    assert desk.standing(0) is desk.standing(8) is Standing.NEGATIVE


def test_a_child_is_known_by_whoever_brings_him_and_which_he_is() -> None:
    desk = open_round()
    one, other = desk.device(1), desk.device(2)
    for device, tube, child in ((one, "T1", 1), (one, "T2", 2), (other, "T3", 1)):
        device.swab(AT, tube, name="乌有童", by=number_of(0), child=child)
    one.swab(AT, "T4", name="乌有童", by="1234", child=1)  # nobody's number: he is his own
    for device in (one, other):
        device.send(AT)
    work_off()

    with in_scope(system_scope("test")):
        people = dict(Sample.objects.values_list("tube__code", "person_id"))
        guests = Expected.objects.filter(round=desk.round, guest=True).count()
    assert people["T1"] == people["T3"]
    assert len(set(people.values())) == guests == 3
    assert desk.people[0] not in people.values()
