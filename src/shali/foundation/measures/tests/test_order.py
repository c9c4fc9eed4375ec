"""The order as Word and PDF: opened again, its words read back, the same twice, and on record."""

import io
import re
from datetime import datetime, timedelta, timezone

import pytest
from docx import Document

from shali.foundation.journal.models import AccessRecord
from shali.foundation.measures.services.decide import decide
from shali.foundation.measures.services.order import make_order
from shali.foundation.measures.services.order.pdf import as_pdf
from shali.foundation.measures.services.order.text import OrderText, order_text
from shali.foundation.measures.services.order.word import as_word
from shali.foundation.measures.services.step import NotAllowed
from shali.foundation.ui.refusal import WrongInput

from .conftest import Town

ZONE = timezone(timedelta(hours=8))


def words(name: str = "乌有𠮷") -> OrderText:
    return order_text(
        number="abc", body="漯河市新冠肺炎疫情防控指挥部", name=name, tail="0013", unit="某社区",
        kind="集中隔离医学观察", basis="《中华人民共和国传染病防治法》第三十九条", origin="contact",
        evidence="investigation", evidence_ref="流调2022-1", starts_at=datetime(2022, 8, 10, 9, 0, tzinfo=ZONE),
        ends_at=datetime(2022, 8, 17, 9, 0, tzinfo=ZONE), appeal_channel="社区", decider="某甲",
        decided_at=datetime(2022, 8, 10, 8, 5, tzinfo=ZONE), lifted_at=None,
    )  # fmt: skip


def read_word(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([one.text for one in document.paragraphs] + cells)


def test_the_word_order_says_who_what_why_until_when_and_where_to_appeal() -> None:
    text = read_word(as_word(words()))

    for said in (
        "漯河市新冠肺炎疫情防控指挥部", "防控措施决定书", "乌有𠮷（证件号码末四位：0013）：", "2022年8月10日9时00分",
        "2022年8月17日9时00分",
        "《中华人民共和国传染病防治法》第三十九条", "期限届满，本措施自行终止", "可以提出申诉：社区",
        "决定人：某甲", "因密切接触者判定（依据流行病学调查报告，编号流调2022-1）",
    ):  # fmt: skip
        assert said in text, said


def test_chinese_in_the_word_order_has_a_chinese_font() -> None:
    document = Document(io.BytesIO(as_word(words())))

    assert all('w:eastAsia="' in run._element.xml for one in document.paragraphs for run in one.runs)


def test_the_pdf_order_is_one_page_and_a_name_is_no_markup() -> None:
    content = as_pdf(words("#panic() *乌有* $x$"))

    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1


@pytest.mark.parametrize("write", [as_word, as_pdf])
def test_the_same_order_is_the_same_document(write: object) -> None:
    assert write(words()) == write(words())  # type: ignore[operator]  # one of two functions


def test_a_download_is_on_record_with_its_purpose_and_only_of_what_was_decided(town: Town) -> None:
    new = town.proposed(town.people[0])
    asked = {"measure": new.public_id, "form": "docx"}
    with pytest.raises(NotAllowed):
        make_order(purpose="contact_person", **asked, **town.acts("first"))
    decide(measure=new.public_id, approves=True, **town.acts("lead"))
    with pytest.raises(WrongInput):
        make_order(purpose="curiosity", **asked, **town.acts("first"))

    order = make_order(purpose="contact_person", **asked, **town.acts("first"))

    assert "乌有0" in read_word(order.content)
    record = AccessRecord.objects.get()
    assert (record.act, record.purpose, record.subject) == ("export", "contact_person", town.people[0])
