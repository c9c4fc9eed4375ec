"""The order as Word and PDF: opened again, its words read back, the same twice, and on record."""

import io
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from docx import Document
from pypdf import PdfReader

from shali.foundation.journal.models import AccessRecord
from shali.foundation.measures.services.decide import decide
from shali.foundation.measures.services.order import make_order
from shali.foundation.measures.services.order.pdf import as_pdf
from shali.foundation.measures.services.order.text import OrderFacts, OrderText, area_text, body_name, order_text
from shali.foundation.measures.services.order.word import as_word
from shali.foundation.measures.services.step import NotAllowed
from shali.foundation.ui.refusal import WrongInput

from .conftest import Town

ZONE = timezone(timedelta(hours=8))


FACTS = OrderFacts(
    number="abc", body="漯河市新冠肺炎疫情防控指挥部", unit="某社区", kind="集中隔离医学观察",
    basis="《中华人民共和国传染病防治法》第三十九条", origin="contact", evidence="investigation",
    evidence_ref="流调2022-1", starts_at=datetime(2022, 8, 10, 9, 0, tzinfo=ZONE),
    ends_at=datetime(2022, 8, 17, 9, 0, tzinfo=ZONE), appeal_channel="社区", decider="某甲",
    decided_at=datetime(2022, 8, 10, 8, 5, tzinfo=ZONE), lifted_at=None,
)  # fmt: skip


def words(name: str = "乌有𠮷") -> OrderText:
    return order_text(FACTS, name=name, tail="0013")


def read_pdf(content: bytes) -> str:
    """Return the words of a PDF without the breaks of its lines."""
    reader = PdfReader(io.BytesIO(content))
    return re.sub(r"\s", "", "".join(page.extract_text() for page in reader.pages))


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


@pytest.mark.parametrize("name", ["乌有甲", "#panic() *乌有* $x$"])
def test_the_pdf_order_says_every_word_of_the_order_and_a_name_is_no_markup(name: str) -> None:
    order = words(name)
    content = as_pdf(order)
    text = read_pdf(content)

    assert len(PdfReader(io.BytesIO(content)).pages) == 1
    for said in (
        order.body, order.title, order.number, order.addressee, *order.paragraphs, *sum(order.terms, ()),
        order.decider, order.day, order.receipt,
    ):  # fmt: skip
        assert re.sub(r"\s", "", said) in text, said


def test_the_notice_of_an_area_names_the_area_and_nobody() -> None:
    text = read_pdf(as_pdf(area_text(FACTS, area="某街道")))

    for said in (
        "防控措施通告",
        "某街道各单位、全体居民：",
        "决定在某街道范围内采取“集中隔离医学观察”措施",
        "发布情况",
    ):
        assert said in text, said
    assert "证件号码" not in text


def test_a_measure_lifted_early_says_so() -> None:
    lifted = replace(FACTS, lifted_at=datetime(2022, 8, 12, 10, 30, tzinfo=ZONE))

    assert "本措施已于2022年8月12日10时30分提前解除" in read_word(as_word(order_text(lifted, name="乌有", tail="")))


@pytest.mark.parametrize(
    ("outbreak", "disease"), [("2022年8月新冠肺炎疫情", "新冠肺炎"), ("2027年流感疫情", "流感"), ("麻疹疫情", "麻疹")]
)
def test_the_body_is_called_by_the_disease_of_its_outbreak(outbreak: str, disease: str) -> None:
    assert body_name("漯河市", outbreak=outbreak) == f"漯河市{disease}疫情防控指挥部"


def test_chinese_in_the_word_order_has_a_chinese_font() -> None:
    document = Document(io.BytesIO(as_word(words())))

    assert all('w:eastAsia="' in run._element.xml for one in document.paragraphs for run in one.runs)


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


def test_the_notice_of_a_closed_area_is_made_without_a_purpose_and_no_person_is_on_record(town: Town) -> None:
    area = town.city.first
    new = town.proposed(None, "area_closed", area=area.pk)  # type: ignore[arg-type]  # on an area
    decide(measure=new.public_id, approves=True, **town.acts("lead"))

    order = make_order(purpose="", measure=new.public_id, form="docx", **town.acts("city"))

    assert f"{area.name}各单位、全体居民：" in read_word(order.content)
    assert not AccessRecord.objects.exists()
