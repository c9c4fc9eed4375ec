from datetime import datetime
from typing import Literal

from ninja import File, Query, Router, Schema
from ninja.files import UploadedFile
from pydantic import AwareDatetime, Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given, Nothing
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.people.api.shown import PersonMasked
from shali.foundation.ui.uploads import uploaded
from shali.testing.queries import groups as reads
from shali.testing.services.groups import Hours, close_group, make_group, receive_group_file, set_hours, take_off

router = Router()


class GroupOut(Schema):
    public_id: str
    kind: str
    name: str
    unit: str
    unit_en: str
    path: str
    people: int
    closed_at: datetime | None


class GroupsOut(Schema):
    """total: null beyond 10,000; after: hand it back as `after` for the following page, empty at the end."""

    items: list[GroupOut]
    total: int | None
    after: str


class CameOut(Schema):
    """people of the group on the round's roster = sampled + excused + left."""

    group: GroupOut
    starts_at: datetime | None
    ends_at: datetime | None
    site: str
    people: int
    sampled: int
    excused: int
    left: int
    stands: str


class CameAllOut(Schema):
    """counts: groups of the round's area by where they stand; after: hand it back as `after`, empty at the end."""

    items: list[CameOut]
    counts: dict[str, int]
    after: str


class MemberOut(Schema):
    """standing: in the round that was asked for; empty where it is not known here."""

    id: int
    person: PersonMasked | None
    standing: int | None
    joined_at: datetime


class GroupMembersOut(Schema):
    """after: hand it back as `after` for the following page, empty at the end."""

    items: list[MemberOut]
    after: str


class GroupIn(Given):
    """unit: path of the unit in which it lies."""

    name: str = Field(min_length=1, max_length=60)
    kind: Literal["enterprise", "school", "institution", "site"]
    unit: str = Field(max_length=60)


class GroupMadeOut(Schema):
    group: str


class GroupBatchOut(Schema):
    batch: str


class TakeOffIn(Given):
    members: list[int] = Field(min_length=1, max_length=500)


class HoursIn(Given):
    """site: public number of the point where it comes, empty for the one that covers its place."""

    group: str = Field(max_length=12)
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    site: str = Field("", max_length=12)


class WantedGroups(Given):
    after: str = Field("", max_length=200)


class WantedCame(Given):
    which: Literal["all", "overdue", "now", "to_come", "none", "done"] = "all"
    after: str = Field("", max_length=200)


class WantedMembers(Given):
    """which: a part of the group in the round that is asked for, empty for all of its people."""

    testing_round: str = Field("", max_length=12)
    which: Literal["", "roster", "sampled", "excused", "left"] = ""
    after: int = Field(0, ge=0)


@endpoint(router, "GET", "", Verb.SEE_TESTING, response=GroupsOut, summary="Groups that come together")
def index(request: PostRequest, wanted: Query[WantedGroups]) -> dict[str, object]:
    page = reads.groups(request.scope, after=wanted.after)
    return {"items": page.rows, "total": page.total, "after": page.next}


@endpoint(router, "POST", "", Verb.RUN_SITES, response=GroupMadeOut, summary="Enter a group")
def new(request: PostRequest, given: GroupIn) -> dict[str, str]:
    made = make_group(
        scope=request.scope, name=given.name, kind=given.kind, unit=given.unit, by=request.scope.name, at=now()
    )
    return {"group": made.public_id}


@endpoint(
    router, "GET", "/of-round/{testing_round}", Verb.SEE_TESTING, response=CameAllOut, summary="Groups in a round"
)
def of_round(request: PostRequest, testing_round: str, wanted: Query[WantedCame]) -> dict[str, object]:
    """Whose hours are over with somebody left comes first."""
    found = reads.groups_of_round(request.scope, testing_round, wanted.which, at=now(), after=wanted.after)
    return {"items": found.page.rows, "counts": found.counts, "after": found.page.next}


@endpoint(router, "POST", "/of-round/{testing_round}", Verb.RUN_SITES, response=DoneOut, summary="A group's hours")
def keep_hours(request: PostRequest, testing_round: str, given: HoursIn) -> DoneOut:
    hours = Hours(given.starts_at, given.ends_at, given.site)
    set_hours(scope=request.scope, made=testing_round, group=given.group, hours=hours, by=request.scope.name, at=now())
    return DoneOut()


@endpoint(router, "GET", "/{group}", Verb.SEE_TESTING, response=GroupOut, summary="A group")
def one(request: PostRequest, group: str) -> reads.GroupRow:
    return reads.one_group(request.scope, group)


@endpoint(router, "GET", "/{group}/members", Verb.SEE_TESTING, response=GroupMembersOut, summary="A group's people")
def members(request: PostRequest, group: str, wanted: Query[WantedMembers]) -> dict[str, object]:
    page = reads.members_page(
        request.scope,
        group,
        testing_round=wanted.testing_round,
        which=wanted.which,
        at=now(),
        after=wanted.after,
    )
    return {"items": page.rows, "after": page.next}


@endpoint(router, "POST", "/{group}/off", Verb.RUN_SITES, response=DoneOut, summary="Take people off a group")
def off(request: PostRequest, group: str, given: TakeOffIn) -> DoneOut:
    take_off(scope=request.scope, group=group, members=given.members, by=request.scope.name, at=now())
    return DoneOut()


@endpoint(router, "POST", "/{group}/close", Verb.RUN_SITES, response=DoneOut, summary="A group comes no more")
def close(request: PostRequest, group: str, given: Nothing) -> DoneOut:
    close_group(scope=request.scope, group=group, by=request.scope.name, at=now())
    return DoneOut()


@endpoint(router, "POST", "/{group}/file", Verb.RUN_SITES, response=GroupBatchOut, summary="A file of a group's people")
def file(request: PostRequest, group: str, file: File[UploadedFile]) -> dict[str, str]:
    upload = uploaded(file)
    batch = receive_group_file(
        scope=request.scope,
        group=group,
        path=upload.path,
        file_name=upload.name,
        by=request.scope.name,
        at=now(),
    )
    return {"batch": batch}
