"""Rejected rows go back, are mended and sent again, and only they are taken."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from shali.config import reference
from shali.foundation.intake.models import Batch, Row, RowState
from shali.foundation.intake.services.mended import Mended, take_mended
from shali.foundation.intake.services.rejected import rejected_workbook
from shali.foundation.intake.services.settle import confirm_batch, settle_batch
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.people.rules import check_character
from shali.foundation.tasks.models import Task
from shali.foundation.ui.refusal import WrongInput
from shali.verification.models import Channel, ListState, PushedList
from shali.verification.services.receive import HandOver, receive_list

NOW = datetime(2022, 8, 10, 1, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
DESK = system_scope("test")


def number(serial: int) -> str:
    first = f"41119019800115{serial:03d}"
    return first + check_character(first)


@pytest.fixture
def batch(db, tmp_path) -> Batch:
    """A file of two tables on two sheets, with three rows that cannot be taken."""
    book = openpyxl.Workbook()
    page = book.active
    page.append(["姓名", "身份证号", "联系电话"])
    page.append(["例甲", number(1), "14000000001"])
    page.append(["例乙", 411190198001150024, ""])
    page.append(["", "", "14000000003"])
    other = book.create_sheet("二")
    other.append(["联系电话", "姓名", "现住址", "身份证号"])
    other.append(["14000000004", "例丁", "源汇区马路街街道马路街社区1号", number(4)])
    other.append(["", "例戊", "", ""])
    path = tmp_path / "list.xlsx"
    book.save(path)
    said = HandOver(Channel.HOSPITAL, "例单位", "", None, NOW - timedelta(hours=1), "")
    with in_scope(DESK):
        reference.ensure()
        one = receive_list(scope=DESK, path=path, file_name=path.name, hand_over=said, by="post:1", at=NOW)
        confirm_batch(scope=DESK, batch=one.batch_public_id, by="post:1", at=NOW, accepts_difference=True)
    return settle_batch(batch=one.batch, at=NOW)


def given_out(batch: Batch, path: Path) -> openpyxl.Workbook:
    path.write_bytes(rejected_workbook(scope=DESK, batch=batch.public_id, by="post:1", at=NOW).content.getvalue())
    return openpyxl.load_workbook(path)


def mend(batch: Batch, path: Path) -> Mended:
    return take_mended(scope=DESK, batch=batch.public_id, path=path, file_name=path.name, by="post:7", at=LATER)


def test_only_the_mended_rows_are_taken_each_in_its_old_place(batch, tmp_path):
    path = tmp_path / "rejected.xlsx"
    with in_scope(DESK):
        book = given_out(batch, path)
        assert {page.title: page.max_row - 1 for page in book} == {"1-1": 2, "2-1": 1}
        book["1-1"]["B2"] = number(2)
        book["2-1"]["D2"] = number(5)
        book.save(path)

        done = mend(batch, path)

        batch.refresh_from_db()
        assert done == Mended(taken=2, still_rejected=1, not_waiting=0)
        assert (batch.received, batch.people, batch.rejected) == (5, 4, 1)
        taken = Row.objects.filter(batch=batch, decided_by="post:7").order_by("sheet", "row_no")
        assert [(row.sheet, row.row_no, row.state) for row in taken] == [(0, 3, RowState.NEW), (1, 3, RowState.NEW)]


def test_whoever_is_mended_late_has_the_lists_own_deadline(batch, tmp_path):
    path = tmp_path / "rejected.xlsx"
    with in_scope(DESK):
        book = given_out(batch, path)
        book["1-1"]["B2"] = number(2)
        book.save(path)
        PushedList.objects.update(state=ListState.OPEN)

        mend(batch, path)

        pushed = PushedList.objects.get(batch=batch)
        assert Task.objects.count() == 3
        assert set(Task.objects.values_list("due_at", flat=True)) == {pushed.due_at}


def test_the_same_mended_workbook_twice_does_nothing_twice(batch, tmp_path):
    path = tmp_path / "rejected.xlsx"
    with in_scope(DESK):
        book = given_out(batch, path)
        book["1-1"]["B2"] = number(2)
        book.save(path)
        mend(batch, path)
        tasks = Task.objects.count()

        again = mend(batch, path)

        assert again == Mended(taken=0, still_rejected=2, not_waiting=1)
        assert Task.objects.count() == tasks


def test_a_mended_row_that_repeats_somebody_of_the_file_is_a_repeated_row(batch, tmp_path):
    path = tmp_path / "rejected.xlsx"
    with in_scope(DESK):
        book = given_out(batch, path)
        book["1-1"]["A2"], book["1-1"]["B2"] = "例甲", number(1)
        book.save(path)

        mend(batch, path)

        batch.refresh_from_db()
        assert (batch.people, batch.duplicates, batch.rejected) == (2, 1, 2)


def test_another_workbook_is_refused(batch, tmp_path):
    path = tmp_path / "other.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["姓名", "身份证号"])
    book.active.append(["例己", number(6)])
    book.save(path)

    with in_scope(DESK), pytest.raises(WrongInput):
        mend(batch, path)
