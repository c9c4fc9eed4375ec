from base64 import b64encode
from datetime import datetime
from typing import Literal

from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import Given, keep_no_answer
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.queries import unit
from shali.foundation.measures.services import appeal as appeals
from shali.foundation.measures.services import decide as deciding
from shali.foundation.measures.services.order import make_order
from shali.foundation.measures.services.propose import propose
from shali.foundation.people.queries.record import person_record

router = Router()


class ProposeIn(Given):
    kind: str = Field(max_length=30)
    origin_kind: str = Field(max_length=20)
    origin_id: str = Field(min_length=1, max_length=40)
    evidence: str = Field(max_length=30)
    evidence_ref: str = Field(min_length=1, max_length=60)
    basis: str = Field("", max_length=30)
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None = None
    note: str = Field("", max_length=1_000)


class DecideIn(Given):
    """refusal: why not, where the answer is no."""

    answer: Literal["approve", "refuse"]
    refusal: str = Field("", max_length=30)
    note: str = Field("", max_length=1_000)
    seen: int | None = Field(None, ge=0, le=2_000_000_000)


class ManyIn(Given):
    measures: list[str] = Field(min_length=1, max_length=500)
    answer: Literal["approve", "refuse"]
    refusal: str = Field("", max_length=30)


class ServeIn(Given):
    how: Literal["in_person", "telephone", "message", "posted"]


class LiftIn(Given):
    reason: Literal["ruled_out", "appeal", "conditions_met", "moved", "mistake"]
    note: str = Field("", max_length=1_000)


class AppealIn(Given):
    way: Literal["community", "paper", "telephone"]
    grounds: str = Field(min_length=1, max_length=2_000)


class AnswerIn(Given):
    outcome: Literal["upheld", "lifted", "changed"]
    answer: str = Field(min_length=1, max_length=2_000)


class OrderIn(Given):
    """Each download is recorded. purpose: may be left out of the notice of an area, which names nobody."""

    form: Literal["docx", "pdf"]
    purpose: str = Field("", max_length=40)
    reason: str = Field("", max_length=200)


class DoneOut(Schema):
    measure: str
    version: int


class ProposedOut(Schema):
    measure: str
    is_new: bool


class SkippedOut(Schema):
    measure: str
    why: str


class ManyOut(Schema):
    decided: int
    skipped: list[SkippedOut]


class AppealDoneOut(Schema):
    appeal: str
    due_at: datetime
    outcome: str


class OrderOut(Schema):
    """content: the file in base64."""

    form: str
    content: str


@endpoint(router, "POST", "/propose/{person}", Verb.PROPOSE_MEASURES, response=ProposedOut, summary="Propose a measure")
def new(request: PostRequest, person: str, given: ProposeIn) -> dict[str, object]:
    at = now()
    found = person_record(request.scope, person, at=at)
    done = propose(
        scope=request.scope, kind=given.kind, person=found.id, origin=(given.origin_kind, given.origin_id),
        evidence=given.evidence, evidence_ref=given.evidence_ref, basis=given.basis, starts_at=given.starts_at,
        ends_at=given.ends_at, note=given.note, by=request.scope.name, at=at,
    )  # fmt: skip
    return {"measure": done.public_id, "is_new": done.is_new}


@endpoint(
    router, "POST", "/areas/{path}/propose", Verb.PROPOSE_MEASURES, response=ProposedOut, summary="Propose for an area"
)
def new_on_area(request: PostRequest, path: str, given: ProposeIn) -> dict[str, object]:
    """path: of the unit that the measure binds."""
    area = unit(request.scope, path)
    done = propose(
        scope=request.scope, kind=given.kind, area=area.pk, origin=(given.origin_kind, given.origin_id),
        evidence=given.evidence, evidence_ref=given.evidence_ref, basis=given.basis, starts_at=given.starts_at,
        ends_at=given.ends_at, note=given.note, by=request.scope.name, at=now(),
    )  # fmt: skip
    return {"measure": done.public_id, "is_new": done.is_new}


@endpoint(router, "POST", "/many/decide", Verb.DECIDE_MEASURES, response=ManyOut, summary="Decide many proposals")
def many(request: PostRequest, given: ManyIn) -> dict[str, object]:
    skipped = deciding.decide_many(
        given.measures, scope=request.scope, approves=given.answer == "approve", refusal=given.refusal,
        by=request.scope.name, at=now(),
    )  # fmt: skip
    return {"decided": len(given.measures) - len(skipped), "skipped": skipped}


@endpoint(
    router, "POST", "/appeals/{appeal}/answer", Verb.DECIDE_APPEALS, response=AppealDoneOut, summary="Answer an appeal"
)
def answer(request: PostRequest, appeal: str, given: AnswerIn) -> dict[str, object]:
    done = appeals.answer_appeal(
        scope=request.scope, appeal=appeal, outcome=given.outcome, answer=given.answer, by=request.scope.name, at=now()
    )
    return {"appeal": done.public_id, "due_at": done.due_at, "outcome": done.outcome}


@endpoint(
    router, "POST", "/{measure}/decide", Verb.DECIDE_MEASURES, response=DoneOut, summary="Approve or refuse a proposal"
)
def decide(request: PostRequest, measure: str, given: DecideIn) -> dict[str, object]:
    done = deciding.decide(
        scope=request.scope, measure=measure, approves=given.answer == "approve", refusal=given.refusal,
        note=given.note, seen=given.seen, by=request.scope.name, at=now(),
    )  # fmt: skip
    return {"measure": done.public_id, "version": done.version}


@endpoint(router, "POST", "/{measure}/serve", Verb.SERVE_MEASURES, response=DoneOut, summary="The notice was served")
def serve(request: PostRequest, measure: str, given: ServeIn) -> dict[str, object]:
    done = deciding.serve(scope=request.scope, measure=measure, how=given.how, by=request.scope.name, at=now())
    return {"measure": done.public_id, "version": done.version}


@endpoint(router, "POST", "/{measure}/lift", Verb.DECIDE_MEASURES, response=DoneOut, summary="Lift before its hour")
def lift(request: PostRequest, measure: str, given: LiftIn) -> dict[str, object]:
    done = deciding.lift(
        scope=request.scope, measure=measure, reason=given.reason, note=given.note, by=request.scope.name, at=now()
    )
    return {"measure": done.public_id, "version": done.version}


@endpoint(router, "POST", "/{measure}/appeal", Verb.LODGE_APPEALS, response=AppealDoneOut, summary="Lodge an appeal")
def lodge(request: PostRequest, measure: str, given: AppealIn) -> dict[str, object]:
    done = appeals.lodge_appeal(
        scope=request.scope, measure=measure, way=given.way, grounds=given.grounds, by=request.scope.name, at=now()
    )
    return {"appeal": done.public_id, "due_at": done.due_at, "outcome": done.outcome}


@endpoint(router, "POST", "/{measure}/order", Verb.REVEAL, response=OrderOut, summary="The order as Word or PDF")
def order(request: PostRequest, measure: str, given: OrderIn) -> dict[str, str]:
    """The order of a person names him, and the download is recorded with its purpose; that of an area names nobody."""
    keep_no_answer(request)
    made = make_order(
        scope=request.scope, measure=measure, form=given.form, purpose=given.purpose, reason=given.reason,
        by=request.scope.name, at=now(),
    )  # fmt: skip
    return {"form": made.form, "content": b64encode(made.content).decode()}
