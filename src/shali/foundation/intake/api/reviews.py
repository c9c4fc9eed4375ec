from datetime import datetime
from typing import Any, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import Given, Nothing
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.intake.queries.batches import reviews
from shali.foundation.intake.queries.pair import Beside, pair
from shali.foundation.intake.queries.words import ReviewState
from shali.foundation.intake.services import review as deciding
from shali.foundation.intake.services.hand_out import next_review
from shali.foundation.people.api.shown import PersonMasked
from shali.foundation.ui.refusal import WrongInput

router = Router()


class ReviewOut(Schema):
    """found: code of what was seen in person, empty while nobody looked; held_until: some desk has it so long."""

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
    found: str
    held_until: datetime | None


class ReviewsOut(Schema):
    """total: null beyond 10,000; after: hand it back as `after` for the following page, empty at the end."""

    items: list[ReviewOut]
    total: int | None
    after: str


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


class SeenOut(Schema):
    """fits_row: the number seen is the row's; null where one of them has none."""

    found: str
    at: datetime
    by: str
    fits_row: bool | None


class PairOut(Schema):
    """seen: what came of looking at the document in person; its number is each candidate's line "seen"."""

    review: str
    state: str
    reasons: list[str]
    seen: SeenOut | None
    candidates: list[CandidateOut]


class DecisionIn(Given):
    """candidate: the public id of the one it is, with `same`."""

    answer: Literal["same", "different", "ask"]
    candidate: str = Field("", max_length=12)


class DecidedOut(Schema):
    review: str
    state: str


class NextIn(Given):
    """leave: a question that is let go undecided."""

    leave: str = Field("", max_length=12)


class NextOut(Schema):
    """review: empty where none is open, or other desks have them all."""

    review: str


class Wanted(Given):
    decided: bool = False
    after: str = Field("", max_length=200)


@endpoint(router, "GET", "", Verb.REVIEW_IDENTITY, response=ReviewsOut, summary="Rows that wait for a decision")
def index(request: PostRequest, wanted: Query[Wanted]) -> dict[str, object]:
    page = reviews(request.scope, at=now(), decided=wanted.decided, after=wanted.after)
    return {"items": page.rows, "total": page.total, "after": page.next}


@endpoint(router, "POST", "/next", Verb.REVIEW_IDENTITY, response=NextOut, summary="Be handed the next question")
def following(request: PostRequest, given: NextIn) -> dict[str, str]:
    return {"review": next_review(scope=request.scope, by=request.scope.name, at=now(), leave=given.leave)}


@endpoint(router, "GET", "/{review}", Verb.REVIEW_IDENTITY, response=PairOut, summary="A row beside whom it may be")
def one(request: PostRequest, review: str) -> dict[str, Any]:
    found = pair(request.scope, review, at=now())
    return {
        "review": found.review.public_id,
        "state": ReviewState(found.review.state).name.lower(),
        "reasons": list(found.reasons),
        "seen": found.seen,
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
