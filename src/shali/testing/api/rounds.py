from datetime import datetime
from typing import Literal

from ninja import Query, Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given, Nothing
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.testing.api.zones import POOLS
from shali.testing.queries import rounds as reads
from shali.testing.services.closing import close_round, take_on
from shali.testing.services.rounds import Plan, freeze_later, plan_round

router = Router()


class AreaOut(Schema):
    path: str
    unit: str
    unit_en: str


class RoundOut(Schema):
    """unit, path: where the round stands, above all of its units; areas: these.

    exempt_rules: by which the roster is drawn: months (of age), positive_days, isolated (0 or 1)
    """

    public_id: str
    number: int
    unit: str
    unit_en: str
    path: str
    areas: list[AreaOut]
    starts_at: datetime
    ends_at: datetime
    pool_size: int
    state: int
    people: int
    opened_at: datetime | None
    closed_at: datetime | None
    exempt_rules: dict[str, int]


class StopOut(Schema):
    """Of rounds over the same units.

    clean, of wanted: closed rounds in a row without a positive; until: the pause ends; more, of after: the same.

    step: test, wait (people of a closed round are without a result), pause, again (another round is due), stop.
    """

    path: str
    unit: str
    unit_en: str
    areas: list[AreaOut]
    clean: int
    wanted: int
    pause_hours: int
    until: datetime | None
    more: int
    after: int
    step: str
    rule: str


class RoundsOut(Schema):
    """total: null beyond 10,000; after: hand it back as `after` for the following page, empty at the end."""

    items: list[RoundOut]
    total: int | None
    after: str
    stop: list[StopOut]


class RoundsWanted(Given):
    which: Literal["all", "planned", "open", "closed"] = "all"
    after: str = Field("", max_length=200)


class BalanceOut(Schema):
    """roster = sampled + exempt + named_missing + merged + not_sampled; people_in_tubes = sampled + guests;
    members = swabs; events = events_done + events_again + events_parked + events_waiting + events_held.
    """

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
    swabs: int
    people_swabbed: int
    members: int
    events: int
    events_done: int
    events_again: int
    events_parked: int
    events_waiting: int
    events_held: int
    on_paper: int
    devices_open: int
    merged: int


class HoldingOut(Schema):
    """A device that holds events or people on paper which are not here; is_open: nobody answers for them by name."""

    public_id: str
    site: str
    site_id: str
    table: int
    events: int
    on_paper: int
    last_seen_at: datetime | None
    is_revoked: bool
    taken_on_at: datetime | None
    taken_on_why: str
    is_open: bool


class LateOut(Schema):
    """What came after the round was closed; tubes: of the round, without a result now."""

    devices: int
    events: int
    swabs: int
    tubes: int


class TakeOnIn(Given):
    """events, on_paper: as shown. why: device_lost, device_broken, swabbed_again, kept_apart, counted_wrong."""

    events: int = Field(ge=0, le=10_000_000)
    on_paper: int = Field(ge=0, le=1_000_000)
    why: str = Field(max_length=20)


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
    holding: list[HoldingOut]
    late: LateOut | None


class PlanIn(Given):
    """units: paths of the units whose people are tested, none in another; unit: the same for one.

    exempt_rules: months (of age), positive_days, isolated (0 or 1); left out: those of the day
    """

    units: list[str] = Field([], max_length=500)
    unit: str = Field("", max_length=60)
    starts_at: datetime
    ends_at: datetime
    pool_size: int = Field(10, ge=1, le=20, description=POOLS)
    exempt_rules: dict[str, int] | None = None


class MadeOut(Schema):
    round: str


@endpoint(router, "GET", "", Verb.SEE_TESTING, response=RoundsOut, summary="Rounds, the newest first")
def index(request: PostRequest, wanted: Query[RoundsWanted]) -> dict[str, object]:
    page = reads.rounds_page(request.scope, wanted.which, after=wanted.after)
    stop = reads.stop_rules(request.scope, at=now())
    return {"items": page.rows, "total": page.total, "after": page.next, "stop": stop}


@endpoint(router, "POST", "", Verb.PLAN_ROUNDS, response=MadeOut, summary="Plan a round")
def new(request: PostRequest, given: PlanIn) -> dict[str, str]:
    units = [*given.units, *([given.unit] if given.unit else [])]
    plan = Plan(units, given.starts_at, given.ends_at, given.pool_size, given.exempt_rules)
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
        "holding": view.holding,
        "late": view.late,
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
    router, "POST", "/stations/{station}/answer-for", Verb.PLAN_ROUNDS, response=DoneOut, summary="Answer for a device"
)
def answer_for(request: PostRequest, station: str, given: TakeOnIn) -> DoneOut:
    """The round may then close over what the device holds; what comes later is taken in, and counted apart."""
    take_on(scope=request.scope, station=station, **given.model_dump(), by=request.scope.name, at=now())
    return DoneOut()
