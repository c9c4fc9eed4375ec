"""What a chunk of rows becomes, where rows of one file contradict each other."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from shali.config import reference
from shali.foundation.intake.models import Candidate, Row, RowState
from shali.foundation.intake.services.settle import confirm_batch, settle_batch
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.people.models import Document
from shali.foundation.people.rules import check_character
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
