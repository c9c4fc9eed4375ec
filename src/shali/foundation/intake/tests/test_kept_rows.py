"""Rows kept from the first reading: sealed, used once, and never trusted further than they reach."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from shali.config import reference
from shali.foundation.intake.models import Batch, Row, RowState
from shali.foundation.intake.reading import parent
from shali.foundation.intake.services import kept
from shali.foundation.intake.services.mappings import correct_mapping
from shali.foundation.intake.services.original import stored_path
from shali.foundation.intake.services.settle import confirm_batch, settle_batch
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.verification.models import Channel
from shali.verification.services.receive import HandOver, receive_list

NOW = datetime(2022, 8, 10, 1, 30, tzinfo=UTC)
DESK = system_scope("test")
PEOPLE = [
    (f"例{which}", f"1400000{number:04d}", f"例子路{number}号") for number, which in enumerate("甲乙丙丁戊己庚辛")
]


@pytest.fixture
def batch(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Batch:
    """Return a list that was received and not confirmed, kept in several blocks, where no other file lies."""
    monkeypatch.setattr(kept, "BLOCK", 400)
    settings.FILE_FOLDER = tmp_path / "files"
    book = openpyxl.Workbook()
    book.active.append(["姓名", "联系电话", "现住址"])
    for person in PEOPLE:
        book.active.append(person)
    path = tmp_path / "list.xlsx"
    book.save(path)
    with in_scope(DESK):
        reference.ensure()
        said = HandOver(Channel.HOSPITAL, "例单位", "", None, NOW - timedelta(hours=1), "")
        got = receive_list(scope=DESK, path=path, file_name=path.name, hand_over=said, by="post:1", at=NOW)
        return Batch.objects.select_related("file").get(pk=got.batch)


@pytest.fixture
def started(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return what fills with the reading children that are started from here on."""
    seen: list[int] = []
    start = parent._start

    def noted(*said: object) -> "subprocess.Popen[bytes]":
        seen.append(1)
        return start(*said)  # type: ignore[arg-type]  # what it was given

    monkeypatch.setattr(parent, "_start", noted)
    return seen


def place(batch: Batch) -> Path:
    return stored_path(bytes(batch.file.sha256)).with_suffix(".rows")


def settled(batch: Batch) -> list[tuple[int, int]]:
    with in_scope(DESK):
        confirm_batch(scope=DESK, batch=batch.public_id, by="post:1", at=NOW, accepts_difference=True)
        settle_batch(batch=batch.pk, at=NOW)
        return list(Row.objects.filter(batch=batch).order_by("row_no").values_list("row_no", "state"))


EACH = [(number, RowState.NEW) for number in range(2, len(PEOPLE) + 2)]


def test_what_the_first_reading_found_is_settled_without_a_second(batch: Batch, started: list[int]) -> None:
    held = place(batch).read_bytes()
    assert not any(word.encode() in held for person in PEOPLE for word in person)

    assert settled(batch) == EACH
    assert started == []
    assert not place(batch).exists()


def test_a_file_whose_columns_were_said_anew_is_read_anew(batch: Batch, started: list[int]) -> None:
    with in_scope(DESK):
        columns = {"Sheet": {0: "name", 1: "phone", 2: "remark"}}
        correct_mapping(scope=DESK, batch=batch.public_id, columns=columns, by="post:1", at=NOW)
    batch.refresh_from_db()
    started.clear()

    assert settled(batch) == EACH
    assert started == [1]


@pytest.mark.parametrize("harm", ["gone", "cut", "changed", "asked otherwise", "old"])
def test_rows_that_cannot_be_used_are_read_again(batch: Batch, started: list[int], harm: str) -> None:
    held = place(batch)
    whole = held.read_bytes()
    if harm == "gone":
        held.unlink()
    elif harm == "cut":
        held.write_bytes(whole[:-7])
    elif harm == "changed":
        held.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    elif harm == "asked otherwise":
        held.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    else:
        os.utime(held, ((NOW - 2 * kept.KEPT_FOR).timestamp(),) * 2)

    assert settled(batch) == EACH
    assert started == [1]


def test_what_nobody_confirms_is_removed_after_a_day(batch: Batch) -> None:
    assert kept.forget_old_rows(at=NOW) == 0

    assert kept.forget_old_rows(at=NOW + 2 * kept.KEPT_FOR) == 1
    assert not place(batch).exists()
    assert stored_path(bytes(batch.file.sha256)).exists()
