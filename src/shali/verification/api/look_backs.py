from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.people.api.shown import PersonMasked
from shali.foundation.ui.refusal import WrongInput
from shali.verification.queries import look_back as reads
from shali.verification.queries.cohort import Cohort, cohort_checks, cohort_lists
from shali.verification.queries.words import Way
from shali.verification.services.freeze import freeze_cohort
from shali.verification.services.look_back import Said, answer_again, settle_difference

router = Router()


class RoundOut(Schema):
    """people = closed + open. chosen: by what beside named lists: unit, channel, since, until, fact, answer."""

    public_id: str
    lists: list[str]
    chosen: dict[str, str | int]
    frozen_at: datetime
    due_at: datetime
    closed_at: datetime | None
    people: int
    closed: int
    open: int
    differences: int
    settled: int


class RoundsOut(Schema):
    """total: null beyond 10,000; after: hand it back as `after` for the following page, empty at the end."""

    items: list[RoundOut]
    total: int | None
    after: str


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
    """total: null beyond 10,000; after: hand it back as `after` for the following page, empty at the end."""

    items: list[DifferenceOut]
    total: int | None
    after: str


class Wanted(Given):
    settled: bool = False
    after: str = Field("", max_length=200)


class RoundsWanted(Given):
    closed: bool = False
    after: str = Field("", max_length=200)


class CohortIn(Given):
    """Who is meant; every part that is given narrows it. Without named lists, those of a channel and of days."""

    lists: list[Annotated[str, Field(max_length=12)]] = Field([], max_length=200)
    unit: str = Field("", max_length=60)
    channel: int = Field(0, ge=0, le=9)
    since: date | None = None
    until: date | None = None
    fact: int = Field(0, ge=0, le=4)
    answer: str = Field("", max_length=40)


class CohortOut(Schema):
    """people: whom a round would ask; send the number back to freeze them."""

    people: int
    lists: list[str]


class FreezeIn(CohortIn):
    """people: as counted before; needed wherever more is chosen by than named lists."""

    people: int | None = Field(None, ge=0)


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
def index(request: PostRequest, wanted: Query[RoundsWanted]) -> dict[str, object]:
    page = reads.rounds(request.scope, closed=wanted.closed, after=wanted.after)
    return {"items": page.rows, "total": page.total, "after": page.next}


@endpoint(router, "POST", "", Verb.RECEIVE_LISTS, response=FrozenOut, summary="Freeze finished lists and ask again")
def freeze(request: PostRequest, given: FreezeIn) -> dict[str, str]:
    cohort = _cohort(given)
    if given.people is None and cohort != Cohort(lists=cohort.lists):
        raise WrongInput(_("Count first, and say how many people are meant."))
    if given.people is None and not cohort.lists:
        raise WrongInput(_("Name at least one list, or say whom you mean and how many."))
    made = freeze_cohort(scope=request.scope, cohort=cohort, people=given.people, by=request.scope.name, at=now())
    return {"look_back": made.public_id}


@endpoint(router, "GET", "/cohort", Verb.RECEIVE_LISTS, response=CohortOut, summary="Count whom a round would ask")
def cohort(request: PostRequest, given: Query[CohortIn]) -> dict[str, object]:
    meant = _cohort(given)
    lists = cohort_lists(request.scope, meant)
    people = cohort_checks(request.scope, meant, lists, at=now()).count()
    return {"people": people, "lists": [one.public_id for one in lists]}


def _cohort(given: CohortIn) -> Cohort:
    said = given.dict(exclude={"people", "lists"})
    return Cohort(lists=tuple(given.lists), **said)


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
def differences(request: PostRequest, look_back: str, wanted: Query[Wanted]) -> dict[str, object]:
    page = reads.differences(request.scope, look_back, at=now(), settled=wanted.settled, after=wanted.after)
    return {"items": page.rows, "total": page.total, "after": page.next}
