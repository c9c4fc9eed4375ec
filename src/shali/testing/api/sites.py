from datetime import datetime

from ninja import Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given, Nothing
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.testing.queries import sites as reads
from shali.testing.services.sites import SILENT, NewSite, add_site, check_protection, close_site, cover
from shali.testing.services.stations import make_station, revoke_station

router = Router()


class SiteOut(Schema):
    """people: whom the point covers; silent: devices not heard of for an hour; behind: acts that devices still hold."""

    public_id: str
    name: str
    unit: str
    unit_en: str
    tables: int
    pool_size: int
    latitude: float | None
    longitude: float | None
    closed_at: datetime | None
    people: int
    sampled: int
    left: int
    devices: int
    silent: int
    on_paper: int
    behind: int
    tubes: int
    swabs: int
    last_at: datetime | None


class SitesOut(Schema):
    items: list[SiteOut]


class StationOut(Schema):
    public_id: str
    table: int
    made_at: datetime
    enrolled_at: datetime | None
    revoked_at: datetime | None
    forked_at: datetime | None
    last_seen_at: datetime | None
    clock_off_ms: int
    captured: int
    acknowledged: int
    on_paper: int


class CoverOut(Schema):
    path: str
    name: str
    name_en: str
    people: int


class SiteWholeOut(Schema):
    row: SiteOut
    round: str
    opens_at: datetime
    closes_at: datetime
    protection: list[str]
    checked_at: datetime | None
    covers: list[CoverOut]
    stations: list[StationOut]


class SiteIn(Given):
    name: str = Field(max_length=60)
    unit: str = Field(max_length=60)
    covers: list[str] = Field(default_factory=list, max_length=500)
    tables: int = Field(2, ge=1, le=60)
    pool_size: int = Field(0, ge=0, le=20)
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)


class SiteMadeOut(Schema):
    site: str


class ProtectionIn(Given):
    there: list[str] = Field(max_length=20)


class CoverIn(Given):
    units: list[str] = Field(min_length=1, max_length=500)


class TableIn(Given):
    table: int = Field(ge=1, le=60)


class StationMadeOut(Schema):
    """code: lets one device in, once; it is not told again."""

    station: str
    code: str


@endpoint(router, "GET", "/of-round/{testing_round}", Verb.SEE_TESTING, response=SitesOut, summary="Points of a round")
def index(request: PostRequest, testing_round: str) -> dict[str, object]:
    return {"items": reads.sites(request.scope, testing_round, silent_since=now() - SILENT)}


@endpoint(router, "POST", "/of-round/{testing_round}", Verb.RUN_SITES, response=SiteMadeOut, summary="Set a point")
def new(request: PostRequest, testing_round: str, given: SiteIn) -> dict[str, str]:
    site = NewSite(**{**given.model_dump(), "covers": tuple(given.covers)})
    made = add_site(scope=request.scope, made=testing_round, new=site, by=request.scope.name, at=now())
    return {"site": made.public_id}


@endpoint(router, "GET", "/{site}", Verb.SEE_TESTING, response=SiteWholeOut, summary="A point: whom, who, protection")
def one(request: PostRequest, site: str) -> reads.SiteView:
    return reads.site_view(request.scope, site, silent_since=now() - SILENT)


@endpoint(router, "POST", "/{site}/protection", Verb.RUN_SITES, response=DoneOut, summary="What protection is there")
def protection(request: PostRequest, site: str, given: ProtectionIn) -> DoneOut:
    check_protection(scope=request.scope, site=site, there=tuple(given.there), by=request.scope.name, at=now())
    return DoneOut()


@endpoint(router, "POST", "/{site}/covers", Verb.RUN_SITES, response=DoneOut, summary="Whose people come here")
def covers(request: PostRequest, site: str, given: CoverIn) -> DoneOut:
    cover(scope=request.scope, site=site, paths=tuple(given.units), by=request.scope.name, at=now())
    return DoneOut()


@endpoint(router, "POST", "/{site}/close", Verb.RUN_SITES, response=DoneOut, summary="Close a point")
def close(request: PostRequest, site: str, given: Nothing) -> DoneOut:
    close_site(scope=request.scope, site=site, by=request.scope.name, at=now())
    return DoneOut()


@endpoint(router, "POST", "/{site}/stations", Verb.RUN_SITES, response=StationMadeOut, summary="A code for a device")
def station(request: PostRequest, site: str, given: TableIn) -> dict[str, str]:
    made = make_station(scope=request.scope, site=site, table=given.table, by=request.scope.name, at=now())
    return {"station": made.station.public_id, "code": made.code}


@endpoint(router, "POST", "/stations/{station}/revoke", Verb.RUN_SITES, response=DoneOut, summary="Revoke a device")
def revoke(request: PostRequest, station: str, given: Nothing) -> DoneOut:
    revoke_station(scope=request.scope, station=station, by=request.scope.name, at=now())
    return DoneOut()
