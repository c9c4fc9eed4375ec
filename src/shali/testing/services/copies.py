"""A device's second copy: the events of a store that its browser lost, handed in by the device itself or by the desk.

Each line of the file is an event as the device sealed it, signed by the device's own key when it was written: the key
is gone with the store. So the lines are taken under the rules of a batch (`ingest`), whoever brings them. What stands
after a hole in the file is kept apart until somebody decides.
"""

import base64
import binascii
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext as _

from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.ui.refusal import WrongInput
from shali.foundation.vault.outbox import is_signed
from shali.testing.facts import StationCopyTaken
from shali.testing.models import Station
from shali.testing.queries.find import site_in_scope, station_in_scope
from shali.testing.services.envelopes import MOST_EVENTS, Sent, hour_of, is_event
from shali.testing.services.ingest import STATION, Known, NotKnown, keep_apart, known_key, look_closer

MOST_LINES = 50_000  # a table's week
MOST_BYTES = 64 * 2**20
HELD = """
select quarantine, body from testing_sealedbatch
where station_id = %s and first_seq <= %s and first_seq + n > %s
"""


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of a copy: lines = fresh + known + apart + wrong.

    known: here before, or twice in the file; apart: kept for a decision; wrong: cannot be read, or not the device's
    last: the highest number in the file; safe: up to here it lies in a backup as well, and the file may go
    """

    station: str
    lines: int
    fresh: int
    known: int
    apart: int
    wrong: int
    last: int
    safe: int


def take_copy(*, body: bytes, at: datetime, sent_ms: int | None = None) -> Handed:
    """Take the lines of one device's copy. The same again changes nothing.

    sent_ms: milliseconds by the clock of the device itself, where it is the device that sends
    :raises WrongInput: no line of it was written by a station
    :raises NotKnown: no station of this name was let in, or no line bears its signature
    """
    lines = [line for line in body.split(b"\n") if line.strip()]
    if len(lines) > MOST_LINES:
        raise WrongInput(_("This file is longer than a device's copy can be."), fields={"file": "wrong"})
    read = [_read(line) for line in lines]
    station = next((one["d"] for one in read if one), "")
    if not station:
        raise WrongInput(_("This is no file of a device's second copy."), fields={"file": "wrong"})
    key = known_key(station)
    events = [one for one in read if one and one["d"] == station and key and _is_its_own(one, station, key[1])]
    if not events:
        raise NotKnown(_("This device is not known here, or its signature does not hold."))
    events.sort(key=lambda one: int(one["q"]))
    counts: Counter[str] = Counter()
    safe = 0
    for first in range(0, len(events), MOST_EVENTS):
        chunk, safe = _take(station, [_bare(one) for one in events[first : first + MOST_EVENTS]], sent_ms, at)
        counts.update(chunk)
    numbers = {name: counts[name] for name in ("fresh", "known", "apart")}
    wrong = len(lines) - len(events)
    return Handed(station, len(lines), **numbers, wrong=wrong, last=int(events[-1]["q"]), safe=safe)


def hand_in_copy(*, scope: Scope, site: str, path: Path, by: str, at: datetime) -> Handed:
    """Take a copy that a desk brings as a file; who brought it and what became of each line is a fact.

    site: public number of the point on whose page it is handed in; the device may stand at another of the desk's
    :raises NotInScope: the point or the device is none of this desk's
    :raises WrongInput: it is no such file, or longer than one can be
    """
    site_in_scope(scope, site)
    if path.stat().st_size > MOST_BYTES:
        raise WrongInput(_("This file is longer than a device's copy can be."), fields={"file": "wrong"})
    body = path.read_bytes()
    named = next((one["d"] for one in map(_read, body.split(b"\n", 20)) if one), "")
    row = station_in_scope(scope, named) if named else None
    handed = take_copy(body=body, at=at)
    if row is None or handed.station != row.public_id:
        raise WrongInput(_("This is no file of a device's second copy."), fields={"file": "wrong"})
    with in_scope(system_scope("testing.stations")), transaction.atomic():
        fact = StationCopyTaken(row.pk, handed.fresh, handed.known, handed.apart, handed.wrong, row.path)
        announce([fact], by=by, at=at)
    return handed


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        one = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    is_line = isinstance(one, dict) and isinstance(one.get("d"), str) and isinstance(one.get("g"), str)
    if not is_line or not isinstance(one.get("q"), int) or not 1 <= one["q"] < 2**31:
        return None
    return one if is_event(one, seq=one["q"]) else None


def _is_its_own(one: dict[str, Any], station: str, key: bytes) -> bool:
    said = f"copy|{station}|{one['q']}|{one['e']}|{one['s']}|{one['n']}|{one['x']}"
    try:
        return is_signed(point=key, signature=base64.b64decode(one["g"], validate=True), said=said.encode())
    except binascii.Error:
        return False


def _bare(one: dict[str, Any]) -> dict[str, Any]:
    """Return an event as a batch has it."""
    return {name: one[name] for name in ("e", "q", "s", "n", "x")}


@transaction.atomic
def _take(
    station: str, events: Sequence[dict[str, Any]], sent_ms: int | None, at: datetime
) -> tuple[Counter[str], int]:
    """Take events in the order of their numbers: what is here is left, what follows is kept, the rest is kept apart."""
    with in_scope(system_scope("testing.stations")), connection.cursor() as cursor:
        cursor.execute(STATION, [station])
        known = Known(*cursor.fetchone())
        cursor.execute(HELD, [known.id, events[-1]["q"], events[0]["q"]])
        held: dict[tuple[int, str, str], str] = {}
        for quarantine, body in cursor.fetchall():
            what = "apart" if quarantine else "known"
            held |= {_named(one): what for one in orjson.loads(bytes(body)) if held.get(_named(one)) != "known"}
        counts: Counter[str] = Counter()
        fresh = []
        for one in events:
            if _named(one) in held:
                counts[held[_named(one)]] += 1
            else:
                fresh.append(one)
                held[_named(one)] = "known"
        safe = 0
        for run in list(_runs(fresh)) or [[]]:
            sent = _as_sent(known.id, station, run, sent_ms, at)
            ack = look_closer(sent=sent, events=run, at=at)
            safe = ack.safe
            if ack.state == "gap":
                keep_apart(known, sent=sent, sent_at=hour_of(sent.sent_ms, at=at), why="copy", at=at)
            counts["fresh" if ack.state == "kept" else "apart"] += len(run)
    return counts, safe


def _named(one: dict[str, Any]) -> tuple[int, str, str]:
    return one["q"], one["e"], one["x"]


def _runs(events: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield events that are numbered one after the other; a number that comes twice begins a run of its own."""
    run: list[dict[str, Any]] = []
    for one in events:
        if run and one["q"] != run[-1]["q"] + 1:
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _as_sent(number: int, station: str, run: list[dict[str, Any]], sent_ms: int | None, at: datetime) -> Sent:
    """Return a run as its station's batch. Without the device's own hour its clock is as wrong as when last heard."""
    row = Station.objects.only("clock_off_ms", "captured", "on_paper").get(pk=number)
    if sent_ms is None:
        sent_ms = int((at - timedelta(milliseconds=row.clock_off_ms)).timestamp() * 1000)
    first, last = (run[0]["q"], run[-1]["q"]) if run else (1, 0)
    captured = max(row.captured, last)
    return Sent(station, first, len(run), sent_ms, captured, row.on_paper, orjson.dumps(run), b"")
