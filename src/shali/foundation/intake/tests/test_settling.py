"""What a chunk of rows becomes, where rows of one file contradict each other."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import psutil
import pytest

from shali.config import reference
from shali.foundation.intake.models import Candidate, Row, RowState
from shali.foundation.intake.services import settle
from shali.foundation.intake.services.look import Looked, look_again
from shali.foundation.intake.services.settle import confirm_batch, settle_batch
from shali.foundation.intake.services.undo import undo_batch
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.people.models import Document
from shali.foundation.people.rules import check_character
from shali.foundation.people.services.enrol import NewDocument, NewPerson, enrol_people
from shali.foundation.people.services.identify import Claim, DocumentClaim, KeysOf, Outcome, identify
from shali.verification.models import Channel
from shali.verification.services.receive import HandOver, receive_list

NOW = datetime(2022, 8, 10, 1, 30, tzinfo=UTC)
DESK = system_scope("test")
NUMBER = "41119019800115001" + check_character("41119019800115001")


@pytest.mark.django_db
def test_one_number_under_two_names_stops_nothing_and_is_somebodys_question(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    page.append(["姓名", "身份证号", "联系电话"])
    page.append(["例甲", NUMBER, "14000000001"])
    page.append(["钱乙丙", NUMBER, "14000000002"])
    page.append(["例甲", NUMBER, "14000000001"])
    path = tmp_path / "list.xlsx"
    book.save(path)
    told: list[int] = []
    with in_scope(DESK):
        reference.ensure()
        said = HandOver(Channel.HOSPITAL, "例单位", "", None, NOW - timedelta(hours=1), "")
        one = receive_list(scope=DESK, path=path, file_name=path.name, hand_over=said, by="post:1", at=NOW)
        confirm_batch(scope=DESK, batch=one.batch_public_id, by="post:1", at=NOW, accepts_difference=True)
        batch = settle_batch(batch=one.batch, at=NOW, each=told.append)

        first, second, third = Row.objects.filter(batch=batch).order_by("row_no")
        assert [one.state for one in (first, second, third)] == [RowState.NEW, RowState.DOUBTFUL, RowState.DUPLICATE]
        assert third.same_as_id == first.pk
        assert next(one["code"] for one in second.reasons) == "number_of_another_name"
        assert Candidate.objects.get(row_id=second.pk).person_id == first.person_id
        holders = Document.objects.filter(whole=True).values_list("person_id", flat=True)
        assert list(holders) == [first.person_id]
    assert told == [3]


@pytest.mark.django_db(transaction=True)
def test_a_long_file_that_is_looked_at_ahead_settles_as_one_that_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person brought in by one chunk is known in the next, which was looked at before he was written."""
    monkeypatch.setattr(settle, "CHUNK", 4)
    book = openpyxl.Workbook()
    page = book.active
    page.append(["姓名", "身份证号", "联系电话"])
    for number in range(10):
        # Each stands twice, in chunks that follow each other, but for the last two.
        page.append([f"例{'甲乙丙丁戊己庚辛壬癸'[number]}", _number(number), f"1400000{number:04d}"])
        if number >= 2:
            page.append([f"例{'甲乙丙丁戊己庚辛壬癸'[number - 2]}", _number(number - 2), f"1400000{number - 2:04d}"])
    path = tmp_path / "list.xlsx"
    book.save(path)
    reference.ensure()
    with in_scope(DESK):
        said = HandOver(Channel.HOSPITAL, "例单位", "", None, NOW - timedelta(hours=1), "")
        one = receive_list(scope=DESK, path=path, file_name=path.name, hand_over=said, by="post:1", at=NOW)
        confirm_batch(scope=DESK, batch=one.batch_public_id, by="post:1", at=NOW, accepts_difference=True)
    told: list[int] = []
    batch = settle_batch(batch=one.batch, at=NOW, each=told.append)

    assert told == [2, 4, 4, 4, 4]
    assert (batch.received, batch.people, batch.duplicates, batch.doubtful) == (18, 10, 8, 0)
    with in_scope(DESK):
        assert Document.objects.filter(whole=True).count() == 10
        for row in Row.objects.filter(batch=batch, state=RowState.DUPLICATE):
            assert row.person_id == Row.objects.get(pk=row.same_as_id).person_id


@pytest.mark.django_db(transaction=True)
def test_a_long_file_settles_although_the_process_that_looks_ahead_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, killed = settle._settle_chunk, []

    def kill_it_and_write(*given: Any, **named: Any) -> Any:
        for child in psutil.Process().children():
            if "spawn_main" in " ".join(child.cmdline()):
                child.kill()
                killed.append(child.pid)
        return write(*given, **named)

    monkeypatch.setattr(settle, "_settle_chunk", kill_it_and_write)
    test_a_long_file_that_is_looked_at_ahead_settles_as_one_that_is_not(tmp_path, monkeypatch)
    assert killed


def _number(serial: int) -> str:
    first = f"41119019800115{serial:03d}"
    return first + check_character(first)


@pytest.mark.django_db
def test_whoever_was_withdrawn_between_the_look_and_the_writing_is_looked_for_again(tmp_path: Path) -> None:
    """The list that brought him is taken back while another one, which he stands on too, is being settled."""
    book = openpyxl.Workbook()
    book.active.append(["姓名", "身份证号", "联系电话"])
    book.active.append(["例甲", NUMBER, "14000000001"])
    path = tmp_path / "list.xlsx"
    book.save(path)
    claim = Claim(name="例甲", documents=(DocumentClaim("1", NUMBER, True),), phones=("14000000001",))
    with in_scope(DESK):
        reference.ensure()
        said = HandOver(Channel.HOSPITAL, "例单位", "", None, NOW - timedelta(hours=1), "")
        one = receive_list(scope=DESK, path=path, file_name=path.name, hand_over=said, by="post:1", at=NOW)
        confirm_batch(scope=DESK, batch=one.batch_public_id, by="post:1", at=NOW, accepts_difference=True)
        batch = settle_batch(batch=one.batch, at=NOW)
        looked = Looked([], [claim], [""], identify([claim]), KeysOf([claim]))
        assert looked.decisions[0].key == Row.objects.get(batch=batch).person_id
        assert look_again(looked, brought=set()) == looked

        undo_batch(scope=DESK, batch=one.batch_public_id, by="post:1", at=NOW)

        assert look_again(looked, brought=set()).decisions[0].outcome is Outcome.NEW


@pytest.mark.django_db
def test_whoever_another_desk_enrolled_between_the_look_and_the_writing_is_known() -> None:
    claim = Claim(name="例甲", documents=(DocumentClaim("1", NUMBER, True),), phones=("14000000001",))
    with in_scope(DESK):
        reference.ensure()
        looked = Looked([], [claim], [""], identify([claim]), KeysOf([claim]))
        assert look_again(looked, brought=set()).decisions[0].outcome is Outcome.NEW
        unit = Unit.objects.get(path="4111")
        new = NewPerson("例甲", unit=unit.pk, path=unit.path, documents=(NewDocument(1, NUMBER, whole=True),))
        (person,) = enrol_people([new], source="desk", at=NOW)

        assert look_again(looked, brought=set()).decisions[0].key == person
