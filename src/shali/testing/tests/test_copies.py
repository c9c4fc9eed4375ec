"""A device's second copy: its store is lost, its key with it; every line is accounted for, each event once."""

from datetime import timedelta
from pathlib import Path

import pytest

from shali.config.demo.device import Device
from shali.foundation.journal.models import Fact
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.testing.models import Parked, Sample, SealedBatch, Station
from shali.testing.services.copies import Handed, hand_in_copy, take_copy
from shali.testing.services.ingest import NotKnown
from shali.testing.services.parking import settle_parked
from shali.testing.services.stations import note_backup, revoke_station

from .desk import AT, DESK, fill, number_of, open_round, work_off

pytestmark = pytest.mark.django_db


def samples() -> int:
    with in_scope(system_scope("test")):
        return Sample.objects.count()


def take(lines: list[bytes], **more: object) -> Handed:
    handed = take_copy(body=b"\n".join(lines) + b"\n", at=AT, **more)  # type: ignore[arg-type]  # what a test gives
    assert handed.lines == handed.fresh + handed.known + handed.apart + handed.wrong
    return handed


def counted(handed: Handed) -> tuple[int, int, int, int]:
    return handed.fresh, handed.known, handed.apart, handed.wrong


def test_what_the_server_had_not_heard_comes_out_of_the_copy_and_the_rest_is_left() -> None:
    device = open_round().device()
    fill(device, "T1", range(10))
    device.send(AT, last=4)

    first, again = take(device.copy()), take(device.copy())

    assert (counted(first), counted(again)) == ((7, 4, 0, 0), (0, 11, 0, 0))
    work_off()
    assert samples() == 10
    with in_scope(system_scope("test")):
        row = Station.objects.get(public_id=device.public_id)
    assert (row.last_seq, bytes(row.chain).hex()) == (11, device.send(AT, first=1).chain)


def test_lines_that_were_torn_changed_or_forged_are_counted_and_the_others_taken() -> None:
    device = open_round().device()
    fill(device, "T1", range(6))
    stranger = Device(public_id=device.public_id)
    stranger.swab(AT, "T9", number_of(9))
    lines = device.copy()

    handed = take([*lines[:5], lines[5][:40], lines[6].replace(b'"q": 7', b'"q": 8'), *stranger.copy()])

    assert counted(handed) == (5, 0, 0, 3)


def test_what_stands_after_a_hole_is_kept_apart_until_somebody_takes_it() -> None:
    device = open_round().device()
    fill(device, "T1", range(6))
    lines = device.copy()

    holed, again = take(lines[:2] + lines[3:]), take(lines[:2] + lines[3:])

    assert (counted(holed), counted(again)) == ((2, 0, 4, 0), (0, 2, 4, 0))
    work_off()
    assert samples() == 2
    with in_scope(DESK):
        (parked,) = Parked.objects.filter(kind="station_copy")
        settle_parked(scope=DESK, parked=parked.public_id, settled_as="take", by=DESK.name, at=AT)
    work_off()
    assert samples() == 5
    assert counted(take(lines)) == (1, 2, 4, 0)  # found after all: each event counts once
    work_off()
    assert samples() == 6


def test_an_event_that_differs_from_the_one_here_means_two_devices_with_one_key() -> None:
    device = open_round().device()
    fill(device, "T1", range(3))
    device.send(AT)
    clone = Device(public_id=device.public_id, signing=device.signing, outbox=list(device.outbox[:3]))
    clone.swab(AT, "T3", number_of(4))

    assert counted(take(clone.copy())) == (0, 3, 1, 0)
    with in_scope(system_scope("test")):
        assert Station.objects.get(public_id=device.public_id).forked_at == AT
        assert SealedBatch.objects.get(quarantine="forked").n == 1


def test_the_copy_of_a_revoked_device_is_kept_for_a_decision() -> None:
    device = open_round().device()
    fill(device, "T1", range(3))
    with in_scope(DESK):
        revoke_station(scope=DESK, station=device.public_id, by=DESK.name, at=AT)

    assert counted(take(device.copy())) == (0, 0, 4, 0)
    assert work_off() == 0


def test_the_file_may_go_once_all_of_it_lies_in_a_backup() -> None:
    device = open_round().device()
    fill(device, "T1", range(3))
    assert take(device.copy()).safe == 0
    note_backup(until=AT + timedelta(minutes=1), by="system:test", at=AT)
    handed = take(device.copy())
    assert handed.safe == handed.last == 4


def test_the_clock_is_put_right_by_the_device_that_hands_in_or_as_it_was_last_heard() -> None:
    device = open_round().device(off=timedelta(hours=47))
    device.swab(AT, "T1", number_of(0))
    take(device.copy(), sent_ms=int((AT + timedelta(hours=47)).timestamp() * 1000))
    device.swab(AT, "T1", number_of(1))
    take(device.copy())
    work_off()

    with in_scope(system_scope("test")):
        assert all(abs(one.taken_at - AT) < timedelta(seconds=2) for one in Sample.objects.all())


def test_a_desk_hands_in_the_file_of_its_own_devices_alone_and_it_stands_in_the_journal(
    tmp_path: Path,
) -> None:
    desk = open_round()
    device = desk.device()
    fill(device, "T1", range(3))
    path, nothing = tmp_path / "a.copy", tmp_path / "b.copy"
    path.write_bytes(b"\n".join(device.copy()))
    nothing.write_bytes(b"nothing of ours")
    given = {"site": desk.site.public_id, "at": AT}
    elsewhere = Scope(path="4111.03", name="post:8")

    with in_scope(elsewhere), pytest.raises(NotInScope):
        hand_in_copy(scope=elsewhere, path=path, by=elsewhere.name, **given)
    with in_scope(DESK), pytest.raises(WrongInput):
        hand_in_copy(scope=DESK, path=nothing, by=DESK.name, **given)
    assert samples() == 0
    with in_scope(DESK):
        handed = hand_in_copy(scope=DESK, path=path, by=DESK.name, **given)

    assert counted(handed) == (4, 0, 0, 0)
    with in_scope(system_scope("test")):
        assert Fact.objects.get(kind__endswith="StationCopyTaken").by == DESK.name


def test_a_file_of_nobody_is_refused() -> None:
    open_round()
    stranger = Device(public_id="nobodyknows0")
    stranger.swab(AT, "T1", number_of(0))
    with pytest.raises(NotKnown):
        take(stranger.copy())
