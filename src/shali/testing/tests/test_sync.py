"""What a station sends arrives once, whatever happens on the way: twice, cut otherwise, forked, revoked, unheard."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import InterfaceError, OperationalError

from shali.config.demo.device import Device
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.testing.models import Parked, Sample, SealedBatch, Station, Waiting
from shali.testing.services.envelopes import Sent
from shali.testing.services.ingest import NotKnown, take_batch
from shali.testing.services.parking import settle_parked
from shali.testing.services.stations import NoEntry, enrol, make_station, revoke_station
from shali.testing.web import bare

from .desk import AT, DESK, fill, number_of, open_round, work_off

pytestmark = pytest.mark.django_db


def samples() -> int:
    with in_scope(system_scope("test")):
        return Sample.objects.count()


def test_a_batch_is_kept_once_and_acknowledged_by_number_and_hash() -> None:
    desk = open_round()
    device = desk.device()
    fill(device, "T1", range(10))

    first = device.send(AT)
    again = [device.send(AT, first=1) for _n in range(3)]

    assert (first.up_to, first.state, first.chain) == (11, "kept", device.chain())
    assert all((one.up_to, one.state, one.chain) == (11, "kept", first.chain) for one in again)
    assert work_off() == 11
    assert samples() == 10


def test_a_resend_that_is_cut_otherwise_adds_only_what_is_new() -> None:
    desk = open_round()
    device = desk.device()
    fill(device, "T1", range(10))
    device.send(AT, last=7)

    ack = device.send(AT, first=4, last=11)

    assert (ack.up_to, ack.chain) == (11, device.chain())
    work_off()
    assert samples() == 10
    with in_scope(system_scope("test")):
        kept = SealedBatch.objects.order_by("first_seq").values_list("first_seq", "n", "accepted")
        assert list(kept) == [(1, 7, 7), (8, 4, 4)]


def test_a_batch_after_a_gap_is_not_kept_and_says_from_where_to_send() -> None:
    desk = open_round()
    device = desk.device()
    fill(device, "T1", range(10))

    ack = device.send(AT, first=5)

    assert (ack.state, ack.up_to) == ("gap", 0)
    assert work_off() == 0


def test_two_devices_with_one_key_are_both_kept_apart_until_somebody_decides() -> None:
    desk = open_round()
    device = desk.device()
    fill(device, "T1", range(3))
    device.send(AT)
    clone = Device(public_id=device.public_id, signing=device.signing, outbox=list(device.outbox))
    device.swab(AT, "T2", number_of(3))
    clone.swab(AT, "T3", number_of(4))
    device.send(AT, first=5)

    ack = clone.send(AT, first=5)

    assert ack.state == "forked"
    assert device.send(AT, first=5).state == "forked"  # nobody knows which of the two is the true one
    with in_scope(system_scope("test")):
        open_ones = list(Parked.objects.filter(kind="station_forked").order_by("id"))
        assert Station.objects.get(public_id=device.public_id).forked_at == AT
    assert len(open_ones) == 2  # the clone's batch, and the device's own that came after
    work_off()
    before = samples()
    with in_scope(DESK):
        settle_parked(scope=DESK, parked=open_ones[0].public_id, settled_as="take", by=DESK.name, at=AT)
    work_off()
    assert samples() == before + 1


def test_what_a_revoked_device_sends_is_kept_for_a_decision() -> None:
    desk = open_round()
    device = desk.device()
    fill(device, "T1", range(3))
    with in_scope(DESK):
        revoke_station(scope=DESK, station=device.public_id, by=DESK.name, at=AT)

    ack = device.send(AT)

    assert (ack.state, ack.up_to) == ("revoked", 0)
    assert work_off() == 0
    with in_scope(DESK):
        parked = Parked.objects.get(kind="station_revoked")
        settle_parked(scope=DESK, parked=parked.public_id, settled_as="take", by=DESK.name, at=AT)
    assert work_off() == 4
    assert samples() == 3


def test_a_forged_or_changed_batch_is_not_taken() -> None:
    desk = open_round()
    device = desk.device()
    fill(device, "T1", range(3))
    sent = device.batch(AT, 1, 4)
    stranger = Device(public_id=device.public_id)
    stranger.outbox = device.outbox

    for forged in (
        Sent(sent.station, 1, 4, sent.sent_ms, 4, 0, sent.body.replace(b'"q":2', b'"q":3'), sent.signature),
        Sent(sent.station, 1, 4, sent.sent_ms, 5, 0, sent.body, sent.signature),
        Sent("nobodyknows0", 1, 4, sent.sent_ms, 4, 0, sent.body, sent.signature),
        stranger.batch(AT, 1, 4),
    ):
        with pytest.raises(NotKnown):
            take_batch(sent=forged, at=AT)


def test_an_event_that_was_moved_to_another_place_is_parked_and_the_others_go_on() -> None:
    desk = open_round()
    device = desk.device()
    fill(device, "T1", range(3))
    device.outbox[1]["x"], device.outbox[2]["x"] = device.outbox[2]["x"], device.outbox[1]["x"]

    device.send(AT)
    work_off()

    with in_scope(system_scope("test")):
        assert sorted(Parked.objects.values_list("kind", "seq")) == [("unreadable", 2), ("unreadable", 3)]
        batch = SealedBatch.objects.get()
        assert (batch.n, batch.accepted, batch.duplicate, batch.parked) == (4, 2, 0, 2)
    assert desk.tube("T1").conflict == "count_differs"  # three on the screen, one here: nothing is released from it


def test_a_wrong_clock_is_put_right_by_the_exchange() -> None:
    desk = open_round()
    device = desk.device(off=timedelta(hours=47))
    device.swab(AT, "T1", number_of(0))

    device.send(AT + timedelta(hours=3))
    work_off()

    with in_scope(system_scope("test")):
        assert abs(Sample.objects.get().taken_at - AT) < timedelta(seconds=2)
        assert Station.objects.get().clock_off_ms == -47 * 3_600_000


def test_a_code_lets_one_device_in_and_only_while_it_holds() -> None:
    desk = open_round()
    with in_scope(DESK):
        made = make_station(scope=DESK, site=desk.site.public_id, table=1, by=DESK.name, at=AT)
    device = Device()

    with pytest.raises(NoEntry):
        enrol(code=made.code, key=device.key, app="", at=AT + timedelta(hours=25))
    enrol(code=made.code.upper(), key=device.key, app="", at=AT)
    with pytest.raises(NoEntry):
        enrol(code=made.code, key=Device().key, app="", at=AT)


def test_nothing_personal_lies_in_the_inbox_in_plain() -> None:
    desk = open_round()
    device = desk.device()
    device.swab(AT, "T1", number_of(0), name="乌有零", phone="13800000000")
    device.send(AT)

    with in_scope(system_scope("test")):
        body = bytes(SealedBatch.objects.get().body)
        assert Waiting.objects.count() == 1
    plain = json.dumps(json.loads(body), ensure_ascii=False)
    assert number_of(0) not in plain
    assert "乌有零" not in plain
    assert "13800000000" not in plain


@pytest.mark.parametrize("broken", [OperationalError, InterfaceError])
def test_a_database_that_goes_away_asks_for_patience_and_lets_its_place_go(
    monkeypatch: pytest.MonkeyPatch, broken: type[Exception]
) -> None:
    """An OperationalError comes in the middle of the work, an InterfaceError where the connection was dead before."""

    def fails(**given: object) -> None:
        raise broken

    monkeypatch.setattr(bare, "take_batch", fails)
    monkeypatch.setattr(bare, "connection", SimpleNamespace(close=lambda: None))
    for _ in range(5):  # more often than there are places
        status, _body, headers = bare.answer(Sent("-", 1, 0, 0, 0, 0, b"[]", b""))
        assert (status, headers[0][0]) == (503, "Retry-After")
