from datetime import datetime

from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import Given
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.testing.queries.zones import zones
from shali.testing.services.zones import NewZone, drop_zone, set_zone

router = Router()


POOLS = "Who shares a tube: 1, 5, 10 or 20 people, or 15 for one household."


class ZoneIn(Given):
    """unit: path of the area. Without hours those of the round hold."""

    unit: str = Field(max_length=60)
    pool_size: int = Field(ge=1, le=20, description=POOLS)
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
