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
from shali.testing.queries.tubes import recalls
from shali.testing.services.left import exempt_people, name_missing, visit_at_home

router = Router()
Lines = list[int]


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


class PeopleOut(Schema):
    items: list[ExpectedOut]
    total: int | None
    after: str


class Wanted(Given):
    which: Literal[
        "left", "sampled", "exempt", "missing", "guests", "awaiting", "retest", "resample", "negative", "positive"
    ] = "left"
    unit: str = Field("", max_length=60)
    after: int = Field(0, ge=0, le=2**53)


class ChosenIn(Given):
    """lines: numbers of lines of the roster, as the list gives them."""

    lines: list[int] = Field(max_length=500)
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
    items: list[RecallOut]


@endpoint(router, "GET", "/{testing_round}/people", Verb.SEE_TESTING, response=PeopleOut, summary="People of a round")
def index(request: PostRequest, testing_round: str, wanted: Query[Wanted]) -> dict[str, object]:
    page = left_page(request.scope, testing_round, wanted.which, unit=wanted.unit, at=now(), after=wanted.after)
    return {"items": page.rows, "total": page.total, "after": page.next}


@endpoint(router, "POST", "/{testing_round}/people/exempt", Verb.NAME_LEFT, response=CountOut, summary="Exempt people")
def exempt(request: PostRequest, testing_round: str, given: ChosenIn) -> dict[str, int]:
    done = exempt_people(
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
def recalled(request: PostRequest, testing_round: str) -> dict[str, object]:
    return {"items": recalls(request.scope, testing_round, at=now())}
