"""Random histories of stations that sync, against a model that fits on a page: what was written is here, once.

`make survive` plays fifty thousand (SHALI_HISTORIES).
"""

import os
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shali.config.demo.device import Device
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.testing.models import Box, Sample, SealedBatch, Station, Tube
from shali.testing.rules import TubeState
from shali.testing.services.stations import revoke_station
from shali.testing.tests.desk import AT, DESK, Desk, number_of, open_round, work_off

HISTORIES = int(os.environ.get("SHALI_HISTORIES", "60"))
STATIONS = 2
SENDS = ("send", "send", "resend", "part", "after", "unheard")

# station, what it does, and two numbers that say how
Steps = st.lists(
    st.tuples(
        st.integers(0, STATIONS - 1),
        st.sampled_from(
            [*["swab"] * 8, *["seal"] * 4, *["out"] * 2, *["move"] * 4, *["void", "box"] * 2, *SENDS * 2, "revoke"]
        ),
        st.integers(0, 9),
        st.integers(1, 6),
    ),
    min_size=16,
    max_size=40,
)


@pytest.fixture
def desk(db: None) -> Desk:
    return open_round(20)


@dataclass(frozen=True)
class Written:
    """Samples by event with their tubes; tubes that are sealed, and void; boxes with their tubes."""

    bound: dict[str, str]
    sealed: set[str]
    void: set[str]
    boxes: dict[str, list[str]]


class _Model:
    """What one station wrote, by hand: samples by event, tubes and boxes, and how many events the server is to have.

    A swab of a void tube stays where it was; whoever lies in a tube that is void or in a box is at the table no more.
    What a revoked device sends is kept apart: here is what it had written when the last event came that was taken.
    """

    def __init__(self, device: Device, name: str) -> None:
        self.device, self.name = device, name
        self.bound: dict[str, str] = {}
        self.known = 0
        self.tube = 0
        self.sealed: set[str] = set()
        self.void: set[str] = set()
        self.boxes: dict[str, list[str]] = {}
        self.is_revoked = False
        self.past = [self._as_it_stands()]  # by how many events were written

    def _as_it_stands(self) -> Written:
        return Written(dict(self.bound), set(self.sealed), set(self.void), dict(self.boxes))

    def here(self) -> Written:
        """Return what the server is to have."""
        return self.past[self.known]

    def code(self) -> str:
        return f"{self.name}{self.tube}"

    def step(self, what: str, a: int, b: int) -> None:
        self._do(what, a, b)
        if len(self.device.outbox) == len(self.past):
            self.past.append(self._as_it_stands())

    def _do(self, what: str, a: int, b: int) -> None:
        device = self.device
        if what == "swab":
            self.bound[device.swab(AT, self.code(), number_of(a))] = self.code()
        elif what == "seal" and self.code() in self.bound.values():
            many = sum(code == self.code() for code in self.bound.values())
            device.write(AT, k="seal", tube=self.code(), n=many)
            self.sealed.add(self.code())
            self.tube += 1
        elif what == "out" and (here := self._at_the_table()):
            event = here[a % len(here)]
            device.write(AT + timedelta(minutes=1), k="out", of=event, tube=self.bound.pop(event))
        elif what == "move" and (others := [one for one in self._at_the_table() if self.bound[one] != self.code()]):
            event = others[a % len(others)]
            del self.bound[event]
            self.bound[device.write(AT, k="move", of=event, tube=self.code())] = self.code()
        elif what == "void" and (tubes := sorted({self.bound[one] for one in self._at_the_table()})):
            self._void(tubes[a % len(tubes)])
        elif what == "box" and (tubes := sorted(self.sealed - self._put_away())):
            name = f"{self.name}BOX{len(self.boxes)}"
            device.write(AT, k="box", box=name, tubes=tubes, counted=len(tubes), n=len(tubes))
            self.boxes[name] = tubes
        elif what == "revoke" and not self.is_revoked and b == 1:
            with in_scope(DESK):
                revoke_station(scope=DESK, station=device.public_id, by=DESK.name, at=AT)
            self.is_revoked = True
        elif what in SENDS and device.outbox:
            self._send(what, a, b)

    def _put_away(self) -> set[str]:
        return self.void.union(*self.boxes.values())

    def _at_the_table(self) -> list[str]:
        gone = self._put_away()
        return sorted(event for event, code in self.bound.items() if code not in gone)

    def _void(self, code: str) -> None:
        self.device.write(AT, k="void", tube=code, why="broken")
        self.void.add(code)
        if code == self.code():
            self.tube += 1

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
        if first <= self.known + 1 and not self.is_revoked:
            self.known = max(self.known, last)
        assert ack.up_to == self.known, f"{what} {first} to {last}"
        assert ack.state == ("revoked" if self.is_revoked else "gap" if first > ack.up_to + 1 else "kept")


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
        accounted = SealedBatch.objects.filter(quarantine="").values_list("n", "accepted", "duplicate", "parked")
        assert all(n == a + d + p for n, a, d, p in accounted)
        tubes = {one.code: one for one in Tube.objects.all()}
        boxes = {one.code: sorted(one.codes) for one in Box.objects.all()}
        lies_in = dict(Tube.objects.exclude(box=None).values_list("code", "box__code"))
    assert here == {event: code for one in models for event, code in one.here().bound.items()}
    assert boxes == {name: codes for one in models for name, codes in one.here().boxes.items()}
    assert lies_in == {code: name for name, codes in boxes.items() for code in codes}
    assert {code for code, tube in tubes.items() if tube.state == TubeState.VOID} == set().union(
        *(one.here().void for one in models)
    )
    for one in models:
        assert one.is_revoked or one.known == len(one.device.outbox)
        assert numbers[one.device.public_id] == one.known
        one.device.acknowledged = one.known
        with in_scope(system_scope("test")):
            chain = bytes(Station.objects.get(public_id=one.device.public_id).chain).hex()
        assert chain == one.device.chain()
        for code in one.here().sealed:
            assert tubes[code].members == sum(bound == code for bound in one.here().bound.values())
    transaction.savepoint_rollback(mark)


def _bound() -> list[tuple[object, str]]:
    return list(Sample.objects.filter(unbound_at=None).values_list("event", "tube__code"))
