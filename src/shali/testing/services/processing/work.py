"""What a transaction of the inbox does, worked out in memory: tubes as they stand, samples to write, what is parked."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from shali.foundation.jurisdictions.rows import array_of
from shali.testing.rules import ANY_SIZE, VOID_WHYS, TubeState, may_hold
from shali.testing.services.processing.events import Batch, Opened

TUBES = """
select id, round_id, code, station_id, site_id, path, size, members, state, conflict, first_at, sealed_at, voided_at,
  void_why, lost_at is not null or outcome is not null
from testing_tube where (round_id, code) in (select * from unnest(%s::bigint[], %s::text[])) order by id for update
"""
ELSEWHERE = "select distinct code from testing_tube where code = any(%s::text[]) and round_id <> all(%s::bigint[])"
SEEN = "select event::text from testing_sample where event = any(%s::uuid[])"
HELD = """
select s.event::text, s.id, s.round_id, s.person_id, s.unbound_at is not null, t.code, s.taken_at, s.how, s.pair
from testing_sample s join testing_tube t on t.id = s.tube_id where s.event = any(%s::uuid[])
"""
# Of two conflicts over a tube the graver one is kept, whichever came first.
GRAVER = ("", "count_differs", "zone_size", "after_sealing", "overfull", "reused", "two_stations")


@dataclass(slots=True)
class TubeNow:
    """A tube as it stands in this transaction."""

    id: int
    round: int
    code: str
    station: int
    site: int
    path: str
    size: int
    members: int = 0
    state: int = TubeState.OPEN
    conflict: str = ""
    first_at: datetime | None = None
    sealed_at: datetime | None = None
    voided_at: datetime | None = None
    void_why: str = ""
    is_told: bool = False  # that it is lost, or what the laboratory found
    is_new: bool = False
    is_changed: bool = False
    is_another: bool = False  # for whom lies in it: void, or in a conflict, since it was read

    @property
    def is_awaited(self) -> bool:
        """Say whether nothing is known of it that its people would owe another sample for, nor what they have."""
        return self.state != TubeState.VOID and not self.conflict and not self.is_told

    def mark(self, conflict: str) -> None:
        if GRAVER.index(conflict) > GRAVER.index(self.conflict):
            self.conflict = conflict
            self.is_another = True
        self.is_changed = True


@dataclass(slots=True)
class SampleNow:
    """A sample to write, or one that is here already and changes. id 0: to write."""

    event: str
    round: int
    person: int
    tube: TubeNow | None
    code: str
    taken_at: datetime
    how: str
    pair: int
    opened: Opened | None = None
    id: int = 0
    unbound_by: str | None = None
    is_unbound: bool = False


@dataclass(slots=True)
class Work:
    at: datetime
    tubes: dict[tuple[int, str], TubeNow] = field(default_factory=dict)
    samples: dict[str, SampleNow] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    reused: set[str] = field(default_factory=set)
    done: list[tuple[int, str]] = field(default_factory=list)
    parked: list[dict[str, Any]] = field(default_factory=list)
    boxes: list[Opened] = field(default_factory=list)

    def load(self, opened: Sequence[Opened]) -> None:
        """Read, and hold until the commit, every tube and sample that these events speak of."""
        with connection.cursor() as cursor:
            cursor.execute(SEEN, [array_of(one.event for one in opened if one.kind in ("swab", "move"))])
            self.seen = {event for (event,) in cursor.fetchall()}
            cursor.execute(HELD, [array_of(str(one.said.of) for one in opened if one.said.of is not None)])
            held = cursor.fetchall()
            keys = {(one.batch.round, one.said.tube.strip()) for one in opened if one.said.tube.strip()}
            keys |= {(row[2], row[5]) for row in held}
            keys |= {(one.batch.round, code) for one in opened for code in one.said.tubes}
            rounds, codes = [key[0] for key in sorted(keys)], [key[1] for key in sorted(keys)]
            cursor.execute(TUBES, [array_of(rounds), array_of(codes)])
            self.tubes = {(row[1], row[2]): TubeNow(*row) for row in cursor.fetchall()}
            cursor.execute(ELSEWHERE, [array_of(codes), array_of(set(rounds))])
            self.reused = {code for (code,) in cursor.fetchall()}
        for event, number, made, person, is_unbound, code, taken, how, pair in held:
            tube = self.tubes[(made, code)]
            self.samples[event] = SampleNow(
                event, made, person, tube, code, taken, how, pair, id=number, is_unbound=is_unbound
            )

    def park(self, batch: Batch, seq: int, kind: str, **more: Any) -> None:
        self.parked.append(
            {"round_id": batch.round, "path": batch.path, "kind": kind, "station": batch.station}
            | {"batch": batch.id, "seq": seq, **more}
        )
        self.done.append((batch.id, "parked"))

    def affected(self) -> dict[int, list[int]]:
        """Return whose standing may have changed, by round: of new and unbound samples, and of tubes void or in doubt.

        Who else lies in a tube that was only filled or sealed awaits its result as before.
        """
        found: dict[int, set[int]] = defaultdict(set)
        for one in self.samples.values():
            if one.opened is not None or one.unbound_by is not None:
                found[one.round].add(one.person)
        changed = [tube.id for tube in self.tubes.values() if tube.is_another and not tube.is_new]
        if not changed:
            return {made: sorted(people) for made, people in found.items()}
        with connection.cursor() as cursor:
            cursor.execute(
                "select round_id, person_id from testing_sample where tube_id = any(%s::bigint[])", [array_of(changed)]
            )
            for made, person in cursor.fetchall():
                found[made].add(person)
        return {made: sorted(people) for made, people in found.items()}

    def do(self, one: Opened, person: int | None) -> None:
        """Do one event, in the order of its station."""
        if one.event in self.seen:
            self.done.append((one.batch.id, "duplicate"))
            return
        what = getattr(self, f"_{one.kind}")(one, person)
        if what:
            self.done.append((one.batch.id, what))

    def _tube(self, one: Opened) -> TubeNow:
        """Return the tube that an event names as it stands, a new one where there is none; say what is odd about it."""
        key = (one.batch.round, one.said.tube.strip())
        tube = self.tubes.get(key)
        if tube is None:
            size = one.said.size if one.said.size in ANY_SIZE else one.batch.pool_size
            tube = TubeNow(0, key[0], key[1], one.batch.station, one.batch.site, one.batch.path, size, is_new=True)
            self.tubes[key] = tube
            if tube.code in self.reused:
                tube.mark("reused")
        elif tube.station != one.batch.station:
            tube.mark("two_stations")
        tube.is_changed = True
        return tube

    def _swab(self, one: Opened, person: int | None) -> str:
        if person is None:
            return ""
        self._bind(one, person, one.at, one.said.how, one.said.pair)
        return "accepted"

    def _bind(self, one: Opened, person: int, taken_at: datetime, how: str, pair: int) -> None:
        tube = self._tube(one)
        if tube.state == TubeState.SEALED:
            tube.mark("after_sealing")
        tube.members += 1
        if tube.members > tube.size:
            tube.mark("overfull")
        zoned_at = one.batch.zoned_at
        # A tube that was filled before its zone was set is as large as its point was then.
        if zoned_at is not None and taken_at >= zoned_at and not may_hold(tube.members, tube.size, one.batch.pool_size):
            tube.mark("zone_size")
        tube.first_at = min(tube.first_at or taken_at, taken_at)
        self.seen.add(one.event)
        self.samples[one.event] = SampleNow(
            one.event, one.batch.round, person, tube, tube.code, taken_at, how, pair, opened=one
        )

    def _out(self, one: Opened, _person: int | None) -> str:
        held = self.samples.get(str(one.said.of))
        if held is None or held.tube is None:
            self.park(one.batch, one.seq, "no_such_sample", detail={"of": str(one.said.of), "kind": one.kind})
            return ""
        if held.is_unbound:
            return "duplicate"
        held.is_unbound, held.unbound_by = True, one.event
        held.tube.members -= 1
        held.tube.is_changed = True
        if held.tube.station != one.batch.station:
            held.tube.mark("two_stations")
        return "accepted"

    def _move(self, one: Opened, person: int | None) -> str:
        """Take a person out of a tube and bind him to another, as one event."""
        held = self.samples.get(str(one.said.of))
        said = self._out(one, person)
        if said == "accepted" and held is not None:
            self._bind(one, held.person, held.taken_at, held.how, held.pair)
        return said

    def _seal(self, one: Opened, _person: int | None) -> str:
        tube = self._tube(one)
        if tube.state != TubeState.OPEN:
            return "duplicate"
        tube.state, tube.sealed_at = TubeState.SEALED, one.at
        if one.said.n != tube.members:
            tube.mark("count_differs")
        return "accepted"

    def _void(self, one: Opened, _person: int | None) -> str:
        tube = self._tube(one)
        if tube.state == TubeState.VOID:
            return "duplicate"
        tube.state, tube.voided_at, tube.is_another = TubeState.VOID, one.at, True
        tube.void_why = one.said.why if one.said.why in VOID_WHYS else ""
        return "accepted"

    def _box(self, one: Opened, _person: int | None) -> str:
        if not one.said.box.strip() or one.said.counted != len(one.said.tubes):
            self.park(
                one.batch, one.seq, "box_count",
                detail={"box": one.said.box, "screen": len(one.said.tubes), "table": one.said.counted},
            )  # fmt: skip
            return ""
        self.boxes.append(one)
        return "accepted"
