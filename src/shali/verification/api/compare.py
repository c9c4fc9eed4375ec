from datetime import date, datetime
from typing import Annotated

from django.http import FileResponse
from ninja import Query, Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import Given
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.people.api.shown import PersonMasked
from shali.verification.queries import compare as reads
from shali.verification.services.comparison import comparison_workbook
from shali.verification.services.withdraw import withdraw_gone

router = Router()
Number = Annotated[str, Field(max_length=12)]


class Chosen(Given):
    list: Annotated[list[Number], Field(min_length=2, max_length=10)]


class WantedPage(Chosen):
    """which: on all lists, on some, contradicting, or only on the first, second … (only1, only2 …)."""

    which: str = Field("all", pattern="^(all|some|contradicting|only[1-9])$")
    after: int = Field(0, ge=0, le=2**63 - 1)


class ComparedListOut(Schema):
    public_id: str
    sender: str
    day: date
    handed_over_at: datetime
    number: int
    people: int
    only_here: int


class ComparisonOut(Schema):
    lists: list[ComparedListOut]
    people: int
    on_all: int
    on_some: int
    contradicting: int
    corrects: bool


class ComparedPersonOut(Schema):
    """on: whether he is on each of the lists; says: in what they contradict each other."""

    person: PersonMasked | None
    on: list[bool]
    task: str
    state: str
    due_at: datetime
    unit: str
    unit_en: str
    says: list[tuple[str, list[str]]]


class ComparedPageOut(Schema):
    items: list[ComparedPersonOut]
    total: int | None
    after: str


class ChosenIn(Given):
    lists: list[Number] = Field(min_length=2, max_length=10)


class CountIn(Given):
    """count: for how many the question is taken back; another number than ours is refused."""

    count: int = Field(ge=0, le=10_000_000)


class WithdrawnOut(Schema):
    count: int


@endpoint(router, "GET", "", Verb.SEE_LISTS, response=ComparisonOut, summary="Lists beside each other, in sums")
def beside(request: PostRequest, wanted: Query[Chosen]) -> reads.Comparison:
    return reads.comparison(request.scope, wanted.list)


@endpoint(router, "GET", "/people", Verb.SEE_LISTS, response=ComparedPageOut, summary="Their people, beside each other")
def people(request: PostRequest, wanted: Query[WantedPage]) -> dict[str, object]:
    page = reads.compared_page(request.scope, wanted.list, which=wanted.which, at=now(), after=wanted.after)
    return {"items": page.rows, "total": page.total, "after": page.next}


@endpoint(router, "POST", "/workbook", Verb.REPLY_TO_LISTS, response={200: None}, summary="The comparison as an xlsx")
def workbook(request: PostRequest, given: ChosenIn) -> FileResponse:
    """An xlsx. It leaves the house: each call is recorded as an export."""
    made = comparison_workbook(scope=request.scope, lists=given.lists, by=request.scope.name, at=now())
    return FileResponse(made.content, as_attachment=True, filename=made.file_name, content_type=made.content_type)


@endpoint(
    router,
    "POST",
    "/{pushed_list}/gone",
    Verb.UNDO_LISTS,
    response=WithdrawnOut,
    summary="Take back the question for those whom a corrected list names no more",
)
def withdraw(request: PostRequest, pushed_list: str, given: CountIn) -> dict[str, int]:
    count = withdraw_gone(
        scope=request.scope, correction=pushed_list, count=given.count, by=request.scope.name, at=now()
    )
    return {"count": count}
