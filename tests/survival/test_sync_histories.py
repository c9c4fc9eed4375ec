"""Random histories of stations that sync, against a model that fits on a page: what was written is here, once.

`make survive` plays fifty thousand (SHALI_HISTORIES).
"""

import os
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shali.config.demo.device import Device
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.testing.models import Sample, SealedBatch, Station, Tube
from shali.testing.tests.desk import AT, Desk, number_of, open_round, work_off

HISTORIES = int(os.environ.get("SHALI_HISTORIES", "60"))
STATIONS = 2

# station, what it does, and two numbers that say how
Steps = st.lists(
    st.tuples(
        st.integers(0, STATIONS - 1),
        st.sampled_from(["swab", "swab", "swab", "seal", "out", "send", "send", "resend", "part", "after", "unheard"]),
        st.integers(0, 9),
        st.integers(1, 6),
    ),
    max_size=30,
)


@pytest.fixture
def desk(db: None) -> Desk:
    return open_round(20)


class _Model:
    """What one station wrote, by hand: samples by event, and how many of its events the server is to have."""

    def __init__(self, device: Device, name: str) -> None:
        self.device, self.name = device, name
        self.bound: dict[str, str] = {}
        self.known = 0
        self.tube = 0
        self.sealed: set[str] = set()

    def code(self) -> str:
        return f"{self.name}{self.tube}"

    def step(self, what: str, a: int, b: int) -> None:
        device = self.device
        if what == "swab":
            self.bound[device.swab(AT, self.code(), number_of(a))] = self.code()
        elif what == "seal" and self.code() in self.bound.values():
            many = sum(code == self.code() for code in self.bound.values())
            device.write(AT, k="seal", tube=self.code(), n=many)
            self.sealed.add(self.code())
            self.tube += 1
        elif what == "out" and self.bound:
            event = sorted(self.bound)[a % len(self.bound)]
            device.write(AT + timedelta(minutes=1), k="out", of=event, tube=self.bound.pop(event))
        elif what in ("send", "resend", "part", "after", "unheard") and device.outbox:
            self._send(what, a, b)

    def _send(self, what: str, a: int, b: int) -> None:
        device, last = self.device, len(self.device.outbox)
        first = self.known + 1
        if what == "resend":
            first = max(1, self.known - a)
        elif what == "part":
            last = min(last, self.known + b)
        elif what == "after":
            first = min(last, self.known + 1 + b)  # a batch that runs ahead of what is here
        if first > last:
            return
        heard = device.acknowledged
        ack = device.send(AT, first=first, last=last)
        if what == "unheard":
            device.acknowledged = heard
        if first <= self.known + 1:
            self.known = max(self.known, last)
        assert ack.up_to == self.known, f"{what} {first} to {last}"
        assert ack.state == ("gap" if first > ack.up_to + 1 else "kept")


@pytest.mark.django_db
@settings(
    max_examples=HISTORIES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=Steps)
def test_what_was_written_is_here_once_whatever_the_order(desk: Desk, steps: list[tuple[int, str, int, int]]) -> None:
    mark = transaction.savepoint()
    models = [_Model(desk.device(1 + n), "AB"[n]) for n in range(STATIONS)]
    for station, what, a, b in steps:
        models[station].step(what, a, b)
        if a == 5:
            work_off()
    for one in models:
        if one.known < len(one.device.outbox):
            one._send("send", 0, 0)
    work_off()

    with in_scope(system_scope("test")):
        here = {str(event): code for event, code in _bound()}
        numbers = {one.public_id: one.last_seq for one in Station.objects.exclude(verify_key=None)}
        accounted = SealedBatch.objects.values_list("n", "accepted", "duplicate", "parked")
        assert all(n == a + d + p for n, a, d, p in accounted)
        members = dict(Tube.objects.values_list("code", "members"))
    assert here == {event: code for one in models for event, code in one.bound.items()}
    for one in models:
        assert numbers[one.device.public_id] == len(one.device.outbox)
        one.device.acknowledged = len(one.device.outbox)
        with in_scope(system_scope("test")):
            chain = bytes(Station.objects.get(public_id=one.device.public_id).chain).hex()
        assert chain == one.device.chain()
        for code in one.sealed:
            assert members[code] == sum(bound == code for bound in one.bound.values())
    transaction.savepoint_rollback(mark)


def _bound() -> list[tuple[object, str]]:
    return list(Sample.objects.filter(unbound_at=None).values_list("event", "tube__code"))
