"""Batches that come at one moment share a commit; none of them is kept that is not the next of its station."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import DataError, OperationalError, connection

from shali.config.demo.device import Device
from shali.testing.models import SealedBatch, Station, Waiting
from shali.testing.services import keeping
from shali.testing.services.envelopes import Sent
from shali.testing.services.ingest import take_batch
from shali.testing.services.keeping import NextBatch, chained, keep_next
from shali.testing.tests.desk import AT, fill, open_round
from shali.testing.web import bare

pytestmark = pytest.mark.django_db(transaction=True)


def _next_of(device: Device, first: int = 1, last: int = 4) -> NextBatch:
    station = Station.objects.get(public_id=device.public_id)
    sent, events = device.batch(AT, first, last), device.outbox[first - 1 : last]
    before = bytes(station.chain)
    seen = (AT, AT, 0, sent.captured, 0)
    return NextBatch(
        station.pk, first, len(events), before, chained(before, events=events), bytes(32), sent.body, *seen
    )  # fmt: skip


def _three() -> list[Device]:
    desk = open_round()
    devices = [desk.device(n + 1) for n in range(3)]
    for n, device in enumerate(devices):
        fill(device, f"T{n}", range(3 * n, 3 * n + 3))
    return devices


def test_what_comes_while_another_writes_is_kept_with_one_commit() -> None:
    devices = _three()
    batches = [_next_of(one) for one in devices]
    threads = [Thread(target=_keep, args=[one]) for one in batches]

    with keeping._writing:
        for thread in threads:
            thread.start()
        while len(keeping._waiting) < 3:
            pass
    for thread in threads:
        thread.join()

    assert Waiting.objects.count() == 3
    with connection.cursor() as cursor:
        cursor.execute("select count(distinct xmin::text) from testing_sealedbatch")
        assert cursor.fetchone() == (1,)
    assert [bytes(Station.objects.get(pk=one.station).chain) for one in batches] == [one.after for one in batches]


def test_one_that_the_database_refuses_does_not_keep_the_others_from_being_kept() -> None:
    good, bad, other = map(_next_of, _three())
    bad.clock_off_ms = 2**70

    keeping._write(sorted((good, bad, other), key=lambda one: one.station))

    assert (good.epoch, bad.epoch, other.epoch) == (0, None, 0)
    assert isinstance(bad.error, DataError)
    assert sorted(SealedBatch.objects.values_list("station_id", flat=True)) == sorted([good.station, other.station])


def test_a_batch_over_another_hash_than_the_stations_is_not_kept() -> None:
    (device, *_others) = _three()
    batch = _next_of(device)
    batch.before = bytes(31) + b"x"

    assert not keep_next(batch)
    assert not SealedBatch.objects.exists()


def test_what_a_process_remembers_of_a_station_may_be_old() -> None:
    (device, *_others) = _three()
    number = Station.objects.get(public_id=device.public_id).pk
    keeping._chains[number] = (0, b"something else that was so once.")

    ack = take_batch(sent=device.batch(AT, 1, 4), at=AT + timedelta(seconds=1))

    device.acknowledged = ack.up_to
    assert (ack.state, ack.up_to, ack.chain) == ("kept", 4, device.chain())
    assert SealedBatch.objects.count() == 1


def _keep(batch: NextBatch) -> None:
    keep_next(batch)
    connection.close()


@pytest.mark.parametrize(("failures", "status"), [(1, 200), (2, 503)])
def test_a_connection_that_was_gone_before_costs_no_station_its_patience(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, failures: int, status: int
) -> None:
    tries: list[int] = []

    def taken(**_said: object) -> dict[str, str]:
        tries.append(1)
        if len(tries) <= failures:
            raise OperationalError("terminating connection due to administrator command")
        return {"state": "kept"}

    monkeypatch.setattr(bare, "take_batch", taken)
    monkeypatch.setattr(bare.connection, "close", lambda: None)

    assert bare.answer(Sent("", 1, 1, 0, 0, 0, b"[]", b""))[0] == status
    assert caplog.text.count("a batch was not kept: OperationalError") == failures
