from datetime import datetime, timedelta
from typing import Literal

from ninja import Query, Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given, Nothing
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.people.api.shown import PersonMasked
from shali.testing.queries import tubes as reads
from shali.testing.queries.turnaround import turnaround
from shali.testing.services.laboratory import name_lost
from shali.testing.services.parking import settle_parked

router = Router()


class TubeRowOut(Schema):
    public_id: str
    code: str
    site: str
    members: int
    size: int
    state: int
    conflict: str
    first_at: datetime | None
    outcome: int | None


class TubesOut(Schema):
    """total: null beyond 10,000; after: hand it back as `after` for the following page, empty at the end."""

    items: list[TubeRowOut]
    total: int | None
    after: str


class MemberOut(Schema):
    person: PersonMasked | None
    taken_at: datetime
    how: str
    table: int
    is_bound: bool
    standing: int | None


class TubeOut(Schema):
    public_id: str
    code: str
    round: str
    site: str
    size: int
    members: int
    state: int
    conflict: str
    first_at: datetime | None
    sealed_at: datetime | None
    box_code: str
    received_at: datetime | None
    lost_at: datetime | None
    outcome: int | None
    resulted_at: datetime | None
    void_why: str
    people: list[MemberOut]


class Wanted(Given):
    which: Literal[
        "conflict", "waiting", "suspect", "open", "late_to_laboratory", "late_to_result",
        "all", "received", "void", "lost", "on_the_way",
    ] = "conflict"  # fmt: skip
    after: str = Field("", max_length=200)


class StageOut(Schema):
    """One stage of a round's tubes. Durations in seconds; the limit is null where no rule limits it.

    now: in it; late: of these over the limit; done: through it; middle, most: median and 95th percentile
    """

    name: Literal["to_laboratory", "at_laboratory", "to_result"]
    limit_seconds: float | None
    now: int
    late: int
    oldest: datetime | None
    done: int
    in_time: int
    middle_seconds: float | None
    most_seconds: float | None


class StagesOut(Schema):
    items: list[StageOut]


class ParkedOut(Schema):
    public_id: str
    kind: str
    round_number: int
    table: int
    seq: int | None
    detail: dict[str, object]
    opened_at: datetime


class ParkedListOut(Schema):
    """total: null beyond 10,000; after: hand it back as `after` for the following page, empty at the end."""

    items: list[ParkedOut]
    total: int | None
    after: str


class WantedPage(Given):
    after: str = Field("", max_length=200)


class SettleIn(Given):
    settled_as: Literal["take", "set_aside"]


@endpoint(
    router, "GET", "/rounds/{testing_round}/tubes", Verb.SEE_TESTING, response=TubesOut, summary="Tubes of a round"
)
def index(request: PostRequest, testing_round: str, wanted: Query[Wanted]) -> dict[str, object]:
    page = reads.tubes(request.scope, testing_round, wanted.which, at=now(), after=wanted.after)
    return {"items": page.rows, "total": page.total, "after": page.next}


@endpoint(
    router,
    "GET",
    "/rounds/{testing_round}/turnaround",
    Verb.SEE_TESTING,
    response=StagesOut,
    summary="How long tubes take, by stage",
)
def stages(request: PostRequest, testing_round: str) -> dict[str, object]:
    found = turnaround(request.scope, testing_round, at=now())
    return {
        "items": [
            {
                **{name: getattr(one, name) for name in ("name", "now", "late", "oldest", "done", "in_time")},
                "limit_seconds": _seconds(one.limit),
                "middle_seconds": _seconds(one.middle),
                "most_seconds": _seconds(one.most),
            }
            for one in found
        ]
    }


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()


@endpoint(router, "GET", "/tubes/{tube}", Verb.SEE_TESTING, response=TubeOut, summary="A tube and whom it holds")
def one(request: PostRequest, tube: str) -> reads.TubeView:
    return reads.tube_view(request.scope, tube, at=now())


@endpoint(router, "POST", "/tubes/{tube}/lost", Verb.SETTLE_TESTING, response=DoneOut, summary="A tube is missing")
def lost(request: PostRequest, tube: str, given: Nothing) -> DoneOut:
    name_lost(scope=request.scope, tube=tube, by=request.scope.name, at=now())
    return DoneOut()


@endpoint(router, "GET", "/parked", Verb.SETTLE_TESTING, response=ParkedListOut, summary="What could not be done")
def parked(request: PostRequest, wanted: Query[WantedPage]) -> dict[str, object]:
    page = reads.parked(request.scope, after=wanted.after)
    return {"items": page.rows, "total": page.total, "after": page.next}


@endpoint(router, "POST", "/parked/{parked}/settle", Verb.SETTLE_TESTING, response=DoneOut, summary="Settle it")
def settle(request: PostRequest, parked: str, given: SettleIn) -> DoneOut:
    settle_parked(scope=request.scope, parked=parked, settled_as=given.settled_as, by=request.scope.name, at=now())
    return DoneOut()
