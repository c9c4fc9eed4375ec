from datetime import datetime
from typing import Any, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import Given, Nothing
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.intake.queries.batches import ReviewRow, reviews
from shali.foundation.intake.queries.pair import Beside, pair
from shali.foundation.intake.queries.words import ReviewState
from shali.foundation.intake.services import review as deciding
from shali.foundation.people.api.shown import PersonMasked
from shali.foundation.ui.refusal import WrongInput

router = Router()


class ReviewOut(Schema):
    public_id: str
    state: int
    due_at: datetime
    opened_at: datetime
    person: PersonMasked | None
    candidates: int
    why: list[str]
    sender: str
    row_no: int
    batch: str


class ReviewsOut(Schema):
    items: list[ReviewOut]


class LineOut(Schema):
    """left, right: pieces of masked text, and whether they differ."""

    field: str
    left: list[tuple[str, bool]]
    right: list[tuple[str, bool]]
    verdict: str


class CandidateOut(Schema):
    public_id: str
    reasons: list[str]
    lines: list[LineOut]


class PairOut(Schema):
    review: str
    state: str
    reasons: list[str]
    candidates: list[CandidateOut]


class DecisionIn(Given):
    """candidate: the public id of the one it is, with `same`."""

    answer: Literal["same", "different", "ask"]
    candidate: str = Field("", max_length=12)


class DecidedOut(Schema):
    review: str
    state: str


class Wanted(Given):
    decided: bool = False


@endpoint(router, "GET", "", Verb.REVIEW_IDENTITY, response=ReviewsOut, summary="Rows that wait for a decision")
def index(request: PostRequest, wanted: Query[Wanted]) -> dict[str, list[ReviewRow]]:
    return {"items": reviews(request.scope, at=now(), decided=wanted.decided)}


@endpoint(router, "GET", "/{review}", Verb.REVIEW_IDENTITY, response=PairOut, summary="A row beside whom it may be")
def one(request: PostRequest, review: str) -> dict[str, Any]:
    found = pair(request.scope, review, at=now())
    return {
        "review": found.review.public_id,
        "state": ReviewState(found.review.state).name.lower(),
        "reasons": list(found.reasons),
        "candidates": list(found.candidates),
    }


@endpoint(router, "POST", "/{review}/decide", Verb.REVIEW_IDENTITY, response=DecidedOut, summary="Same, different, ask")
def decide(request: PostRequest, review: str, given: DecisionIn) -> dict[str, str]:
    at, by, scope = now(), request.scope.name, request.scope
    if given.answer == "same":
        person = _chosen(list(pair(scope, review, at=at).candidates), given.candidate)
        deciding.decide_same(scope=scope, review=review, person=person, by=by, at=at)
    elif given.answer == "different":
        deciding.decide_different(scope=scope, review=review, by=by, at=at)
    else:
        deciding.ask_for_more(scope=scope, review=review, by=by, at=at)
    return _stands(request, review)


@endpoint(router, "POST", "/{review}/undo", Verb.REVIEW_IDENTITY, response=DecidedOut, summary="Undo a decision")
def undo(request: PostRequest, review: str, given: Nothing) -> dict[str, str]:
    deciding.undo_review(scope=request.scope, review=review, by=request.scope.name, at=now())
    return _stands(request, review)


def _chosen(candidates: list[Beside], public_id: str) -> int:
    found = next((one.person for one in candidates if one.public_id == public_id), None)
    if found is None:
        raise WrongInput("Name one of the review's candidates.")
    return found


def _stands(request: PostRequest, review: str) -> dict[str, str]:
    state = pair(request.scope, review, at=now()).review.state
    return {"review": review, "state": ReviewState(state).name.lower()}
