from datetime import date
from typing import Literal

from django.http import HttpResponse
from ninja import Query, Router, Schema

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import Given
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.people.api.shown import PersonMasked
from shali.tracing.queries import chain as chain_reads
from shali.tracing.queries import curve as curve_reads
from shali.tracing.queries import timeline as timeline_reads

router = Router()


class NodeOut(Schema):
    public_id: str
    number: int
    person: PersonMasked | None
    classification: int
    onset_on: date | None
    day: date
    generation: int
    root: str
    offspring: int
    contacts: int
    gaps: int


class EdgeOut(Schema):
    source: str
    target: str
    certainty: str
    days: int


class ChainOut(Schema):
    nodes: list[NodeOut]
    edges: list[EdgeOut]
    contacts: int
    contacts_held: int
    outside_sources: int


class SpanOut(Schema):
    kind: str
    first: date
    last: date


class MarkOut(Schema):
    kind: str
    on: date


class PersonLineOut(Schema):
    person: PersonMasked | None
    case: str
    case_number: int
    contact: str
    contact_class: str
    spans: list[SpanOut]
    marks: list[MarkOut]


class TimelineOut(Schema):
    first: date
    last: date
    lines: list[PersonLineOut]
    total: int


class DailyOut(Schema):
    first: date
    all: list[int]
    by_class: dict[int, list[int]]
    undated: int


class ReproductionOut(Schema):
    """R of the window that ends on each day: median and 95 % interval."""

    days: list[date]
    median: list[float]
    low: list[float]
    high: list[float]
    warning: str


class CurveOut(Schema):
    by: str
    daily: DailyOut | None
    reproduction: ReproductionOut | None
    uncertain: ReproductionOut | None


class Wanted(Given):
    by: Literal["onset", "report", "positive"] = "onset"
    window: Literal[3, 5, 7, 14] = 7


@endpoint(router, "GET", "/chain", Verb.SEE_TRACING, response=ChainOut, summary="Who infected whom")
def chain(request: PostRequest) -> chain_reads.ChainView:
    return chain_reads.chain_view(request.scope, at=now())


@endpoint(router, "GET", "/chain.graphml", Verb.SEE_TRACING, response={200: None}, summary="The chain as GraphML")
def graphml(request: PostRequest) -> HttpResponse:
    return HttpResponse(chain_reads.chain_graphml(request.scope, at=now()), content_type="application/graphml+xml")


@endpoint(router, "GET", "/timeline/{case}", Verb.SEE_TRACING, response=TimelineOut, summary="A cluster, day by day")
def timeline(request: PostRequest, case: str) -> timeline_reads.Timeline:
    return timeline_reads.cluster_timeline(request.scope, case, at=now())


@endpoint(router, "GET", "/curve", Verb.SEE_TRACING, response=CurveOut, summary="The curve by day, and R")
def curve(request: PostRequest, wanted: Query[Wanted]) -> curve_reads.CurveView:
    return curve_reads.curve_view(request.scope, by=wanted.by, at=now(), width=wanted.window)
