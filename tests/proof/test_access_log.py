"""The access log against whoever owns the database and may do anything to it: no edit stays unseen by a kept root."""

import os
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction

from shali.foundation.journal.access import record_access, seal_finished_days
from shali.foundation.journal.chain import EMPTY, record_hash, verify_chain
from shali.foundation.journal.models import AccessRecord, ChainHead, DayRoot
from shali.foundation.jurisdictions.scope import in_scope, system_scope

EDITS = 1_000
RECORDS = 40
MONDAY = datetime(2022, 8, 8, 1, 0, tzinfo=UTC)
CLERK = system_scope("test")
COLUMNS = [one.name for one in AccessRecord._meta.concrete_fields if one.name not in ("id", "prev_hash", "hash")]


@pytest.fixture
def log(db: None) -> Iterator[dict[date, bytes]]:
    """Forty looks over four days, every day sealed; yields the roots as the evening briefs printed them."""
    with in_scope(CLERK), connection.cursor() as cursor:
        for number in range(RECORDS):
            record_access(
                scope=CLERK,
                act=("reveal", "export")[number % 2],
                purpose="verify",
                subject_kind="person",
                subject=number % 7 + 1,
                fields=["phone"],
                reason="电话核实" if number % 3 == 0 else "",
                task=number + 1 if number % 5 else None,
                at=MONDAY + timedelta(hours=number * 96 / RECORDS),
            )
        seal_finished_days(at=MONDAY + timedelta(days=6))
        # The owner takes the triggers away that refuse him any change.
        cursor.execute("set local session_replication_role = replica")
        yield {root.day: bytes(root.root) for root in DayRoot.objects.all()}
        cursor.execute("set local session_replication_role = origin")


def _some(chance: random.Random) -> AccessRecord:
    return AccessRecord.objects.get(pk=chance.randint(1, RECORDS))


def _other_value(record: AccessRecord, chance: random.Random) -> str:
    """Change one column of a record and return its name."""
    column = chance.choice(COLUMNS)
    value = getattr(record, column)
    if column == "at":
        value += timedelta(microseconds=chance.randint(1, 10**9))
    elif column == "reason_sealed":
        value = None if value is not None and chance.random() < 0.5 else os.urandom(8)
    elif column in ("subject", "task"):
        value = (value or 0) + chance.randint(1, 99)
    elif column in ("people", "fields"):
        value = [*value, chance.randint(1, 99)]
    else:
        value = f"{value}{chance.choice('abc')}"
    setattr(record, column, value)
    return column


def change(chance: random.Random) -> None:
    record = _some(chance)
    record.save(update_fields=[_other_value(record, chance)])


def change_and_hash_anew(chance: random.Random) -> None:
    record = _some(chance)
    _other_value(record, chance)
    record.hash = record_hash(bytes(record.prev_hash), record)
    record.save()


def change_a_hash(chance: random.Random) -> None:
    record = _some(chance)
    setattr(record, chance.choice(["hash", "prev_hash"]), os.urandom(32))
    record.save()


def delete(chance: random.Random) -> None:
    _some(chance).delete()


def delete_and_close_the_gap(chance: random.Random) -> None:
    gone = chance.randint(1, RECORDS)
    AccessRecord.objects.filter(pk=gone).delete()
    _number_anew(AccessRecord.objects.order_by("id"))


def insert(chance: random.Random) -> None:
    record = _some(chance)
    record.pk = RECORDS + 1
    record.prev_hash = AccessRecord.objects.get(pk=RECORDS).hash
    record.hash = record_hash(bytes(record.prev_hash), record)
    record.save(force_insert=True)
    if chance.random() < 0.5:  # not at the end but between, all later ones numbered anew
        records = list(AccessRecord.objects.order_by("id"))
        records.insert(chance.randint(0, RECORDS - 1), records.pop())
        _write(records)


def reorder(chance: random.Random) -> None:
    records = list(AccessRecord.objects.order_by("id"))
    first, second = chance.sample(range(RECORDS), 2)
    records[first], records[second] = records[second], records[first]
    _write(records)


def shorten(chance: random.Random) -> None:
    AccessRecord.objects.filter(pk__gt=chance.randint(0, RECORDS - 1)).delete()


def shorten_with_the_head(chance: random.Random) -> None:
    shorten(chance)
    _head()


def empty(chance: random.Random) -> None:
    AccessRecord.objects.all().delete()
    ChainHead.objects.update(record=0, hash=EMPTY)
    if chance.random() < 0.5:
        DayRoot.objects.all().delete()


def rewrite_the_head(chance: random.Random) -> None:
    ChainHead.objects.update(record=chance.choice([0, RECORDS - 1, RECORDS + 1]), hash=os.urandom(32))


def change_a_root(chance: random.Random) -> None:
    root = chance.choice(list(DayRoot.objects.filter(last_record__gt=0)))
    if chance.random() < 0.5:
        root.delete()
    else:
        DayRoot.objects.filter(pk=root.pk).update(root=os.urandom(32))


def forge_everything(chance: random.Random) -> None:
    """Change, remove or swap, then write the whole chain, its head and every root anew, without a flaw."""
    records = list(AccessRecord.objects.order_by("id"))
    match chance.randint(1, 3):
        case 1:
            _other_value(records[chance.randrange(RECORDS)], chance)
        case 2:
            del records[chance.randrange(RECORDS)]
        case _:
            records.append(records.pop(chance.randrange(RECORDS - 1)))
    ends = {root.day: root.last_record for root in DayRoot.objects.all()}
    before = EMPTY
    for number, record in enumerate(records, start=1):
        record.pk, record.prev_hash = number, before
        record.hash = before = record_hash(before, record)
    _write(records)
    _head()
    hashes = [EMPTY, *(bytes(record.hash) for record in records)]
    for day, last in ends.items():
        end = min(last, len(records))
        DayRoot.objects.filter(day=day).update(last_record=end, root=hashes[end])
    assert verify_chain().broken_at is None, "the forger was clumsy: this edit proves nothing"


def _number_anew(records: object) -> None:
    _write(list(records))  # type: ignore[call-overload]


def _write(records: list[AccessRecord]) -> None:
    AccessRecord.objects.all().delete()
    for number, record in enumerate(records, start=1):
        record.pk = number
    AccessRecord.objects.bulk_create(records)


def _head() -> None:
    last = AccessRecord.objects.order_by("-id").first()
    ChainHead.objects.update(record=last.pk if last else 0, hash=last.hash if last else EMPTY)


KINDS: tuple[Callable[[random.Random], None], ...] = (
    change,
    change_and_hash_anew,
    change_a_hash,
    delete,
    delete_and_close_the_gap,
    insert,
    reorder,
    shorten,
    shorten_with_the_head,
    empty,
    rewrite_the_head,
    change_a_root,
    forge_everything,
)


def test_a_log_that_nobody_touched_verifies(log: dict[date, bytes]) -> None:
    found = verify_chain(kept=log)

    assert (found.records, found.broken_at, found.what) == (RECORDS, None, "")


def test_a_thousand_edits_by_the_owner_are_all_detected(log: dict[date, bytes], figure: Callable[..., None]) -> None:
    chance = random.Random(20220810)
    unseen: list[str] = []
    for number in range(EDITS):
        edit = KINDS[number % len(KINDS)]
        with transaction.atomic():
            edit(chance)
            if verify_chain(kept=log).broken_at is None:
                unseen.append(f"{number}: {edit.__name__}")
            transaction.set_rollback(True)
    figure("access log", edits_by_the_owner=EDITS, detected=EDITS - len(unseen))

    assert verify_chain(kept=log).broken_at is None
    assert not unseen, "\n".join(unseen)
