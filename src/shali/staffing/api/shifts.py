from datetime import date, datetime
from typing import Literal

from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given, Nothing
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.staffing.queries import shifts as reads
from shali.staffing.services.shifts import NewShift, drop_shift, enter_worker, give_shift
from shali.staffing.services.training import renew_training

router = Router()


class WorkerOut(Schema):
    public_id: str
    name: str
    kind: str
    unit: str
    unit_en: str
    trained_until: date | None
    is_trained: bool
    shifts_to_come: int


class WorkersOut(Schema):
    """counts: all, ended (whose training has), soon (whose ends within `days`); after: '' at the end."""

    items: list[WorkerOut]
    counts: dict[str, int]
    after: str


class TrainingOut(Schema):
    until: date
    renewed_at: datetime
    renewed_by: str


class TrainingsOut(Schema):
    items: list[TrainingOut]


class RenewIn(Given):
    """workers: public numbers; said again, also with an earlier day, it is put right."""

    workers: list[str] = Field(min_length=1, max_length=500)
    trained_until: date


class RenewedOut(Schema):
    done: int


class Wanted(Given):
    which: Literal["all", "ended", "soon"] = "all"
    days: int = Field(30, ge=1, le=365)
    after: str = Field("", max_length=40)


class WorkerIn(Given):
    name: str = Field(min_length=1, max_length=60)
    kind: Literal["sampler", "registrar", "volunteer", "cadre"]
    unit: str = Field(max_length=60)
    trained_until: date | None = None


class WorkerMadeOut(Schema):
    worker: str


class ShiftOut(Schema):
    public_id: str
    worker: str
    name: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    in_heat: bool
    is_trained: bool
    is_now: bool


class ShiftsOut(Schema):
    items: list[ShiftOut]


class Place(Given):
    """place: public number of a sampling point; empty for shifts at no point."""

    place: str = Field("", max_length=12)


class ShiftIn(Given):
    worker: str = Field(max_length=12)
    place: str = Field("", max_length=12)
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    in_heat: bool = False


class ShiftMadeOut(Schema):
    shift: str


@endpoint(router, "GET", "/workers", Verb.RUN_SITES, response=WorkersOut, summary="Staff")
def workers(request: PostRequest, wanted: Query[Wanted]) -> dict[str, object]:
    found = reads.workers(request.scope, wanted.which, at=now(), days=wanted.days, after=wanted.after)
    return {"items": found.page.rows, "counts": found.counts, "after": found.page.next}


@endpoint(router, "POST", "/workers/training", Verb.RUN_SITES, response=RenewedOut, summary="Renew training")
def renew(request: PostRequest, given: RenewIn) -> dict[str, int]:
    """Refused where somebody has a shift behind that day."""
    done = renew_training(
        scope=request.scope, workers=given.workers, until=given.trained_until, by=request.scope.name, at=now()
    )
    return {"done": done}


@endpoint(router, "GET", "/workers/{worker}/trainings", Verb.RUN_SITES, response=TrainingsOut, summary="His training")
def trainings(request: PostRequest, worker: str) -> dict[str, object]:
    return {"items": reads.trainings(request.scope, worker)}


@endpoint(router, "GET", "/workers/{worker}", Verb.RUN_SITES, response=WorkerOut, summary="One of the staff")
def worker(request: PostRequest, worker: str) -> reads.WorkerRow:
    return reads.worker_row(request.scope, worker, at=now())


@endpoint(router, "POST", "/workers", Verb.RUN_SITES, response=WorkerMadeOut, summary="Enter somebody")
def enter(request: PostRequest, given: WorkerIn) -> dict[str, str]:
    made = enter_worker(scope=request.scope, by=request.scope.name, at=now(), **given.model_dump())
    return {"worker": made.public_id}


@endpoint(router, "GET", "/shifts", Verb.RUN_SITES, response=ShiftsOut, summary="Shifts at a place, now and next")
def shifts(request: PostRequest, wanted: Query[Place]) -> dict[str, object]:
    return {"items": reads.shifts(request.scope, wanted.place, at=now())}


@endpoint(router, "POST", "/shifts", Verb.RUN_SITES, response=ShiftMadeOut, summary="Give a shift")
def give(request: PostRequest, given: ShiftIn) -> dict[str, str]:
    made = give_shift(scope=request.scope, new=NewShift(**given.model_dump()), by=request.scope.name, at=now())
    return {"shift": made.public_id}


@endpoint(router, "POST", "/shifts/{shift}/drop", Verb.RUN_SITES, response=DoneOut, summary="Take a shift back")
def drop(request: PostRequest, shift: str, given: Nothing) -> DoneOut:
    drop_shift(scope=request.scope, shift=shift, by=request.scope.name, at=now())
    return DoneOut()
