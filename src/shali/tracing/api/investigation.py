from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.http import FileResponse
from ninja import Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given, Nothing, keep_no_answer
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.journal.access import record_access
from shali.tracing.queries.case import StayRow, case_record, stays_of
from shali.tracing.queries.find import case_in_scope
from shali.tracing.queries.forms import answers_of, asked_now, form_of
from shali.tracing.services.documents import case_report, contact_list
from shali.tracing.services.investigation import Said, confirm_claims
from shali.tracing.services.investigation import answer as answer_questions
from shali.tracing.services.stays import Told, confirm_stay, repeat_day, tell_stay, withdraw_stay

router = Router()


class AskedOut(Schema):
    """value: as it stands; "" where it is open. confirmed: an investigator vouches for it."""

    name: str
    label: str
    kind: str
    group: str
    required: bool
    choices: list[tuple[str, str]]
    value: str
    confirmed: bool


class QuestionsOut(Schema):
    version: int
    items: list[AskedOut]


class SaidIn(Given):
    """entry: the device's own name for the answer; sent again, it is the same answer."""

    entry: UUID
    question: str = Field(max_length=60)
    value: str = Field(max_length=2_000)
    confirmed: bool = True


class AnswersIn(Given):
    answers: list[SaidIn] = Field(min_length=1, max_length=200)


class ConfirmIn(Given):
    questions: list[str] = Field(min_length=1, max_length=200)


class CountOut(Schema):
    count: int


class StayOut(Schema):
    public_id: str
    from_at: datetime
    to_at: datetime
    place: str
    vehicle: str
    transport: str
    mask: bool | None
    ventilation: str
    people: int | None
    confirmed_at: datetime | None
    withdrawn_at: datetime | None
    is_infectious: bool


class StaysOut(Schema):
    items: list[StayOut]


class StayIn(Given):
    entry: UUID
    from_at: datetime
    to_at: datetime
    place: str = Field(max_length=200)
    transport: str = Field("", max_length=12)
    vehicle: str = Field("", max_length=60)
    mask: bool | None = None
    ventilation: Literal["", "outdoors", "open", "closed"] = ""
    people: int | None = Field(None, ge=0, le=100_000)
    confirmed: bool = False


class StayMadeOut(Schema):
    stay: str


class RepeatIn(Given):
    day: date
    on: list[date] = Field(min_length=1, max_length=14)


@endpoint(
    router, "GET", "/{case}/questions", Verb.INVESTIGATE, response=QuestionsOut, summary="What is asked, and answered"
)
def questions(request: PostRequest, case: str) -> dict[str, object]:
    """Each look is on record."""
    keep_no_answer(request)
    with transaction.atomic():
        row = case_in_scope(request.scope, case)
        form = form_of(request.scope, row)
        answers = answers_of(request.scope, row, form)
        _record(request, row.person_id, "answers")
    items = [
        {
            "name": one.name,
            "label": one.label,
            "kind": one.kind,
            "group": one.asked.group,
            "required": one.asked.required,
            "choices": one.choices,
            "value": answers[one.name].value if one.name in answers else "",
            "confirmed": one.name in answers and answers[one.name].confirmed,
        }
        for one in asked_now(request.scope, form, answers)
    ]
    return {"version": form.version, "items": items}


@endpoint(router, "POST", "/{case}/questions", Verb.INVESTIGATE, response=CountOut, summary="Answer questions")
def answers(request: PostRequest, case: str, given: AnswersIn) -> dict[str, int]:
    said = [Said(one.question, one.value, one.confirmed, one.entry) for one in given.answers]
    count = answer_questions(scope=request.scope, case=case, said=said, by=request.scope.name, at=now())
    return {"count": count}


@endpoint(
    router, "POST", "/{case}/questions/confirm", Verb.INVESTIGATE, response=CountOut, summary="Confirm what was claimed"
)
def confirm(request: PostRequest, case: str, given: ConfirmIn) -> dict[str, int]:
    count = confirm_claims(scope=request.scope, case=case, questions=given.questions, by=request.scope.name, at=now())
    return {"count": count}


@endpoint(router, "GET", "/{case}/stays", Verb.INVESTIGATE, response=StaysOut, summary="Where a case was")
def stays(request: PostRequest, case: str) -> dict[str, list[StayRow]]:
    """Each look is on record."""
    keep_no_answer(request)
    at = now()
    with transaction.atomic():
        found = stays_of(request.scope, case, at=at)
        record = case_record(request.scope, case, at=at)
        _record(request, record.id, "stays", kind="case")
    return {"items": found}


def _record(request: PostRequest, subject: int, field: str, *, kind: str = "person") -> None:
    record_access(
        scope=request.scope,
        act="investigate",
        purpose="investigation",
        subject_kind=kind,
        subject=subject,
        fields=[field],
        at=now(),
    )


@endpoint(router, "POST", "/{case}/stays", Verb.INVESTIGATE, response=StayMadeOut, summary="Tell a stay")
def tell(request: PostRequest, case: str, given: StayIn) -> dict[str, str]:
    told = Told(
        from_at=given.from_at,
        to_at=given.to_at,
        place=given.place,
        transport=given.transport,
        vehicle=given.vehicle,
        mask=given.mask,
        ventilation=given.ventilation,
        people=given.people,
        entry=given.entry,
    )
    made = tell_stay(
        scope=request.scope, case=case, told=told, by=request.scope.name, at=now(), confirmed=given.confirmed
    )
    return {"stay": made.public_id}


@endpoint(router, "POST", "/{case}/stays/repeat", Verb.INVESTIGATE, response=CountOut, summary="Copy a day as told")
def repeat(request: PostRequest, case: str, given: RepeatIn) -> dict[str, int]:
    made = repeat_day(scope=request.scope, case=case, day=given.day, on=given.on, by=request.scope.name, at=now())
    return {"count": len(made)}


@endpoint(router, "POST", "/stays/{stay}/confirm", Verb.INVESTIGATE, response=DoneOut, summary="Confirm a stay")
def confirm_one(request: PostRequest, stay: str, given: Nothing) -> DoneOut:
    confirm_stay(scope=request.scope, stay=stay, by=request.scope.name, at=now())
    return DoneOut()


@endpoint(router, "POST", "/stays/{stay}/withdraw", Verb.INVESTIGATE, response=DoneOut, summary="Take a stay back")
def withdraw_one(request: PostRequest, stay: str, given: Nothing) -> DoneOut:
    withdraw_stay(scope=request.scope, stay=stay, by=request.scope.name, at=now())
    return DoneOut()


@endpoint(router, "GET", "/{case}/report", Verb.INVESTIGATE, response={200: None}, summary="The report as Word")
def report(request: PostRequest, case: str) -> FileResponse:
    """It names people in full: each call is recorded as an export."""
    keep_no_answer(request)
    made = case_report(scope=request.scope, case=case, by=request.scope.name, at=now())
    return FileResponse(made.content, as_attachment=True, filename=made.file_name)


@endpoint(router, "GET", "/{case}/contact-list", Verb.INVESTIGATE, response={200: None}, summary="Contacts as xlsx")
def list_of_contacts(request: PostRequest, case: str) -> FileResponse:
    """It names people in full: each call is recorded as an export."""
    keep_no_answer(request)
    made = contact_list(scope=request.scope, case=case, by=request.scope.name, at=now())
    return FileResponse(made.content, as_attachment=True, filename=made.file_name)
