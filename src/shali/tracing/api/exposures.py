from datetime import datetime
from typing import Literal

from ninja import File, Form, Query, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given, Nothing
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.people.api.shown import PersonMasked
from shali.foundation.ui.uploads import uploaded
from shali.tracing.queries import exposures as reads
from shali.tracing.queries.find import find_person
from shali.tracing.services.exposures import (
    Event,
    answer_member,
    ask_again,
    open_exposure,
    settle_member,
)
from shali.tracing.services.persons import Named
from shali.tracing.services.rosters import add_by_hand, add_told, receive_roster

router = Router()


class ExposureOut(Schema):
    """people = was_there + was_not_there + cannot_say + open.

    roster_of: people or visits; visits_outside do not touch the window, of visits_unclear the hour is unreadable.
    """

    public_id: str
    place: str
    unit: str
    unit_en: str
    situation: str
    from_at: datetime
    to_at: datetime
    case: str
    asks_again: str
    batch: str
    roster_of: str
    visits_outside: int
    visits_unclear: int
    due_at: datetime
    closed_at: datetime | None
    people: int
    open: int
    was_there: int
    was_not_there: int
    cannot_say: int
    differs: int


class ExposuresOut(Schema):
    items: list[ExposureOut]


class MemberOut(Schema):
    id: int
    person: PersonMasked | None
    unit: str
    unit_en: str
    task: str
    came_by: str
    answer: str
    answered_at: datetime | None
    first: str
    settled_as: str


class MembersOut(Schema):
    items: list[MemberOut]
    after: str


class Wanted(Given):
    which: Literal["open", "was_there", "was_not_there", "cannot_say", "differs", "all"] = "open"
    after: int = Field(0, ge=0, le=1_000_000)


class EventIn(Given):
    place: str = Field(max_length=80)
    unit: str = Field(max_length=60)
    situation: str = Field(max_length=20)
    from_at: datetime
    to_at: datetime
    case: str = Field("", max_length=12)


class MadeOut(Schema):
    exposure: str


class BatchOut(Schema):
    batch: str


class PersonIn(Given):
    """person: somebody known, by his number here; else he is named."""

    person: str = Field("", max_length=12)
    name: str = Field("", max_length=60)
    document: str = Field("", max_length=40)
    phone: str = Field("", max_length=20)
    address: str = Field("", max_length=200)


class PeopleIn(Given):
    people: list[PersonIn] = Field(min_length=1, max_length=2_000)


class AddedOut(Schema):
    """added: who was not on the roster before."""

    added: int


class AnswerIn(Given):
    answer: Literal["was_there", "was_not_there", "cannot_say"]


class SettleIn(Given):
    settled_as: Literal["first_holds", "second_holds"]


@endpoint(router, "GET", "", Verb.SEE_TRACING, response=ExposuresOut, summary="Exposure events, due first")
def index(request: PostRequest) -> dict[str, object]:
    return {"items": reads.exposures(request.scope)}


@endpoint(router, "POST", "", Verb.INVESTIGATE, response=MadeOut, summary="Open an exposure event")
def new(request: PostRequest, given: EventIn) -> dict[str, str]:
    event = Event(given.place, given.unit, given.situation, given.from_at, given.to_at, given.case)
    made = open_exposure(scope=request.scope, event=event, by=request.scope.name, at=now())
    return {"exposure": made.public_id}


@endpoint(router, "GET", "/{exposure}", Verb.SEE_TRACING, response=ExposureOut, summary="An exposure and its sums")
def one(request: PostRequest, exposure: str) -> reads.ExposureRow:
    return reads.one_exposure(request.scope, exposure)


@endpoint(router, "GET", "/{exposure}/members", Verb.SEE_TRACING, response=MembersOut, summary="An exposure's roster")
def members(request: PostRequest, exposure: str, wanted: Query[Wanted]) -> dict[str, object]:
    reads.one_exposure(request.scope, exposure)
    page = reads.members_page(request.scope, exposure, wanted.which, at=now(), skip=wanted.after)
    return {"items": page.rows, "after": page.next}


@endpoint(router, "POST", "/{exposure}/roster", Verb.INVESTIGATE, response=BatchOut, summary="The roster as a file")
def roster(
    request: PostRequest, exposure: str, file: File[UploadedFile], holds: Form[Literal["people", "visits"]] = "people"
) -> dict[str, str]:
    """holds: people, all of whom are put on the roster; or visits, of which those that touch the window are."""
    upload = uploaded(file)
    batch = receive_roster(
        scope=request.scope,
        exposure=exposure,
        path=upload.path,
        file_name=upload.name,
        holds=holds,
        by=request.scope.name,
        at=now(),
    )
    return {"batch": batch}


@endpoint(router, "POST", "/{exposure}/people", Verb.INVESTIGATE, response=AddedOut, summary="Put people on the roster")
def add(request: PostRequest, exposure: str, given: PeopleIn) -> dict[str, int]:
    at = now()
    lines = [
        find_person(request.scope, one.person, at=at)
        if one.person
        else Named(one.name, one.document, one.phone, one.address)
        for one in given.people
    ]
    added = add_by_hand(scope=request.scope, exposure=exposure, lines=lines, by=request.scope.name, at=at)
    return {"added": added}


@endpoint(
    router,
    "POST",
    "/{exposure}/told",
    Verb.INVESTIGATE,
    response=AddedOut,
    summary="Put its case's contacts on the roster",
)
def told(request: PostRequest, exposure: str, given: Nothing) -> dict[str, int]:
    """Those whom the case met within the window, as it was told or found."""
    return {"added": add_told(scope=request.scope, exposure=exposure, by=request.scope.name, at=now())}


@endpoint(router, "POST", "/{exposure}/again", Verb.INVESTIGATE, response=MadeOut, summary="Freeze and ask again")
def again(request: PostRequest, exposure: str, given: Nothing) -> dict[str, str]:
    made = ask_again(scope=request.scope, exposure=exposure, by=request.scope.name, at=now())
    return {"exposure": made.public_id}


@endpoint(
    router,
    "POST",
    "/members/{member}/answer",
    Verb.INVESTIGATE,
    Verb.FOLLOW_UP,
    Verb.RECORD_FINDINGS,
    response=DoneOut,
    summary="Was somebody there?",
)
def answer(request: PostRequest, member: int, given: AnswerIn) -> DoneOut:
    answer_member(scope=request.scope, member=member, answer=given.answer, by=request.scope.name, at=now())
    return DoneOut()


@endpoint(
    router, "POST", "/members/{member}/settle", Verb.INVESTIGATE, response=DoneOut, summary="Which of two rounds holds"
)
def settle(request: PostRequest, member: int, given: SettleIn) -> DoneOut:
    settle_member(scope=request.scope, member=member, settled_as=given.settled_as, by=request.scope.name, at=now())
    return DoneOut()
