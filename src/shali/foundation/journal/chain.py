"""The tamper-evident access log: how a record is hashed, and how the whole chain is checked.

hash = SHA-256(hash of the record before || canonical JSON of the record). Numbers run without a gap, the head names the
last record, and each day's root is printed in the evening's brief: a changed, removed, inserted or reordered record
shows, and so does a shortened or rewritten chain to anybody who kept a brief.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

import orjson

from shali.foundation.journal.models import AccessRecord, ChainHead, DayRoot

EMPTY = bytes(32)


def record_hash(before: bytes, record: AccessRecord) -> bytes:
    """Return the hash of a record after the one whose hash is `before`."""
    return hashlib.sha256(before + _canonical(record)).digest()


def _canonical(record: AccessRecord) -> bytes:
    plain: dict[str, Any] = {
        "id": record.pk,
        "at": record.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "by": record.by,
        "path": record.path,
        "act": record.act,
        "purpose": record.purpose,
        "reason": bytes(record.reason_sealed).hex() if record.reason_sealed is not None else None,
        "subject_kind": record.subject_kind,
        "subject": record.subject,
        "people": record.people,
        "fields": record.fields,
        "task": record.task,
        "request": record.request,
    }
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of the chain found. broken_at: number of the first record that does not fit, or None."""

    records: int
    roots: int
    broken_at: int | None
    what: str
    head: str


def verify_chain(kept: Mapping[date, bytes] | None = None) -> Verified:
    """Walk the whole chain and say where it first does not fit; needs a scope over every post that ever looked.

    kept: roots of days from outside the database, as evening briefs printed them. Whoever owns the database can forge
    a chain with its roots that fits itself; it does not fit these.
    """
    before, expected, count = EMPTY, 1, 0
    hashes: dict[int, bytes] = {}
    roots = list(DayRoot.objects.order_by("day"))
    ends = {root.last_record for root in roots}
    for record in AccessRecord.objects.order_by("id").iterator(chunk_size=5_000):
        if record.pk != expected:
            return Verified(count, len(roots), expected, "a record is missing", "")
        if bytes(record.prev_hash) != before or record_hash(before, record) != bytes(record.hash):
            return Verified(count, len(roots), record.pk, "the record does not fit the one before it", "")
        before, expected, count = bytes(record.hash), expected + 1, count + 1
        if record.pk in ends:
            hashes[record.pk] = before
    for root in roots:
        if hashes.get(root.last_record, EMPTY) != bytes(root.root):
            return Verified(count, len(roots), root.last_record, f"the root of {root.day} does not fit", "")
    head = ChainHead.objects.get(one=True)
    if head.record != count or bytes(head.hash) != before:
        return Verified(
            count, len(roots), count + 1, "the chain ends before its head: its last records are missing", ""
        )
    if (forged := _unlike(kept or {}, roots)) is not None:
        day, number = forged
        return Verified(count, len(roots), number, f"the root of {day} is not the one that was kept", "")
    return Verified(count, len(roots), None, "", before.hex())


def _unlike(kept: Mapping[date, bytes], roots: list[DayRoot]) -> tuple[date, int] | None:
    """Return the first day whose root is not the kept one, with the number of its last record."""
    known = {root.day: root for root in roots}
    for day in sorted(kept):
        if day not in known:
            return day, 0
        if bytes(known[day].root) != kept[day]:
            return day, known[day].last_record
    return None
