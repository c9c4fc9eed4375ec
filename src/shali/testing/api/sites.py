from datetime import datetime

from ninja import File, Router, Schema
from ninja.files import UploadedFile
from pydantic import AwareDatetime, Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given, Nothing
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.ui.uploads import uploaded
from shali.testing.api.zones import POOLS
from shali.testing.queries import sites as reads
from shali.testing.queries.fit import Fit, choices, fit_of, groups_here
from shali.testing.services.copies import Handed, hand_in_copy
from shali.testing.services.site_edits import SiteEdit, edit_site
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
    """place: a named place of the unit; '' for the unit, or what is left of it."""

    path: str
    name: str
    name_en: str
    place: str
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
    pool_size: int = Field(0, ge=0, le=20, description=f"{POOLS} 0: as its zone or the round")
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)


class SiteMadeOut(Schema):
    site: str


class ProtectionIn(Given):
    there: list[str] = Field(max_length=20)


class CoverIn(Given):
    units: list[str] = Field(min_length=1, max_length=500)


class FitOut(Schema):
    """most: people to a point; by_rule: tables for so many people; desks: at which the wait is as the rules allow.

    late: people who would begin after the point closes, with the tables that it has; wait_95: minutes
    """

    people: int
    most: int
    tables: int
    by_rule: int
    desks: int
    late: int
    wait_95: float


class ChoiceOut(Schema):
    """site: the name of the point that covers it now, or ''."""

    path: str
    name: str
    name_en: str
    place: str
    site: str
    is_here: bool


class GroupHereOut(Schema):
    public_id: str
    name: str
    starts_at: datetime
    ends_at: datetime
    site: str
    is_here: bool


class EditableOut(Schema):
    fit: FitOut
    choices: list[ChoiceOut]
    groups: list[GroupHereOut]


class CoveredIn(Given):
    """place: a named place of the unit, as `choices` tells it; '' for the unit."""

    unit: str = Field(max_length=60)
    place: str = Field("", max_length=60)


class EditIn(Given):
    """What is to be so from now on; what is left out stays as it is. groups: public numbers."""

    covers: list[CoveredIn] | None = Field(None, max_length=500)
    groups: list[str] | None = Field(None, max_length=500)
    tables: int | None = Field(None, ge=1, le=60)
    opens_at: AwareDatetime | None = None
    closes_at: AwareDatetime | None = None


class TableIn(Given):
    table: int = Field(ge=1, le=60)


class StationMadeOut(Schema):
    """code: lets one device in, once; it is not told again."""

    station: str
    code: str


class HandedOut(Schema):
    """lines = fresh + known + apart + wrong. apart: kept for a decision; wrong: cannot be read, or not the device's."""

    station: str
    lines: int
    fresh: int
    known: int
    apart: int
    wrong: int


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


@endpoint(router, "GET", "/{site}/edit", Verb.RUN_SITES, response=EditableOut, summary="What a point may cover")
def editable(request: PostRequest, site: str) -> dict[str, object]:
    scope = request.scope
    return {
        "fit": fit_of(scope, site, at=now()),
        "choices": choices(scope, site),
        "groups": groups_here(scope, site),
    }


@endpoint(router, "POST", "/{site}/edit", Verb.RUN_SITES, response=FitOut, summary="Covers, groups, tables, hours")
def edit(request: PostRequest, site: str, given: EditIn) -> Fit:
    """Refused, with both numbers, where somebody would be left without a point or more would come than it takes."""
    wanted = SiteEdit(
        covers=None if given.covers is None else frozenset((one.unit, one.place) for one in given.covers),
        groups=None if given.groups is None else frozenset(given.groups),
        tables=given.tables,
        opens_at=given.opens_at,
        closes_at=given.closes_at,
    )
    return edit_site(scope=request.scope, site=site, edit=wanted, by=request.scope.name, at=now())


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


@endpoint(router, "POST", "/{site}/copies", Verb.RUN_SITES, response=HandedOut, summary="The file of a lost store")
def copies(request: PostRequest, site: str, file: File[UploadedFile]) -> Handed:
    """Every line is accounted for; the same file again changes nothing."""
    path = uploaded(file).path
    return hand_in_copy(scope=request.scope, site=site, path=path, by=request.scope.name, at=now())
