"""The questionnaire as an epidemiologist keeps it, answered in pieces; what is told becomes a fact when confirmed."""

import io
import uuid
from datetime import date, timedelta

import openpyxl
import pytest
from docx import Document

from shali.foundation.journal.models import AccessRecord
from shali.foundation.jurisdictions.scope import in_scope
from shali.foundation.tasks.models import Task
from shali.foundation.ui.refusal import WrongInput
from shali.tracing.models import Answer, Case, Stay
from shali.tracing.queries.case import case_record, contacts_of_case
from shali.tracing.queries.forms import answers_of, form_of, missing_questions
from shali.tracing.services.documents import case_report, contact_list
from shali.tracing.services.forms import keep_form, read_xlsform
from shali.tracing.services.history import NotLawful
from shali.tracing.services.investigation import Said, answer, confirm_claims, finish_core
from shali.tracing.services.stays import Told, repeat_day, tell_stay

from .desk import AT, CITY, OTHER, a_case, contacts_of, met, people, ready

pytestmark = pytest.mark.django_db
CORE = {
    "symptoms_any": "yes", "symptoms": "fever cough", "symptoms_since": "2022-08-08", "residence_now": "某街1号",
    "household_size": "3", "occupation": "farmer", "found_by": "mass_test",
}  # fmt: skip


@pytest.fixture
def case() -> Case:
    ready()
    return a_case(people(1)[0])


def core_of(case: Case) -> dict[str, str]:
    """Return an answer to each core question of the form, of the first of its choices where it has some."""
    form = form_of(CITY, case)
    choices = {one.name: [name for name, _label in one.choices] for one in form.questions}
    return {name: value if value.split()[0] in choices[name] or not choices[name] else choices[name][0]
            for name, value in CORE.items()}  # fmt: skip


def test_answers_in_pieces_by_two_investigators_close_the_clock_of_the_core(case: Case) -> None:
    with in_scope(CITY):
        given = core_of(case)
        half = list(given)[:3]
        answer(scope=CITY, case=case.public_id, said=[Said(one, given[one]) for one in half], by=CITY.name, at=AT)
        with pytest.raises(NotLawful):
            finish_core(scope=CITY, case=case.public_id, by=CITY.name, at=AT)
        rest = [Said(one, value) for one, value in given.items() if one not in half]
        answer(scope=OTHER, case=case.public_id, said=rest, by=OTHER.name, at=AT)

        assert missing_questions(CITY, case, core=True) == []
        finish_core(scope=CITY, case=case.public_id, by=CITY.name, at=AT)
        assert Task.objects.get(pk=case.core_task_id).closed_at == AT
        assert {one.by for one in answers_of(CITY, case).values()} == {CITY.name, OTHER.name}


def test_what_somebody_claims_is_no_fact_until_it_is_confirmed(case: Case) -> None:
    with in_scope(CITY):
        said = [Said(one, value, confirmed=False) for one, value in core_of(case).items()]
        answer(scope=CITY, case=case.public_id, said=said, by=CITY.name, at=AT)
        assert {one.name for one in missing_questions(CITY, case, core=True)} == set(CORE)

        confirmed = confirm_claims(scope=CITY, case=case.public_id, questions=list(CORE), by=OTHER.name, at=AT)

        assert confirmed == len(CORE)
        assert missing_questions(CITY, case, core=True) == []


def test_an_answer_is_sealed_and_the_same_entry_counts_once(case: Case) -> None:
    said = Said("residence_now", "某街7号", entry=uuid.uuid4())
    with in_scope(CITY):
        assert answer(scope=CITY, case=case.public_id, said=[said], by=CITY.name, at=AT) == 1
        assert answer(scope=CITY, case=case.public_id, said=[said], by=CITY.name, at=AT) == 0
        assert "某街7号".encode() not in bytes(Answer.objects.get().value_sealed)


@pytest.mark.parametrize(
    ("question", "value"),
    [("household_size", "61"), ("household_size", "many"), ("symptoms_since", "8月8日"), ("symptoms_any", "perhaps"),
     ("no_such_question", "1"), ("residence_now", "")],
)  # fmt: skip
def test_a_wrong_answer_is_refused_by_its_question(case: Case, question: str, value: str) -> None:
    with in_scope(CITY), pytest.raises(WrongInput) as refused:
        answer(scope=CITY, case=case.public_id, said=[Said(question, value)], by=CITY.name, at=AT)

    assert question in refused.value.fields


def told(day: date, hour: int, **how: object) -> Told:
    begin = AT.replace(month=day.month, day=day.day, hour=hour)
    return Told(begin, begin + timedelta(hours=1), **{"place": "某超市", **how})  # type: ignore[arg-type]


def test_like_days_are_repeated_as_told_and_only_once(case: Case) -> None:
    first, others = date(2022, 8, 6), [date(2022, 8, 7), date(2022, 8, 8)]
    with in_scope(CITY):
        for hour in (8, 18):
            tell_stay(scope=CITY, case=case.public_id, told=told(first, hour), by=CITY.name, at=AT, confirmed=True)

        for made in (4, 0):
            again = repeat_day(scope=CITY, case=case.public_id, day=first, on=others, by=CITY.name, at=AT)
            assert len(again) == made

        assert Stay.objects.filter(case=case, confirmed_at=None).count() == 4  # a like day is told, not confirmed


@pytest.mark.parametrize(
    "wrong",
    [{"place": " "}, {"transport": "flight"}, {"transport": "rocket"}, {"ventilation": "gale"},
     {"to_at": AT - timedelta(days=9)}, {"to_at": AT + timedelta(hours=3)}],
)  # fmt: skip
def test_a_stay_that_cannot_be_is_refused(case: Case, wrong: dict[str, object]) -> None:
    good = {"from_at": AT - timedelta(hours=2), "to_at": AT, "place": "某超市"}
    with in_scope(CITY), pytest.raises(WrongInput):
        tell_stay(scope=CITY, case=case.public_id, told=Told(**good | wrong), by=CITY.name, at=AT)  # type: ignore[arg-type]


def workbook(*rows: tuple[str, ...], choices: bool = True) -> bytes:
    book = openpyxl.Workbook()
    survey = book.active
    survey.title = "survey"
    survey.append(("type", "name", "label", "required", "relevant", "constraint"))
    for row in rows:
        survey.append(row)
    if choices:
        listed = book.create_sheet("choices")
        listed.append(("list_name", "name", "label"))
        listed.append(("yes_no", "yes", "有"))
        listed.append(("yes_no", "no", "无"))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


BEGIN, END = ("begin group", "core", "核心"), ("end group", "", "")
ASKED = ("select_one yes_no", "fever", "发热", "yes")


def test_an_epidemiologist_changes_the_questionnaire_and_open_cases_keep_their_answers(case: Case) -> None:
    with in_scope(CITY):
        answer(scope=CITY, case=case.public_id, said=[Said("residence_now", "某街1号")], by=CITY.name, at=AT)
        profile = form_of(CITY, case).profile
        book = workbook(BEGIN, ASKED, ("text", "residence_now", "现住址", "yes"), END)

        kept = keep_form(scope=CITY, profile=profile, content=book, by=CITY.name, at=AT)

        assert keep_form(scope=CITY, profile=profile, content=book, by=CITY.name, at=AT).pk == kept.pk
        assert [one.name for one in form_of(CITY, case).questions] == ["fever", "residence_now"]
        assert [one.name for one in missing_questions(CITY, case, core=True)] == ["fever"]


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ((BEGIN, ("geopoint", "where", "位置", "yes"), END), "where"),
        ((("text", "a", "甲", "yes"),), "core"),
        ((BEGIN, ASKED, ("text", "b", "乙", "", "pulldata('x','y')"), END), "b"),
        ((BEGIN, ASKED, ("integer", "c", "丙", "", "", "regex(., 'x')"), END), "c"),
        ((BEGIN, ("select_one nowhere", "d", "丁", "yes"), END), "xlsform"),
        ((BEGIN, ASKED), "xlsform"),
    ],
)
def test_a_form_that_is_not_understood_is_refused_by_its_question(
    rows: tuple[tuple[str, ...], ...], named: str
) -> None:
    with pytest.raises(WrongInput) as refused:
        read_xlsform(workbook(*rows))

    assert named in refused.value.fields["file"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", "姓名,电话\n".encode()])
def test_what_is_no_workbook_is_refused_with_what_to_do(content: bytes) -> None:
    with pytest.raises(WrongInput):
        read_xlsform(content)


def test_report_and_contact_list_open_as_documents_and_leave_one_record_each(case: Case) -> None:
    with in_scope(CITY):
        contacts_of(case, people(3, start=20), met(date(2022, 8, 9)))
        before = AccessRecord.objects.count()
        report = case_report(scope=CITY, case=case.public_id, by=CITY.name, at=AT)
        listed = contact_list(scope=CITY, case=case.public_id, by=CITY.name, at=AT)

        assert AccessRecord.objects.count() == before + 2
    words = "\n".join(line.text for line in Document(report.content).paragraphs)
    assert "乌有000" in words
    sheet = openpyxl.load_workbook(listed.content).worksheets[0]
    found = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert {"乌有020", "乌有021", "乌有022"} <= set(found)
    for name in (report.file_name, listed.file_name):
        assert "乌有" not in name


def test_the_counts_by_class_are_the_rows_below_them(case: Case) -> None:
    with in_scope(CITY):
        contacts_of(case, people(4, start=30), met(date(2022, 8, 9)))
        contacts_of(case, people(2, start=40), met(date(2022, 8, 9), protection="effective"))

        shown = case_record(CITY, case.public_id, at=AT)

        assert shown.contact_classes == {"close_contact": 4, "general_contact": 2}
        assert len(contacts_of_case(CITY, case.public_id, at=AT)) == 6
