from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.tracing.queries.find import find_person
from shali.tracing.services.contacts import (
    Entered,
    Line,
    Meeting,
    confirm_relationship,
    enter_contacts,
    enter_second_ring,
    take_over_household,
    withdraw_relationship,
)
from shali.tracing.services.persons import Named

router = Router()


class MeetingIn(Given):
    """entry: the device's own name for the line; sent again, it is the same line."""

    entry: UUID
    first_at: datetime
    last_at: datetime
    situation: str = Field(max_length=20)
    protection: str = Field("none", max_length=10)
    certainty: str = Field("probable", max_length=10)
    place: str = Field("", max_length=200)


class LineIn(MeetingIn):
    """person: somebody known, by his number here; else he is named."""

    person: str = Field("", max_length=12)
    name: str = Field("", max_length=60)
    document: str = Field("", max_length=40)
    phone: str = Field("", max_length=20)
    address: str = Field("", max_length=200)


class LinesIn(Given):
    lines: list[LineIn] = Field(min_length=1, max_length=2_000)


class EnteredOut(Schema):
    contact: str
    is_new: bool


class AllEnteredOut(Schema):
    items: list[EnteredOut]


class RelationshipIn(Given):
    certainty: Literal["claimed", "probable", "confirmed"]


class WithdrawIn(Given):
    why: Literal["entered_by_mistake", "was_not_there", "other_person", "told_wrongly"]


@endpoint(router, "POST", "/of-case/{case}", Verb.INVESTIGATE, response=AllEnteredOut, summary="Enter whom a case met")
def enter(request: PostRequest, case: str, given: LinesIn) -> dict[str, list[Entered]]:
    done = enter_contacts(scope=request.scope, case=case, lines=_lines(request, given), by=request.scope.name, at=now())
    return {"items": done}


@endpoint(
    router,
    "POST",
    "/of-case/{case}/household",
    Verb.INVESTIGATE,
    response=AllEnteredOut,
    summary="Enter everybody behind a case's door",
)
def household(request: PostRequest, case: str, given: MeetingIn) -> dict[str, list[Entered]]:
    done = take_over_household(scope=request.scope, case=case, meeting=_meeting(given), by=request.scope.name, at=now())
    return {"items": done}


@endpoint(
    router, "POST", "/{contact}/second-ring", Verb.INVESTIGATE, response=AllEnteredOut, summary="Whom a contact met"
)
def second_ring(request: PostRequest, contact: str, given: LinesIn) -> dict[str, list[Entered]]:
    done = enter_second_ring(
        scope=request.scope, contact=contact, lines=_lines(request, given), by=request.scope.name, at=now()
    )
    return {"items": done}


def _lines(request: PostRequest, given: LinesIn) -> list[Line]:
    return [
        Line(
            find_person(request.scope, one.person, at=now())
            if one.person
            else Named(one.name, one.document, one.phone, one.address),
            _meeting(one),
        )
        for one in given.lines
    ]


def _meeting(one: MeetingIn) -> Meeting:
    return Meeting(one.first_at, one.last_at, one.situation, one.protection, one.certainty, one.place, one.entry)


@endpoint(
    router,
    "POST",
    "/relationships/{relationship}/certainty",
    Verb.INVESTIGATE,
    response=DoneOut,
    summary="How sure a relationship is",
)
def certainty(request: PostRequest, relationship: str, given: RelationshipIn) -> DoneOut:
    confirm_relationship(
        scope=request.scope,
        relationship=relationship,
        certainty=given.certainty,
        by=request.scope.name,
        at=now(),
    )
    return DoneOut()


@endpoint(
    router,
    "POST",
    "/relationships/{relationship}/withdraw",
    Verb.INVESTIGATE,
    response=DoneOut,
    summary="Take a relationship back",
)
def withdraw(request: PostRequest, relationship: str, given: WithdrawIn) -> DoneOut:
    withdraw_relationship(
        scope=request.scope, relationship=relationship, why=given.why, by=request.scope.name, at=now()
    )
    return DoneOut()
