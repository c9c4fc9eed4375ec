from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.people.api.shown import PersonMasked
from shali.verification.queries import look_back as reads
from shali.verification.queries.words import Way
from shali.verification.services.look_back import Said, answer_again, freeze_lists, settle_difference

router = Router()


class RoundOut(Schema):
    """people = closed + open."""

    public_id: str
    lists: list[str]
    frozen_at: datetime
    due_at: datetime
    closed_at: datetime | None
    people: int
    closed: int
    open: int
    differences: int
    settled: int


class RoundsOut(Schema):
    items: list[RoundOut]


class DifferenceOut(Schema):
    public_id: str
    task: str
    person: PersonMasked | None
    unit: str
    unit_en: str
    questionnaire: str
    question: str
    first: str
    second: str
    opened_at: datetime
    settled_as: str
    settled_at: datetime | None


class DifferencesOut(Schema):
    items: list[DifferenceOut]


class Wanted(Given):
    settled: bool = False


class FreezeIn(Given):
    lists: list[Annotated[str, Field(max_length=12)]] = Field(min_length=1, max_length=20)


class FrozenOut(Schema):
    look_back: str


class AskedOut(Schema):
    round: str
    questionnaire: str
    questions: list[str]
    first: dict[str, str]
    second: dict[str, str]


class AnswerIn(Given):
    """entry: the device's own name for this answer; sent again, it is the same answer."""

    entry: UUID
    question: str = Field(max_length=40)
    answer: str = Field(max_length=40)
    way: int = Field(int(Way.PHONE), ge=1, le=6)
    taken_at: datetime
    note: str = Field("", max_length=500)


class RecordedOut(Schema):
    is_new: bool


class SettleIn(Given):
    settled_as: Literal["first_holds", "second_holds", "changed_since"]


@endpoint(router, "GET", "", Verb.SEE_LISTS, response=RoundsOut, summary="Rounds in which everybody is asked again")
def index(request: PostRequest) -> dict[str, list[reads.RoundRow]]:
    return {"items": reads.rounds(request.scope)}


@endpoint(router, "POST", "", Verb.RECEIVE_LISTS, response=FrozenOut, summary="Freeze finished lists and ask again")
def freeze(request: PostRequest, given: FreezeIn) -> dict[str, str]:
    made = freeze_lists(scope=request.scope, lists=given.lists, unit="", by=request.scope.name, at=now())
    return {"look_back": made.public_id}


@endpoint(router, "GET", "/tasks/{task}", Verb.RECORD_FINDINGS, response=AskedOut, summary="What a task asks again")
def asked(request: PostRequest, task: str) -> reads.Asked:
    return reads.asked_of(request.scope, task)


@endpoint(
    router, "POST", "/tasks/{task}/answer", Verb.RECORD_FINDINGS, response=RecordedOut, summary="An answer given again"
)
def answer(request: PostRequest, task: str, given: AnswerIn) -> dict[str, bool]:
    said = Said(given.entry, given.question, given.answer, Way(given.way), given.taken_at, given.note)
    done = answer_again(scope=request.scope, task=task, said=said, by=request.scope.name, at=now())
    return {"is_new": done.is_new}


@endpoint(
    router,
    "POST",
    "/differences/{difference}/settle",
    Verb.DECIDE_NEVER_FOUND,
    response=DoneOut,
    summary="Say which answer holds",
)
def settle(request: PostRequest, difference: str, given: SettleIn) -> DoneOut:
    settle_difference(
        scope=request.scope, difference=difference, settled_as=given.settled_as, by=request.scope.name, at=now()
    )
    return DoneOut()


@endpoint(router, "GET", "/{look_back}", Verb.SEE_LISTS, response=RoundOut, summary="A round and its sums")
def one(request: PostRequest, look_back: str) -> reads.RoundRow:
    return reads.one_round(request.scope, look_back)


@endpoint(
    router, "GET", "/{look_back}/differences", Verb.SEE_LISTS, response=DifferencesOut, summary="Where answers differ"
)
def differences(request: PostRequest, look_back: str, wanted: Query[Wanted]) -> dict[str, list[reads.DifferenceRow]]:
    return {"items": reads.differences(request.scope, look_back, at=now(), settled=wanted.settled)}
