from datetime import datetime
from typing import Literal

from ninja import Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given, Nothing
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.testing.queries import plans as reads
from shali.testing.rules.plan_file import Place
from shali.testing.services.plans import Wanted, edit_plan, make_plan, take_plan

router = Router()


class PlanRowOut(Schema):
    """gap: share by which the mean walk may be above the best there is; null once edited by hand."""

    public_id: str
    letter: str
    sites: int
    people: int
    mean_walk_m: float
    gap: float | None
    within: float
    made_at: datetime
    edited: bool
    taken_at: datetime | None


class PlansOut(Schema):
    items: list[PlanRowOut]


class SiteLineOut(Schema):
    """wait_95: minutes within which 95 of 100 are served, on a day played once."""

    place: int
    number: int
    name: str
    lon: float
    lat: float
    people: int
    tables: int
    mean_m: float
    farthest_m: float
    wait_95: float
    done_at: datetime


class PointOut(Schema):
    name: str
    unit: str
    people: int
    site: int
    metres: float
    minutes: float


class PlanOut(Schema):
    row: PlanRowOut
    walk_minutes: float
    capacity: int
    bound_m: float
    sites: list[SiteLineOut]
    points: list[PointOut]
    far_people: int


class PointIn(Given):
    name: str = Field(min_length=1, max_length=60)
    unit: str = Field("", max_length=20)
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    people: int = Field(ge=1, le=1_000_000)


class CandidateIn(Given):
    name: str = Field(min_length=1, max_length=60)
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    state: Literal["", "fixed", "forbidden"] = ""


class PlanIn(Given):
    points: list[PointIn] = Field(min_length=1, max_length=5_000)
    candidates: list[CandidateIn] = Field(min_length=1, max_length=2_000)
    sites: int = Field(ge=1, le=2_000)
    capacity: int = Field(3_000, ge=1, le=1_000_000)
    walk_minutes: float = Field(15, gt=0, le=240)


class PlanMadeOut(Schema):
    plan: str


class EditIn(Given):
    """close, add: a candidate's place in the plan; move: place, longitude, latitude."""

    close: int = Field(-1, ge=-1, le=10_000)
    add: int = Field(-1, ge=-1, le=10_000)
    move: tuple[int, float, float] | None = None


class TakenOut(Schema):
    sites: int


@endpoint(router, "GET", "/of-round/{testing_round}", Verb.SEE_TESTING, response=PlansOut, summary="Plans of a round")
def index(request: PostRequest, testing_round: str) -> dict[str, object]:
    return {"items": reads.plans(request.scope, testing_round)}


@endpoint(router, "POST", "/of-round/{testing_round}", Verb.RUN_SITES, response=PlanMadeOut, summary="Make a plan")
def new(request: PostRequest, testing_round: str, given: PlanIn) -> dict[str, str]:
    made = make_plan(
        scope=request.scope,
        made=testing_round,
        points=[Place(one.name, one.unit, one.lon, one.lat, one.people, "") for one in given.points],
        candidates=[Place(one.name, "", one.lon, one.lat, 0, one.state) for one in given.candidates],
        wanted=Wanted(given.sites, given.capacity, given.walk_minutes),
        by=request.scope.name,
        at=now(),
    )
    return {"plan": made.public_id}


@endpoint(router, "GET", "/{site_plan}", Verb.SEE_TESTING, response=PlanOut, summary="A plan: walks, queues, the bound")
def one(request: PostRequest, site_plan: str) -> reads.PlanView:
    return reads.plan_view(request.scope, site_plan, at=now())


@endpoint(router, "POST", "/{site_plan}/edit", Verb.RUN_SITES, response=DoneOut, summary="Close, open or move a point")
def edit(request: PostRequest, site_plan: str, given: EditIn) -> DoneOut:
    edit_plan(scope=request.scope, plan=site_plan, close=given.close, add=given.add, move=given.move, at=now())
    return DoneOut()


@endpoint(router, "POST", "/{site_plan}/take", Verb.RUN_SITES, response=TakenOut, summary="Set its points in the round")
def take(request: PostRequest, site_plan: str, given: Nothing) -> dict[str, int]:
    return {"sites": take_plan(scope=request.scope, plan=site_plan, by=request.scope.name, at=now())}
