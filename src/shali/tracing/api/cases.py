from datetime import date, datetime
from typing import Literal

from ninja import Query, Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given, show_version, version_seen
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.people.api.shown import PersonMasked
from shali.tracing.queries import case as case_reads
from shali.tracing.queries import cases as reads
from shali.tracing.rules import Classification
from shali.tracing.services.cases import (
    CaseNews,
    Change,
    classify_case,
    link_source,
    note_isolated,
    open_case,
    unlink_source,
)
from shali.tracing.services.investigation import finish_core, finish_report

router = Router()
Evidence = Literal[
    "laboratory_result", "clinical_finding", "other_city_report", "expert_review", "retest_negative", "mistake"
]


class ClockOut(Schema):
    task: str
    due_at: datetime
    handed_over_at: datetime
    done_at: datetime | None


class CaseOut(Schema):
    """classification: 1 suspect, 2 probable, 3 confirmed, 4 asymptomatic, 5 discarded."""

    public_id: str
    number: int
    person: PersonMasked | None
    classification: int
    onset_on: date | None
    first_positive_at: datetime | None
    reported_at: datetime
    unit: str
    unit_en: str
    path: str
    core: ClockOut | None
    report: ClockOut | None
    contacts: int
    source: str
    source_number: int
    source_certainty: str


class CasesOut(Schema):
    """after: hand it back as `after` for the following page, "" at the end."""

    items: list[CaseOut]
    after: str


class FiguresOut(Schema):
    """total = the five classes together; by_class: by its code."""

    total: int
    by_class: dict[int, int]
    open: int
    core_overdue: int
    report_overdue: int
    no_source: int


class StepOut(Schema):
    seq: int
    act: str
    at: datetime
    before: int | None
    after: int
    onset_on: date | None
    first_positive_at: datetime | None
    evidence: str
    evidence_ref: str
    source_number: int


class ProgressOut(Schema):
    asked: int
    confirmed: int
    claimed: int
    core_missing: int
    missing: int
    stays: int
    stays_told: int


class CaseRecordOut(Schema):
    row: CaseOut
    version: int
    isolated_at: datetime | None
    infectious_from: date | None
    may_become: list[int]
    steps: list[StepOut]
    progress: ProgressOut
    contact_classes: dict[str, int]


class Wanted(Given):
    which: Literal["open", "core_overdue", "report_overdue", "no_source", "discarded", "all"] = "open"
    after: int = Field(0, ge=0, le=100_000)


class OpenIn(Given):
    person: str = Field(max_length=12)
    classification: int = Field(ge=1, le=4)
    reported_at: datetime
    origin: Literal["laboratory", "other_city", "by_hand", "contact"]
    evidence: Evidence
    onset_on: date | None = None
    first_positive_at: datetime | None = None
    origin_ref: str = Field("", max_length=60)
    evidence_ref: str = Field("", max_length=60)


class OpenedOut(Schema):
    case: str
    number: int


class ClassifyIn(Given):
    classification: int = Field(ge=1, le=5)
    evidence: Evidence
    evidence_ref: str = Field("", max_length=60)
    onset_on: date | None = None
    first_positive_at: datetime | None = None
    note: str = Field("", max_length=500)


class IsolatedIn(Given):
    isolated_at: datetime


class SourceIn(Given):
    """source: "" takes the source back."""

    source: str = Field("", max_length=12)
    certainty: Literal["proven", "inferred"] = "inferred"
    basis: str = Field("", max_length=120)


class FinishIn(Given):
    what: Literal["core", "report"]


@endpoint(router, "GET", "", Verb.SEE_TRACING, response=CasesOut, summary="Cases, due first")
def index(request: PostRequest, wanted: Query[Wanted]) -> dict[str, object]:
    page = reads.cases_page(request.scope, wanted.which, at=now(), skip=wanted.after)
    return {"items": page.rows, "after": page.next}


@endpoint(router, "GET", "/figures", Verb.SEE_TRACING, response=FiguresOut, summary="How many cases of each class")
def figures(request: PostRequest) -> reads.CaseFigures:
    return reads.case_figures(request.scope, at=now())


@endpoint(router, "POST", "", Verb.CLASSIFY_CASES, response=OpenedOut, summary="Open a case")
def new(request: PostRequest, given: OpenIn) -> dict[str, object]:
    news = CaseNews(
        classification=Classification(given.classification),
        reported_at=given.reported_at,
        origin=given.origin,
        evidence=given.evidence,
        onset_on=given.onset_on,
        first_positive_at=given.first_positive_at,
        origin_ref=given.origin_ref,
        evidence_ref=given.evidence_ref,
    )
    made = open_case(scope=request.scope, person=given.person, news=news, by=request.scope.name, at=now())
    return {"case": made.public_id, "number": made.number}


@endpoint(router, "GET", "/{case}", Verb.SEE_TRACING, response=CaseRecordOut, summary="One case with its history")
def one(request: PostRequest, case: str) -> case_reads.CaseRecord:
    found = case_reads.case_record(request.scope, case, at=now())
    show_version(request, found.version)
    return found


@endpoint(
    router, "POST", "/{case}/classify", Verb.CLASSIFY_CASES, response=DoneOut, summary="Say what a case is from now on"
)
def classify(request: PostRequest, case: str, given: ClassifyIn) -> DoneOut:
    change = Change(
        classification=Classification(given.classification),
        evidence=given.evidence,
        evidence_ref=given.evidence_ref,
        onset_on=given.onset_on,
        first_positive_at=given.first_positive_at,
        note=given.note,
    )
    seen = version_seen(request)
    classify_case(scope=request.scope, case=case, change=change, seen=seen, by=request.scope.name, at=now())
    return DoneOut()


@endpoint(router, "POST", "/{case}/isolated", Verb.INVESTIGATE, response=DoneOut, summary="From when a case met nobody")
def isolated(request: PostRequest, case: str, given: IsolatedIn) -> DoneOut:
    note_isolated(scope=request.scope, case=case, isolated_at=given.isolated_at, by=request.scope.name, at=now())
    return DoneOut()


@endpoint(router, "POST", "/{case}/source", Verb.CLASSIFY_CASES, response=DoneOut, summary="Who infected a case")
def source(request: PostRequest, case: str, given: SourceIn) -> DoneOut:
    seen, by, at = version_seen(request), request.scope.name, now()
    if not given.source:
        unlink_source(scope=request.scope, case=case, seen=seen, by=by, at=at)
        return DoneOut()
    link_source(
        scope=request.scope,
        case=case,
        source=given.source,
        certainty=given.certainty,
        basis=given.basis,
        seen=seen,
        by=by,
        at=at,
    )
    return DoneOut()


@endpoint(router, "POST", "/{case}/finish", Verb.INVESTIGATE, response=DoneOut, summary="End one of the two clocks")
def finish(request: PostRequest, case: str, given: FinishIn) -> DoneOut:
    step = finish_report if given.what == "report" else finish_core
    step(scope=request.scope, case=case, by=request.scope.name, at=now())
    return DoneOut()
