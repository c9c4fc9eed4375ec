from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.measures.queries.desk import counts, measures_page
from shali.foundation.measures.queries.record import MeasureRecord, measure_record
from shali.foundation.people.api.shown import PersonMasked
from shali.foundation.ui.paging import PAGE

router = Router()
Which = Literal["proposed", "in_force", "expiring", "not_served", "appeals", "ended"]


class MeasureOut(Schema):
    """stands: proposed, refused, withdrawn, coming, in_force, lifted or expired, at the hour of the answer."""

    public_id: str
    kind: str
    person: PersonMasked | None
    unit: str
    unit_en: str
    path: str
    basis: str
    origin_kind: str
    origin_id: str
    starts_at: datetime
    ends_at: datetime
    stands: str
    version: int
    proposal_rule: str
    proposed_at: datetime
    is_own: bool
    served_at: datetime | None


class MeasuresOut(Schema):
    """next: what to skip for the following page, 0 at the end."""

    items: list[MeasureOut]
    next: int


class LineOut(Schema):
    seq: int
    act: str
    at: datetime
    detail: dict[str, str]


class AppealOut(Schema):
    public_id: str
    way: str
    lodged_at: datetime
    due_at: datetime
    outcome: str
    decided_at: datetime | None


class RecordOut(MeasureOut):
    rule: str
    evidence: str
    evidence_ref: str
    max_hours: int
    appeal_channel: str
    decided_at: datetime | None
    body: str
    body_en: str
    refusal: str
    served_how: str
    lifted_at: datetime | None
    lift_reason: str
    supersedes: str
    superseded_by: str
    history: list[LineOut]
    appeals: list[AppealOut]


@endpoint(router, "GET", "", Verb.SEE_MEASURES, response=MeasuresOut, summary="Measures, by how they stand")
def desk(
    request: PostRequest, which: Which = "proposed", skip: Annotated[int, Query(ge=0, le=100_000)] = 0
) -> dict[str, Any]:
    rows = measures_page(request.scope, which, at=now(), skip=skip)
    return {"items": rows, "next": skip + PAGE if len(rows) == PAGE else 0}


@endpoint(router, "GET", "/counts", Verb.SEE_MEASURES, response=dict[str, int], summary="How many stand how")
def numbers(request: PostRequest) -> dict[str, int]:
    return counts(request.scope, at=now())


@endpoint(router, "GET", "/{measure}", Verb.SEE_MEASURES, response=RecordOut, summary="A measure with its history")
def one(request: PostRequest, measure: str) -> MeasureRecord:
    return measure_record(request.scope, measure, at=now())
