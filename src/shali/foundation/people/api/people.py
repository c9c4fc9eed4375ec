from datetime import datetime
from typing import Literal

from ninja import Query, Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import Given, Nothing, keep_no_answer
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.people.api.shown import PersonMasked
from shali.foundation.people.queries.masked import Masked
from shali.foundation.people.queries.merges import MergeRow, merges
from shali.foundation.people.queries.record import PersonRecord, person_record
from shali.foundation.people.services import merge as merging
from shali.foundation.people.services.find import find_by_number
from shali.foundation.people.services.reveal import looks_left, reveal

router = Router()


class NumberIn(Given):
    number: str = Field(min_length=1, max_length=60)


class PeopleOut(Schema):
    items: list[PersonMasked]


class KnownOut(Schema):
    """text: masked."""

    kind: int
    text: str
    whole: bool
    source: str
    seen_at: datetime
    ended_at: datetime | None


class PersonOut(Schema):
    """kept: the record that this one was folded into; joined: those that were folded into it."""

    public_id: str
    masked: PersonMasked
    birth_year: str
    unit: str
    unit_en: str
    path: str
    source: str
    enrolled_at: datetime
    documents: list[KnownOut]
    phones: list[KnownOut]
    addresses: list[KnownOut]
    household: int
    kept: str
    joined: list[str]


class RevealIn(Given):
    """Each call is recorded, and counted against the day's budget of the post. task: what the look is for."""

    fields_wanted: list[str] = Field(min_length=1, max_length=10)
    purpose: str = Field(min_length=1, max_length=40)
    reason: str = Field("", max_length=200)
    task: str = Field("", max_length=12)


class RevealedOut(Schema):
    """hide_at: from when on it may be shown no more; left: looks left today."""

    person: str
    values: dict[str, list[str]]
    hide_at: datetime
    left: int


class MergeOut(Schema):
    public_id: str
    kept: PersonMasked | None
    lost: PersonMasked | None
    state: int
    reason: str
    proposed_at: datetime
    decided_at: datetime | None
    is_own: bool


class MergesOut(Schema):
    items: list[MergeOut]


class ProposeIn(Given):
    other: str = Field(min_length=1, max_length=12)
    reason: Literal["same_document", "same_telephone_and_name", "said_so", "review"]


class DecideIn(Given):
    answer: Literal["agree", "refuse"]


class MergeStateOut(Schema):
    merge: str
    state: int


@endpoint(router, "POST", "/search", Verb.REVEAL, response=PeopleOut, summary="Find people by a number")
def search(request: PostRequest, given: NumberIn) -> dict[str, list[Masked]]:
    """The number stands in the body, and never in an address; each search is recorded."""
    keep_no_answer(request)
    return {"items": find_by_number(scope=request.scope, number=given.number, at=now())}


@endpoint(
    router, "GET", "/merges", Verb.PROPOSE_MERGE, Verb.DECIDE_MERGE, response=MergesOut, summary="Merges of records"
)
def merge_list(request: PostRequest, decided: bool = Query(False)) -> dict[str, list[MergeRow]]:
    return {"items": merges(request.scope, at=now(), waiting=not decided)}


@endpoint(router, "POST", "/merges/{merge}/decide", Verb.DECIDE_MERGE, response=MergeStateOut, summary="Decide a merge")
def decide(request: PostRequest, merge: str, given: DecideIn) -> dict[str, object]:
    done = merging.decide_merge(
        scope=request.scope, merge=merge, agrees=given.answer == "agree", by=request.scope.name, at=now()
    )
    return {"merge": done.public_id, "state": done.state}


@endpoint(router, "POST", "/merges/{merge}/undo", Verb.DECIDE_MERGE, response=MergeStateOut, summary="Undo a merge")
def undo(request: PostRequest, merge: str, given: Nothing) -> dict[str, object]:
    done = merging.undo_merge(scope=request.scope, merge=merge, by=request.scope.name, at=now())
    return {"merge": done.public_id, "state": done.state}


@endpoint(router, "GET", "/{person}", Verb.SEE_PEOPLE, response=PersonOut, summary="A person's record, masked")
def one(request: PostRequest, person: str) -> PersonRecord:
    return person_record(request.scope, person, at=now())


@endpoint(router, "POST", "/{person}/reveal", Verb.REVEAL, response=RevealedOut, summary="Whole values, for a purpose")
def show(request: PostRequest, person: str, given: RevealIn) -> dict[str, object]:
    at = now()
    keep_no_answer(request)
    shown = reveal(
        scope=request.scope,
        person=person,
        fields=given.fields_wanted,
        purpose=given.purpose,
        reason=given.reason,
        task=given.task,
        at=at,
    )
    left = looks_left(scope=request.scope, at=at)
    return {"person": shown.person, "values": dict(shown.values), "hide_at": shown.hide_at, "left": left}


@endpoint(
    router, "POST", "/{person}/merge", Verb.PROPOSE_MERGE, response=MergeStateOut, summary="Propose: one person twice"
)
def propose(request: PostRequest, person: str, given: ProposeIn) -> dict[str, object]:
    done = merging.propose_merge(
        scope=request.scope, kept=person, lost=given.other, reason=given.reason, by=request.scope.name, at=now()
    )
    return {"merge": done.public_id, "state": done.state}
