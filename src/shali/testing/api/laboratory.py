from datetime import datetime
from typing import Any, Literal

from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.testing.queries import boxes as on_the_way
from shali.testing.queries import laboratory as reads
from shali.testing.rules import Outcome, Reading
from shali.testing.services.laboratory import add_laboratory, receive_box
from shali.testing.services.results import decide_correction, decide_file, take_results
from shali.testing.services.settling import match_result, refuse_result

router = Router()
Said = Literal["negative", "positive", "doubtful", "invalid"]


class LaboratoryOut(Schema):
    public_id: str
    name: str
    unit: str
    unit_en: str
    per_hour: int
    waiting: int
    hours: float


class LaboratoriesOut(Schema):
    items: list[LaboratoryOut]


class LaboratoryIn(Given):
    name: str = Field(max_length=60)
    per_hour: int = Field(ge=1, le=1_000_000)


class LaboratoryMadeOut(Schema):
    laboratory: str


class BoxOut(Schema):
    """Once received: claimed = found + missing."""

    public_id: str
    code: str
    site: str
    claimed: int
    counted: int
    bound: int
    sealed_at: datetime
    due_at: datetime
    laboratory: str
    received_at: datetime | None
    found: int | None
    missing: int | None
    extra: int | None
    broken: int | None
    codes: list[str]
    missing_codes: list[str]
    extra_codes: list[str]
    broken_codes: list[str]


class BoxesOut(Schema):
    """total: null beyond 10,000; after: hand it back as `after` for the following page, empty at the end."""

    items: list[BoxOut]
    total: int | None
    after: str


class BoxesWanted(Given):
    which: Literal["overdue", "open", "received", "all"] = "open"
    after: str = Field("", max_length=200)


class ReceiveIn(Given):
    laboratory: str = Field(max_length=12)
    scanned: list[str] = Field(min_length=1, max_length=5_000)
    broken: list[str] = Field(default_factory=list, max_length=5_000)


class ReceivedOut(Schema):
    box: str
    found: int
    missing: list[str]
    extra: list[str]
    broken: list[str]


class ReadingIn(Given):
    """ct_n, ct_orf: cycle thresholds; null where no curve rose."""

    tube: str = Field(min_length=1, max_length=40)
    outcome: Said
    run: str = Field(min_length=1, max_length=40)
    plate: str = Field("", max_length=40)
    well: str = Field("", max_length=10)
    ct_n: float | None = Field(None, gt=0, lt=60)
    ct_orf: float | None = Field(None, gt=0, lt=60)
    tested_at: AwareDatetime


class ResultsIn(Given):
    laboratory: str = Field(max_length=12)
    results: list[ReadingIn] = Field(min_length=1, max_length=20_000)


class FileOut(Schema):
    """rows = applied + parked + waiting + refused + wrong lines."""

    public_id: str
    laboratory: str
    state: str
    held_for: list[str]
    rows: int
    received_at: datetime
    applied: int
    parked: int
    waiting: int
    refused: int


class FilesOut(Schema):
    """total: null beyond 10,000; after: hand it back as `after` for the following page, empty at the end."""

    items: list[FileOut]
    total: int | None
    after: str


class FilesWanted(Given):
    which: Literal["held", "all"] = "all"
    after: str = Field("", max_length=200)


class ResultOut(Schema):
    public_id: str
    tube_code: str
    outcome: int
    run: str
    plate: str
    well: str
    ct_n: float | None
    ct_orf: float | None
    tested_at: datetime
    state: str
    why: str
    laboratory: str
    in_force: int | None


class ResultsOut(Schema):
    """total: null beyond 10,000; after: hand it back as `after` for the following page, empty at the end."""

    items: list[ResultOut]
    total: int | None
    after: str


class ResultsWanted(Given):
    """waiting: they contradict the result in force; parked: no tube takes them by itself."""

    which: Literal["waiting", "parked"] = "waiting"
    after: str = Field("", max_length=200)


class HandedInOut(Schema):
    file: str
    state: str
    held_for: list[str]


class SettleIn(Given):
    """tube: the public number of the tube it is of, "" to refuse it.

    why: clock_wrong, round_chosen, label_misread; or tube_void, not_ours, hour_impossible, tested_again.
    """

    tube: str = Field("", max_length=12)
    why: str = Field(max_length=20)


class DecisionIn(Given):
    decision: Literal["take", "refuse"]


@endpoint(router, "GET", "", Verb.HANDLE_TUBES, response=LaboratoriesOut, summary="Laboratories and what waits there")
def index(request: PostRequest) -> dict[str, object]:
    return {"items": reads.laboratories(request.scope)}


@endpoint(router, "POST", "", Verb.ENTER_RESULTS, response=LaboratoryMadeOut, summary="Add a laboratory")
def new(request: PostRequest, given: LaboratoryIn) -> dict[str, str]:
    made = add_laboratory(
        scope=request.scope, name=given.name, per_hour=given.per_hour, by=request.scope.name, at=now()
    )
    return {"laboratory": made.public_id}


@endpoint(router, "GET", "/boxes", Verb.HANDLE_TUBES, response=BoxesOut, summary="Boxes, due first")
def boxes(request: PostRequest, wanted: Query[BoxesWanted]) -> dict[str, object]:
    page = on_the_way.boxes(request.scope, wanted.which, at=now(), after=wanted.after)
    return {"items": page.rows, "total": page.total, "after": page.next}


@endpoint(router, "GET", "/boxes/{box}", Verb.HANDLE_TUBES, response=BoxOut, summary="A box")
def box(request: PostRequest, box: str) -> on_the_way.BoxRow:
    return on_the_way.one_box(request.scope, box, at=now())


@endpoint(router, "POST", "/boxes/{box}/receive", Verb.HANDLE_TUBES, response=ReceivedOut, summary="Sent against come")
def receive(request: PostRequest, box: str, given: ReceiveIn) -> object:
    return receive_box(scope=request.scope, box=box, by=request.scope.name, at=now(), **given.model_dump())


@endpoint(router, "GET", "/results", Verb.HANDLE_TUBES, response=ResultsOut, summary="Results that wait for somebody")
def results(request: PostRequest, wanted: Query[ResultsWanted]) -> dict[str, object]:
    page = reads.open_results(request.scope, wanted.which, after=wanted.after)
    return {"items": page.rows, "total": page.total, "after": page.next}


@endpoint(router, "POST", "/results", Verb.ENTER_RESULTS, response=HandedInOut, summary="Hand in results")
def hand_in(request: PostRequest, given: ResultsIn) -> dict[str, object]:
    readings = [Reading(**{**one.model_dump(), "outcome": Outcome[one.outcome.upper()]}) for one in given.results]
    file = take_results(
        scope=request.scope,
        laboratory=given.laboratory,
        readings=readings,
        wrong=(),
        by=request.scope.name,
        at=now(),
    )
    return {"file": file.public_id, "state": file.state, "held_for": file.held_for}


@endpoint(router, "POST", "/results/{result}/settle", Verb.DECIDE_RESULTS, response=DoneOut, summary="A parked result")
def settle(request: PostRequest, result: str, given: SettleIn) -> DoneOut:
    """With a tube it is put on it; without one it is refused. Never who entered it."""
    more: dict[str, Any] = {
        "scope": request.scope,
        "result": result,
        "why": given.why,
        "by": request.scope.name,
        "at": now(),
    }
    if given.tube:
        match_result(tube=given.tube, **more)
    else:
        refuse_result(**more)
    return DoneOut()


@endpoint(router, "GET", "/files", Verb.HANDLE_TUBES, response=FilesOut, summary="Results as they were handed in")
def files(request: PostRequest, wanted: Query[FilesWanted]) -> dict[str, object]:
    page = reads.files(request.scope, wanted.which, after=wanted.after)
    return {"items": page.rows, "total": page.total, "after": page.next}


@endpoint(router, "POST", "/files/{result_file}/decide", Verb.DECIDE_RESULTS, response=DoneOut, summary="A held file")
def decide(request: PostRequest, result_file: str, given: DecisionIn) -> DoneOut:
    decide_file(
        scope=request.scope, file=result_file, is_taken=given.decision == "take", by=request.scope.name, at=now()
    )
    return DoneOut()


@endpoint(
    router, "POST", "/results/{result}/decide", Verb.DECIDE_RESULTS, response=DoneOut, summary="A contradicting result"
)
def correct(request: PostRequest, result: str, given: DecisionIn) -> DoneOut:
    decide_correction(
        scope=request.scope, result=result, is_taken=given.decision == "take", by=request.scope.name, at=now()
    )
    return DoneOut()
