"""Batches that are simply the next of their stations: kept, queued and hashed; those of one moment in one commit."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

import psycopg
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from shali.foundation.jurisdictions.rows import array_of

KEEP = """
select place, epoch, safe from testing_keep_batches(
  %s::text, %s::bigint[], %s::bigint[], %s::int[], %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[],
  %s::timestamptz[], %s::timestamptz[], %s::bigint[], %s::int[], %s::int[])
"""
CHAIN_BEFORE = "select testing_chain_before(%s::text, %s::bigint, %s::bigint)"
MOST_CHAINS = 20_000

# How far the stations had come that this process served last, by their numbers: (last event, hash over all).
_chains: dict[int, tuple[int, bytes]] = {}


@dataclass(slots=True)
class NextBatch:
    """A batch whose signature holds. before, after: the hash over all events of its station, without and with it.

    epoch, safe: what the database said of it; no epoch where it did not take it
    """

    station: int
    first_seq: int
    n: int
    before: bytes
    after: bytes
    digest: bytes
    body: bytes
    at: datetime
    sent_at: datetime
    clock_off_ms: int
    captured: int
    on_paper: int
    epoch: int | None = None
    safe: int = 0
    is_done: bool = False
    error: DatabaseError | InterfaceError | None = None


_waiting: list[NextBatch] = []
_waiting_lock, _writing = Lock(), Lock()


def keep_next(batch: NextBatch) -> bool:
    """Keep a batch, with whatever other threads bring meanwhile, and return after its commit.

    Returns whether it was the next of a station in good standing; nothing is kept otherwise.
    """
    with _waiting_lock:
        _waiting.append(batch)
    with _writing:
        # Whoever comes first writes down what all of them wait for.
        if not batch.is_done:
            with _waiting_lock:
                group = sorted(_waiting, key=lambda one: one.station)
                _waiting.clear()
            _write(group)
    if batch.error is not None:
        raise batch.error
    if batch.epoch is None:
        _chains.pop(batch.station, None)
        return False
    if len(_chains) >= MOST_CHAINS:
        _chains.clear()
    _chains[batch.station] = batch.first_seq + batch.n - 1, batch.after
    return True


def _write(group: list[NextBatch]) -> None:
    try:
        _keep(group)
    except (OperationalError, InterfaceError) as error:
        _fail(group, error)
    except DatabaseError as error:
        # One of them is refused; the others do not wait for it to be put right.
        if len(group) == 1:
            _fail(group, error)
        else:
            for one in group:
                _write([one])
    except BaseException:
        _fail(group, OperationalError("the thread that wrote ended"))
        raise
    for one in group:
        one.is_done = True


def _fail(group: list[NextBatch], error: DatabaseError | InterfaceError) -> None:
    for one in group:
        one.error, one.is_done = error, True


def _keep(group: list[NextBatch]) -> None:
    """Keep batches, sorted by station, in one statement that is a transaction of its own."""
    said = [
        *(array_of(one.station for one in group), array_of(one.first_seq for one in group)),
        array_of(one.n for one in group),
        *([one.before for one in group], [one.after for one in group]),
        *([one.digest for one in group], [one.body for one in group]),
        *([one.at for one in group], [one.sent_at for one in group]),
        *(array_of(one.clock_off_ms for one in group), array_of(one.captured for one in group)),
        array_of(one.on_paper for one in group),
    ]
    for place, epoch, safe in _ask(KEEP, [settings.CITY, *said]):
        group[place].epoch, group[place].safe = epoch, safe


def _ask(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    """Ask on the server's own terms, bound and prepared: a batch of 50 kilobytes is not written out as text."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(statement, values, prepare=True).fetchall()


def chain_before(station: int, *, first: int) -> bytes | None:
    """Return the hash over all events of a station before this one; None where other events are awaited.

    What this process remembers may be old: the database keeps a batch only where the hash is the station's own.
    """
    known = _chains.get(station)
    if known is not None and known[0] == first - 1:
        return known[1]
    ((chain,),) = _ask(CHAIN_BEFORE, [settings.CITY, station, first])
    return None if chain is None else bytes(chain)


def chained(chain: bytes, *, events: list[dict[str, Any]]) -> bytes:
    """Return the hash over all events of a station with these added."""
    sha256 = hashlib.sha256
    for one in events:
        chain = sha256(chain + one["x"].encode()).digest()
    return chain
