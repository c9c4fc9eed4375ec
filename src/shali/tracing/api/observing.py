from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given, keep_no_answer
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.tracing.queries.contact import Observed
from shali.tracing.rules import Seen
from shali.tracing.services import observing, releasing
from shali.tracing.services.health import read_health

router = Router()


class PlaceIn(Given):
    kind: Literal["site", "home", "hospital", "elsewhere"]
    place: str = Field("", max_length=80)


class MovedIn(Given):
    moved_at: datetime


class DayIn(Given):
    """status: 1 well, 2 unwell, 3 not reached."""

    entry: UUID
    on: date
    status: int = Field(ge=1, le=3)
    temperature: str = Field("", max_length=5)
    symptoms: list[str] = Field(default_factory=list, max_length=10)


class TestIn(Given):
    on: date
    negative: bool | None = None


class EndIn(Given):
    how: Literal["release", "lost"]


class HealthOut(Schema):
    """status: 1 well, 2 unwell, 3 not reached, 4 not attempted. by: a post, or "self:…" for the person himself."""

    on: date
    at: datetime
    status: int
    temperature: str
    symptoms: list[str]
    by: str


class HealthsOut(Schema):
    items: list[HealthOut]


class ReleaseIn(Given):
    contacts: list[str] = Field(min_length=1, max_length=10_000)


class ReleasedOut(Schema):
    """gaps: how often each condition did not hold among those left out."""

    released: int
    left_out: int
    gaps: dict[str, int]


class LinkOut(Schema):
    path: str


@endpoint(router, "POST", "/{contact}/place", Verb.FOLLOW_UP, response=DoneOut, summary="Where a contact will stay")
def place(request: PostRequest, contact: str, given: PlaceIn) -> DoneOut:
    observing.set_place(
        scope=request.scope, contact=contact, kind=given.kind, place=given.place, by=request.scope.name, at=now()
    )
    return DoneOut()


@endpoint(router, "POST", "/{contact}/moved", Verb.FOLLOW_UP, response=DoneOut, summary="A contact is where he stays")
def moved(request: PostRequest, contact: str, given: MovedIn) -> DoneOut:
    observing.note_moved(scope=request.scope, contact=contact, moved_at=given.moved_at, by=request.scope.name, at=now())
    return DoneOut()


@endpoint(router, "POST", "/{contact}/days", Verb.FOLLOW_UP, response=DoneOut, summary="What a day brought")
def day(request: PostRequest, contact: str, given: DayIn) -> DoneOut:
    told = observing.Told(Seen(given.status), given.temperature, tuple(given.symptoms), given.entry)
    observing.observe(scope=request.scope, contact=contact, on=given.on, told=told, by=request.scope.name, at=now())
    return DoneOut()


@endpoint(router, "GET", "/{contact}/days", Verb.FOLLOW_UP, response=HealthsOut, summary="What was entered, in plain")
def days(request: PostRequest, contact: str) -> dict[str, Sequence[Observed]]:
    """Each look is on record."""
    keep_no_answer(request)
    return {"items": read_health(scope=request.scope, contact=contact, at=now())}


@endpoint(router, "POST", "/{contact}/tests", Verb.FOLLOW_UP, response=DoneOut, summary="A day's test")
def test(request: PostRequest, contact: str, given: TestIn) -> DoneOut:
    observing.note_test(
        scope=request.scope, contact=contact, on=given.on, negative=given.negative, by=request.scope.name, at=now()
    )
    return DoneOut()


@endpoint(router, "POST", "/{contact}/end", Verb.FOLLOW_UP, response=DoneOut, summary="Release a contact, or lose him")
def end(request: PostRequest, contact: str, given: EndIn) -> DoneOut:
    step = releasing.release if given.how == "release" else releasing.end_as_lost
    step(scope=request.scope, contact=contact, by=request.scope.name, at=now())
    return DoneOut()


@endpoint(router, "POST", "/release", Verb.FOLLOW_UP, response=ReleasedOut, summary="Release whoever may be released")
def release_many(request: PostRequest, given: ReleaseIn) -> releasing.ReleasedMany:
    return releasing.release_many(scope=request.scope, contacts=given.contacts, by=request.scope.name, at=now())


@endpoint(router, "POST", "/{contact}/link", Verb.FOLLOW_UP, response=LinkOut, summary="A link for the person himself")
def link(request: PostRequest, contact: str) -> dict[str, str]:
    keep_no_answer(request)
    secret = observing.make_self_link(scope=request.scope, contact=contact, by=request.scope.name, at=now())
    return {"path": f"/tracing/oneself/{secret}/"}
