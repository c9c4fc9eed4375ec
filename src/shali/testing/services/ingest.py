"""Batches of sealed events, acknowledged once they are durable: (epoch, last number without a gap, hash over all).

A station sends again until it hears an acknowledgement. The same events again change nothing; other events under the
same numbers mean that two devices hold one key: both are kept, apart, and a person decides.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext as _

from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.ui.refusal import Refusal
from shali.foundation.vault.outbox import is_signed
from shali.testing.facts import StationForked
from shali.testing.services.envelopes import Sent, hour_of, read_events
from shali.testing.services.keeping import NextBatch, chain_before, chained, keep_next
from shali.testing.services.parking import park

STATION = """
select id, path, round_id, last_seq, chain, revoked_at is not null, forked_at is not null
from testing_station where public_id = %s and verify_key is not null for update
"""
KEEP = """
with kept as (
  insert into testing_sealedbatch (station_id, path, first_seq, n, digest, body, received_at, sent_at, quarantine)
  values (%s, %s, %s, %s, %s, %s, %s, %s, '') returning id, station_id
), queued as (
  insert into testing_waiting (batch_id, station_id) select id, station_id from kept
)
update testing_station set last_seq = %s, chain = %s, last_seen_at = %s, clock_off_ms = %s, captured = %s, on_paper = %s
where id = %s
"""
SEEN = """
update testing_station set last_seen_at = %s, clock_off_ms = %s, captured = %s, on_paper = %s where id = %s
"""
EPOCH = """
select e.number, coalesce((select max(first_seq + n - 1) from testing_sealedbatch b
  where b.station_id = %s and b.quarantine = '' and b.received_at < e.safe_before), 0)
from testing_epoch e order by number desc limit 1
"""


class NotKnown(Refusal):
    """No such station, or not its signature."""

    status = 401


@dataclass(frozen=True, slots=True)
class Ack:
    """up_to: number of the last event that is here without a gap; chain: hash over all of them, in hex.

    state: "kept"; "gap", send again from up_to + 1; "revoked" or "forked", kept apart for a decision
    safe: up to here it lies in a backup as well, and may be forgotten
    """

    epoch: int
    up_to: int
    chain: str
    safe: int
    server_ms: int
    state: str


@dataclass(slots=True)
class Known:
    id: int
    path: str
    round_id: int
    last_seq: int
    chain: bytes
    is_revoked: bool
    is_forked: bool


@dataclass(frozen=True, slots=True)
class _Batch:
    """A batch with its envelopes read. seen: what the station's row learns from any exchange."""

    sent: Sent
    events: list[dict[str, Any]]
    sent_at: datetime
    seen: list[Any]
    at: datetime


def take_batch(*, sent: Sent, at: datetime) -> Ack:
    """Keep a batch and say up to where the station's events are here. Nothing is acknowledged before its commit.

    :raises NotKnown: no such station, or not its signature
    :raises WrongInput: the batch is none
    """
    found, digest = known_key(sent.station), hashlib.sha256(sent.body).digest()
    if found is None or not is_signed(point=found[1], signature=sent.signature, said=sent.signed(digest)):
        raise NotKnown(_("This device is not known here, or its signature does not hold."))
    events = read_events(sent)
    return (_keep_next(found[0], sent, digest, events, at) if events else None) or look_closer(
        sent=sent, events=events, at=at
    )


@lru_cache(maxsize=20_000)
def _key_kept(station: str) -> tuple[int, bytes]:
    """Return a station's number and key. The database lets neither change, so that a process may remember them."""
    with in_scope(system_scope("testing.stations")), connection.cursor() as cursor:
        cursor.execute(
            "select id, verify_key from testing_station where public_id = %s and verify_key is not null", [station]
        )
        row = cursor.fetchone()
    if row is None:
        raise LookupError(station)
    return int(row[0]), bytes(row[1])


def known_key(station: str) -> tuple[int, bytes] | None:
    """Return the number and the key of a station that was let in, or None."""
    try:
        return _key_kept(station)
    except LookupError:
        return None


def _keep_next(number: int, sent: Sent, digest: bytes, events: list[dict[str, Any]], at: datetime) -> Ack | None:
    """Keep the next events of a station in good standing; None where anything is unusual."""
    before = chain_before(number, first=sent.first_seq)
    if before is None:
        return None
    after, sent_at = chained(before, events=events), hour_of(sent.sent_ms, at=at)
    off = int((at - sent_at).total_seconds() * 1000)
    batch = NextBatch(
        *(number, sent.first_seq, len(events), before, after, digest, sent.body),
        *(at, sent_at, off, sent.captured, sent.on_paper),
    )
    if not keep_next(batch):
        return None
    up_to, epoch = sent.first_seq + sent.n - 1, batch.epoch or 0
    return Ack(epoch, up_to, after.hex(), batch.safe, int(at.timestamp() * 1000), "kept")


@transaction.atomic
def look_closer(*, sent: Sent, events: list[dict[str, Any]], at: datetime) -> Ack:
    """Take a batch that is not simply the next one: come again, after a gap, forked, of a revoked device, or empty.

    Whose it is was proved before: by the batch's signature, or by that of each event (`copies`).
    """
    with in_scope(system_scope("testing.stations")), connection.cursor() as cursor:
        cursor.execute(STATION, [sent.station])
        row = cursor.fetchone()
        if row is None:
            raise NotKnown(_("This device is not known here, or its signature does not hold."))
        known = Known(*row)
        sent_at = hour_of(sent.sent_ms, at=at)
        off: list[Any] = [at, int((at - sent_at).total_seconds() * 1000), sent.captured, sent.on_paper]
        state = "kept"
        if known.is_revoked or known.is_forked:
            state = "revoked" if known.is_revoked else "forked"
            keep_apart(known, sent=sent, sent_at=sent_at, why=state, at=at)
        elif not sent.n:
            cursor.execute(SEEN, [*off, known.id])
        else:
            state = _keep(cursor, known, _Batch(sent, events, sent_at, off, at))
        cursor.execute(EPOCH, [known.id])
        epoch, safe = cursor.fetchone() or (0, 0)
    return Ack(epoch, known.last_seq, bytes(known.chain).hex(), safe, int(at.timestamp() * 1000), state)


def _keep(cursor: Any, known: Known, batch: _Batch) -> str:
    """Keep what is new of a batch, and say how it stands."""
    sent, events, sent_at, off, at = batch.sent, batch.events, batch.sent_at, batch.seen, batch.at
    if sent.first_seq > known.last_seq + 1:
        cursor.execute(SEEN, [*off, known.id])
        return "gap"
    again = known.last_seq - sent.first_seq + 1
    if again > 0 and not _are_the_same(cursor, known.id, events[:again]):
        cursor.execute("update testing_station set forked_at = %s where id = %s", [at, known.id])
        keep_apart(known, sent=sent, sent_at=sent_at, why="forked", at=at)
        announce([StationForked(known.id, known.path)], by="system:testing", at=at)
        return "forked"
    fresh = events[again:]
    if not fresh:
        cursor.execute(SEEN, [*off, known.id])
        return "kept"
    body = sent.body if again <= 0 else orjson.dumps(fresh)
    known.chain = chained(bytes(known.chain), events=fresh)
    first = known.last_seq + 1
    known.last_seq += len(fresh)
    digest = hashlib.sha256(body).digest()
    kept = [known.id, known.path, first, len(fresh), digest, body, at, sent_at]
    cursor.execute(KEEP, [*kept, known.last_seq, known.chain, *off, known.id])
    return "kept"


def _are_the_same(cursor: Any, station: int, events: list[dict[str, Any]]) -> bool:
    """Say whether events that came again are those that came before, however they were cut into batches."""
    first, last = events[0]["q"], events[-1]["q"]
    cursor.execute(
        "select body from testing_sealedbatch where station_id = %s and quarantine = ''"
        " and first_seq <= %s and first_seq + n > %s",
        [station, last, first],
    )
    held = {one["q"]: (one["e"], one["x"]) for (body,) in cursor.fetchall() for one in orjson.loads(bytes(body))}
    return all(held.get(one["q"]) == (one["e"], one["x"]) for one in events)


def keep_apart(known: Known, *, sent: Sent, sent_at: datetime, why: str, at: datetime) -> None:
    """Keep a batch that nobody trusts yet, once, and open a decision about it."""
    if not sent.n:
        return
    digest = hashlib.sha256(sent.body).digest()
    with connection.cursor() as cursor:
        cursor.execute(
            "select 1 from testing_sealedbatch where station_id = %s and digest = %s and quarantine <> ''",
            [known.id, digest],
        )
        if cursor.fetchone():
            return
        cursor.execute(
            "insert into testing_sealedbatch"
            " (station_id, path, first_seq, n, digest, body, received_at, sent_at, quarantine)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s) returning id",
            [known.id, known.path, sent.first_seq, sent.n, digest, sent.body, at, sent_at, why],
        )
        (batch,) = cursor.fetchone()
    park(
        round_id=known.round_id,
        path=known.path,
        kind=f"station_{why}",
        station=known.id,
        batch=batch,
        detail={"events": sent.n, "first": sent.first_seq},
        at=at,
    )
