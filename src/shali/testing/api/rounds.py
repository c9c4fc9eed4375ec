from datetime import datetime

from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given, Nothing
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.testing.queries import rounds as reads
from shali.testing.queries.zones import zones
from shali.testing.services.rounds import Plan, close_round, freeze_later, plan_round
from shali.testing.services.zones import NewZone, drop_zone, set_zone

router = Router()


class RoundOut(Schema):
    public_id: str
    number: int
    unit: str
    unit_en: str
    path: str
    starts_at: datetime
    ends_at: datetime
    pool_size: int
    state: int
    people: int
    opened_at: datetime | None
    closed_at: datetime | None


class StopOut(Schema):
    """clean: closed rounds in a row without a positive; wanted: how many the rules ask for before testing stops."""

    unit: str
    unit_en: str
    clean: int
    wanted: int
    rule: str


class RoundsOut(Schema):
    items: list[RoundOut]
    stop: list[StopOut]


class BalanceOut(Schema):
    """roster = sampled + exempt + named_missing + not_sampled; people_in_tubes = sampled + guests."""

    roster: int
    sampled: int
    exempt: int
    named_missing: int
    not_sampled: int
    guests: int
    people_in_tubes: int
    tubes: int
    tubes_received: int
    tubes_void: int
    tubes_missing: int
    tubes_resulted: int
    parked: int


class UnitOut(Schema):
    path: str
    name: str
    name_en: str
    roster: int
    sampled: int
    left: int


class PointOut(Schema):
    at: datetime
    sampled: int


class WallOut(Schema):
    """standings: people by where they stand (0 not sampled, 1 awaiting, 2 re-test, 3 again, 4 negative, 5 positive)."""

    round: RoundOut
    balance: BalanceOut
    curve: list[PointOut]
    finish: datetime | None
    units: list[UnitOut]
    recalls_open: int
    recalls_overdue: int
    standings: dict[int, int]


class PlanIn(Given):
    unit: str = Field(max_length=60)
    starts_at: datetime
    ends_at: datetime
    pool_size: int = Field(10, ge=1, le=20)


class ZoneIn(Given):
    """unit: path of the area. Without hours those of the round hold."""

    unit: str = Field(max_length=60)
    pool_size: int = Field(ge=1, le=20)
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None


class DropZoneIn(Given):
    unit: str = Field(max_length=60)


class ZoneOut(Schema):
    path: str
    unit: str
    unit_en: str
    pool_size: int
    starts_at: datetime
    ends_at: datetime
    own_hours: bool
    people: int
    sampled: int
    points: int


class ZonesOut(Schema):
    items: list[ZoneOut]


class PointsOut(Schema):
    """points: sampling points that follow the zone now."""

    points: int


class MadeOut(Schema):
    round: str


@endpoint(router, "GET", "", Verb.SEE_TESTING, response=RoundsOut, summary="Rounds, the newest first")
def index(request: PostRequest) -> dict[str, object]:
    return {"items": reads.rounds(request.scope), "stop": reads.stop_rules(request.scope, at=now())}


@endpoint(router, "POST", "", Verb.PLAN_ROUNDS, response=MadeOut, summary="Plan a round")
def new(request: PostRequest, given: PlanIn) -> dict[str, str]:
    plan = Plan(given.unit, given.starts_at, given.ends_at, given.pool_size)
    made = plan_round(scope=request.scope, plan=plan, by=request.scope.name, at=now())
    return {"round": made.public_id}


@endpoint(router, "GET", "/{testing_round}", Verb.SEE_TESTING, response=WallOut, summary="A round in numbers")
def one(request: PostRequest, testing_round: str) -> dict[str, object]:
    view = reads.round_view(request.scope, testing_round, at=now())
    return {
        "round": view.row,
        "balance": view.balance,
        "curve": [{"at": at, "sampled": count} for at, count in view.curve],
        "finish": view.finish,
        "units": view.units,
        "recalls_open": view.recalls_open,
        "recalls_overdue": view.recalls_overdue,
        "standings": view.standings,
    }


@endpoint(
    router, "POST", "/{testing_round}/freeze", Verb.PLAN_ROUNDS, response=DoneOut, summary="Freeze the roster and open"
)
def freeze(request: PostRequest, testing_round: str, given: Nothing) -> DoneOut:
    freeze_later(scope=request.scope, made=testing_round, by=request.scope.name)
    return DoneOut()


@endpoint(router, "POST", "/{testing_round}/close", Verb.PLAN_ROUNDS, response=DoneOut, summary="Close a round")
def close(request: PostRequest, testing_round: str, given: Nothing) -> DoneOut:
    close_round(scope=request.scope, made=testing_round, by=request.scope.name, at=now())
    return DoneOut()


@endpoint(
    router, "GET", "/{testing_round}/zones", Verb.PLAN_ROUNDS, response=ZonesOut, summary="Zones with a size or hours"
)
def zone_list(request: PostRequest, testing_round: str) -> dict[str, object]:
    return {"items": zones(request.scope, testing_round)}


@endpoint(router, "POST", "/{testing_round}/zones", Verb.PLAN_ROUNDS, response=PointsOut, summary="Set a zone")
def keep_zone(request: PostRequest, testing_round: str, given: ZoneIn) -> dict[str, int]:
    """Again for the same area: it is changed."""
    new = NewZone(given.unit, given.pool_size, given.starts_at, given.ends_at)
    return {"points": set_zone(scope=request.scope, made=testing_round, new=new, by=request.scope.name, at=now())}


@endpoint(
    router, "POST", "/{testing_round}/zones/drop", Verb.PLAN_ROUNDS, response=PointsOut, summary="Take a zone back"
)
def take_zone_back(request: PostRequest, testing_round: str, given: DropZoneIn) -> dict[str, int]:
    points = drop_zone(scope=request.scope, made=testing_round, unit=given.unit, by=request.scope.name, at=now())
    return {"points": points}
