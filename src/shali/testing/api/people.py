from datetime import datetime
from typing import Literal

from ninja import Query, Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import Given
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.people.api.shown import PersonMasked
from shali.testing.queries.left import left_page
from shali.testing.queries.narrowed import Narrow, lines_of
from shali.testing.queries.tubes import recalls
from shali.testing.services.left import (
    exempt_narrowed,
    exempt_people,
    name_missing,
    take_back_exemptions,
    visit_at_home,
)

router = Router()
Lines = list[int]


class TakenBackOut(Schema):
    """The last exemption of the line that was taken back."""

    exempt: str
    why: str
    by: str
    at: datetime


class ExpectedOut(Schema):
    id: int
    person: PersonMasked | None
    unit: str
    unit_en: str
    path: str
    standing: int
    guest: bool
    sampled_at: datetime | None
    exempt: str
    missing: str
    taken_back: TakenBackOut | None


class PeopleOut(Schema):
    items: list[ExpectedOut]
    total: int | None
    after: str


class Filtered(Given):
    """own, door, group, first, last (years of age): of those left only; door: a line of the building's people."""

    unit: str = Field("", max_length=60)
    own: bool = False
    door: int = Field(0, ge=0, le=2**53)
    group: str = Field("", max_length=12)
    first: int | None = Field(None, ge=0, le=130)
    last: int | None = Field(None, ge=0, le=130)

    def narrow(self) -> Narrow:
        return Narrow(self.unit, self.own, self.door, self.group, self.first, self.last)


class Wanted(Filtered):
    which: Literal[
        "left",
        "sampled",
        "exempt",
        "missing",
        "merged",
        "guests",
        "awaiting",
        "retest",
        "resample",
        "negative",
        "positive",
    ] = "left"
    after: int = Field(0, ge=0, le=2**53)


class ChosenIn(Given):
    """lines: numbers of lines of the roster, as the list gives them."""

    lines: list[int] = Field(max_length=500)
    why: str = Field(max_length=20)


class NarrowedIn(Filtered):
    """The filter as the list took it; count: the total that it gave. why: a reason of exemption."""

    count: int = Field(ge=0, le=100_000_000)
    why: str = Field(max_length=20)


class DoorsIn(Given):
    lines: list[int] = Field(max_length=500)


class CountOut(Schema):
    done: int


class RecallOut(Schema):
    person: PersonMasked | None
    unit: str
    unit_en: str
    why: str
    tube_code: str
    task: str
    opened_at: datetime
    due_at: datetime | None
    done_at: datetime | None
    outcome: str


class RecallsOut(Schema):
    """total: null beyond 10,000; after: hand it back as `after` for the following page, empty at the end."""

    items: list[RecallOut]
    total: int | None
    after: str


class RecallsWanted(Given):
    which: Literal["overdue", "open", "done", "all"] = "open"
    after: str = Field("", max_length=200)


@endpoint(router, "GET", "/{testing_round}/people", Verb.SEE_TESTING, response=PeopleOut, summary="People of a round")
def index(request: PostRequest, testing_round: str, wanted: Query[Wanted]) -> dict[str, object]:
    at, narrow = now(), wanted.narrow()
    is_narrow = wanted.which == "left" and (narrow.is_narrow or narrow.own)
    lines = lines_of(request.scope, testing_round, narrow, at=at) if is_narrow else None
    page = left_page(
        request.scope, testing_round, wanted.which, unit=wanted.unit, lines=lines, at=at, after=wanted.after
    )
    return {"items": page.rows, "total": page.total if lines is None else len(lines), "after": page.next}


@endpoint(router, "POST", "/{testing_round}/people/exempt", Verb.NAME_LEFT, response=CountOut, summary="Exempt people")
def exempt(request: PostRequest, testing_round: str, given: ChosenIn) -> dict[str, int]:
    done = exempt_people(
        scope=request.scope, made=testing_round, people=given.lines, why=given.why, by=request.scope.name, at=now()
    )
    return {"done": done}


@endpoint(
    router,
    "POST",
    "/{testing_round}/people/exempt-filtered",
    Verb.NAME_LEFT,
    response=CountOut,
    summary="Exempt all whom a filter means",
)
def exempt_filtered(request: PostRequest, testing_round: str, given: NarrowedIn) -> dict[str, int]:
    """All of them in one act; refused where the filter means another number of people by now."""
    done = exempt_narrowed(
        scope=request.scope, made=testing_round, wanted=given.narrow(), count=given.count, why=given.why,
        by=request.scope.name, at=now(),
    )  # fmt: skip
    return {"done": done}


@endpoint(
    router, "POST", "/{testing_round}/people/take-back", Verb.NAME_LEFT, response=CountOut, summary="End exemptions"
)
def take_back(request: PostRequest, testing_round: str, given: ChosenIn) -> dict[str, int]:
    """why: mistake, ended (its ground), came (comes to be sampled). What was said before stays on record."""
    done = take_back_exemptions(
        scope=request.scope, made=testing_round, people=given.lines, why=given.why, by=request.scope.name, at=now()
    )
    return {"done": done}


@endpoint(
    router, "POST", "/{testing_round}/people/missing", Verb.NAME_LEFT, response=CountOut, summary="Name people missing"
)
def missing(request: PostRequest, testing_round: str, given: ChosenIn) -> dict[str, int]:
    done = name_missing(
        scope=request.scope, made=testing_round, people=given.lines, why=given.why, by=request.scope.name, at=now()
    )
    return {"done": done}


@endpoint(
    router, "POST", "/{testing_round}/people/doors", Verb.NAME_LEFT, response=CountOut, summary="Tasks at their doors"
)
def doors(request: PostRequest, testing_round: str, given: DoorsIn) -> dict[str, int]:
    done = visit_at_home(scope=request.scope, made=testing_round, people=given.lines, by=request.scope.name, at=now())
    return {"done": done}


@endpoint(router, "GET", "/{testing_round}/recalls", Verb.SEE_TESTING, response=RecallsOut, summary="Who owes a sample")
def recalled(request: PostRequest, testing_round: str, wanted: Query[RecallsWanted]) -> dict[str, object]:
    page = recalls(request.scope, testing_round, wanted.which, at=now(), after=wanted.after)
    return {"items": page.rows, "total": page.total, "after": page.next}
