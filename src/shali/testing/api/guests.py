from datetime import datetime
from typing import Literal

from ninja import Query, Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.people.api.shown import PersonMasked
from shali.testing.queries.guests import guests_counted, guests_page
from shali.testing.services.guests import settle_guest, undo_guest

router = Router()


class CandidateOut(Schema):
    """A line of the roster that may be the guest's. reasons: codes of what speaks for it and against it."""

    line: int
    person: PersonMasked | None
    unit: str
    unit_en: str
    standing: int
    reasons: list[str]


class GuestOut(Schema):
    line: int
    person: PersonMasked | None
    unit: str
    unit_en: str
    sampled_at: datetime | None
    candidates: list[CandidateOut]
    answered_at: datetime | None
    same_as: PersonMasked | None


class GuestsOut(Schema):
    """counts: open, same, other, each up to 10,001; after: hand it back as `after`, empty at the end."""

    items: list[GuestOut]
    counts: dict[str, int]
    total: int | None
    after: str


class GuestsWanted(Given):
    which: Literal["open", "same", "other"] = "open"
    after: int = Field(0, ge=0, le=2**53)


class GuestIn(Given):
    guest: int = Field(ge=1, le=2**53)


class AnswerIn(Given):
    """guest: his line; same_as: the line of the roster that is his, one of his candidates; null: nobody of it."""

    guest: int = Field(ge=1, le=2**53)
    same_as: int | None = Field(None, ge=1, le=2**53)


@endpoint(
    router, "GET", "/{testing_round}/guests", Verb.SETTLE_TESTING, response=GuestsOut, summary="Guests of a round"
)
def index(request: PostRequest, testing_round: str, wanted: Query[GuestsWanted]) -> dict[str, object]:
    page = guests_page(request.scope, testing_round, wanted.which, at=now(), after=wanted.after)
    counts = guests_counted(request.scope, testing_round)
    return {"items": page.rows, "counts": counts, "total": page.total, "after": page.next}


@endpoint(router, "POST", "/{testing_round}/guests/settle", Verb.SETTLE_TESTING, response=DoneOut, summary="Who he is")
def settle(request: PostRequest, testing_round: str, given: AnswerIn) -> DoneOut:
    settle_guest(scope=request.scope, made=testing_round, by=request.scope.name, at=now(), **given.model_dump())
    return DoneOut()


@endpoint(router, "POST", "/{testing_round}/guests/undo", Verb.SETTLE_TESTING, response=DoneOut, summary="Take it back")
def undo(request: PostRequest, testing_round: str, given: GuestIn) -> DoneOut:
    undo_guest(scope=request.scope, made=testing_round, guest=given.guest, by=request.scope.name, at=now())
    return DoneOut()
