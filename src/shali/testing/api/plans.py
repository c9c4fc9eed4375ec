from datetime import datetime
from typing import Literal

from ninja import Query, Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given, Nothing
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.testing.queries import plans as reads
from shali.testing.queries.compare import Comparison, compare_plans
from shali.testing.queries.play import Assumed
from shali.testing.rules.plan_file import Place
from shali.testing.services.editing import edit_plan
from shali.testing.services.plans import Wanted, make_plan
from shali.testing.services.taking import Taken, take_plan

router = Router()


class PlanRowOut(Schema):
    """gap: share by which the mean walk may be above the best there is.

    fewest: with everybody within the walk no plan has fewer points; null where so many were asked for.
    most_within: in no plan with as many points more people have one within the walk; null where it was not asked.
    """

    public_id: str
    letter: str
    sites: int
    people: int
    mean_walk_m: float
    gap: float
    within: float
    made_at: datetime
    edited: bool
    taken_at: datetime | None
    fewest: int | None
    most_within: int | None


class PlansOut(Schema):
    items: list[PlanRowOut]


class SiteLineOut(Schema):
    """tables: as given, else as needed; late: people who begin after the round's end.

    wait_95: minutes within which 95 of 100 are served, on a day played once; capacity: people that it takes
    """

    place: int
    number: int
    name: str
    lon: float
    lat: float
    people: int
    tables: int
    needed: int
    late: int
    mean_m: float
    farthest_m: float
    wait_95: float
    done_at: datetime
    capacity: int


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
    wait_95: float
    tables: int
    needed: int
    short: int
    late: int


class PlayedWith(Given):
    """What the day is played with; left out, as the rules say. spread, pause: minutes; tables: at every point."""

    spread: float | None = Field(None, ge=0, le=240)
    no_show: float | None = Field(None, ge=0, le=1)
    pause: float | None = Field(None, ge=0, le=240)
    tables: int | None = Field(None, ge=1, le=60)


class PointIn(Given):
    name: str = Field(min_length=1, max_length=60)
    unit: str = Field("", max_length=20)
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    people: int = Field(ge=1, le=1_000_000)


class CandidateIn(Given):
    """capacity: people that it takes; 0 as the plan says for all."""

    name: str = Field(min_length=1, max_length=60)
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    state: Literal["", "fixed", "forbidden"] = ""
    capacity: int = Field(0, ge=0, le=1_000_000)


class PlanIn(Given):
    """sites: how many points to open; 0: as few as will do, everybody within the walk.

    goal: with so many points, ways as short as may be, or as many people as may be within the walk.
    """

    points: list[PointIn] = Field(min_length=1, max_length=5_000)
    candidates: list[CandidateIn] = Field(min_length=1, max_length=2_000)
    sites: int = Field(ge=0, le=2_000)
    capacity: int = Field(3_000, ge=1, le=1_000_000)
    walk_minutes: float = Field(15, gt=0, le=240)
    goal: Literal["ways", "within"] = "ways"


class PlanMadeOut(Schema):
    plan: str


class EditIn(Given):
    """close, add: a candidate's place in the plan; move: place, longitude, latitude."""

    close: int = Field(-1, ge=-1, le=10_000)
    add: int = Field(-1, ge=-1, le=10_000)
    move: tuple[int, float, float] | None = None


class TakenOut(Schema):
    """placed, others: people of split units who go by address, or with most of their unit; later: in the worker."""

    sites: int
    placed: int
    others: int
    later: int


@endpoint(router, "GET", "/of-round/{testing_round}", Verb.SEE_TESTING, response=PlansOut, summary="Plans of a round")
def index(request: PostRequest, testing_round: str) -> dict[str, object]:
    return {"items": reads.plans(request.scope, testing_round)}


class HourOut(Schema):
    """wait: mean minutes, null where nobody comes."""

    people: int
    wait: float | None


class SiteHoursOut(Schema):
    """hourly: people who come and their mean wait in minutes, by hour of the round."""

    number: int
    name: str
    people: int
    tables: int
    farthest_m: float
    wait_95: float
    done_at: datetime
    hourly: list[tuple[int, float]]


class ColumnOut(Schema):
    """staff: a sampler and a registrar at each desk; slowest: the mean wait of the worst hour of any point, minutes."""

    row: PlanRowOut
    desks: int
    staff: int
    longest_m: float
    walk_minutes: float
    wait_95: float
    slowest: float
    done_at: datetime
    hours: list[HourOut]
    sites: list[SiteHoursOut]


class ComparisonOut(Schema):
    round: str
    columns: list[ColumnOut]


class Chosen(Given):
    """plan: public numbers of up to four plans; none, the newest."""

    plan: list[str] = Field(default_factory=list, max_length=4)


@endpoint(
    router, "GET", "/of-round/{testing_round}/compare", Verb.SEE_TESTING, response=ComparisonOut,
    summary="Plans side by side",
)  # fmt: skip
def compare(request: PostRequest, testing_round: str, wanted: Query[Chosen]) -> Comparison:
    return compare_plans(request.scope, testing_round, wanted.plan, at=now())


@endpoint(router, "POST", "/of-round/{testing_round}", Verb.RUN_SITES, response=PlanMadeOut, summary="Make a plan")
def new(request: PostRequest, testing_round: str, given: PlanIn) -> dict[str, str]:
    made = make_plan(
        scope=request.scope,
        made=testing_round,
        points=[Place(one.name, one.unit, one.lon, one.lat, one.people, "") for one in given.points],
        candidates=[Place(one.name, "", one.lon, one.lat, 0, one.state, one.capacity) for one in given.candidates],
        wanted=Wanted(given.sites, given.capacity, given.walk_minutes, is_within=given.goal == "within"),
        by=request.scope.name,
        at=now(),
    )
    return {"plan": made.public_id}


@endpoint(router, "GET", "/{site_plan}", Verb.SEE_TESTING, response=PlanOut, summary="A plan: walks, queues, the bound")
def one(request: PostRequest, site_plan: str, played: Query[PlayedWith]) -> reads.PlanView:
    given = Assumed(played.spread, played.no_show, played.pause, played.tables)
    return reads.plan_view(request.scope, site_plan, at=now(), given=given)


@endpoint(router, "POST", "/{site_plan}/edit", Verb.RUN_SITES, response=DoneOut, summary="Close, open or move a point")
def edit(request: PostRequest, site_plan: str, given: EditIn) -> DoneOut:
    edit_plan(scope=request.scope, plan=site_plan, close=given.close, add=given.add, move=given.move, at=now())
    return DoneOut()


@endpoint(router, "POST", "/{site_plan}/take", Verb.RUN_SITES, response=TakenOut, summary="Set its points in the round")
def take(request: PostRequest, site_plan: str, given: Nothing) -> Taken:
    return take_plan(scope=request.scope, plan=site_plan, by=request.scope.name, at=now())
