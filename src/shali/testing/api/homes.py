from datetime import datetime

from ninja import Query, Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import Given
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.testing.queries import homes as reads
from shali.testing.services.homes import Wanted, plan_visits

router = Router()


class TeamOut(Schema):
    """metres, minutes: of the whole walk as planned, there and back, with the work at the doors."""

    team: int
    visits: int
    left: int
    overdue: int
    metres: float
    minutes: float


class TourOut(Schema):
    public_id: str
    unit: str
    unit_en: str
    start: str
    overdue_first: bool
    made_at: datetime
    teams: list[TeamOut]


class VisitsOut(Schema):
    """nobodys: doors on no team's walk; guessed: doors whose place is only their community's."""

    open: int
    overdue: int
    nobodys: int
    guessed: int
    tours: list[TourOut]


class ToursIn(Given):
    """start: public number of the sampling point from which the walks begin, '' for the area's own."""

    teams: int = Field(ge=1, le=20)
    start: str = Field("", max_length=12)
    overdue_first: bool = False


class TourMadeOut(Schema):
    tour: str


class TeamWanted(Given):
    team: int = Field(1, ge=1, le=20)


class StopOut(Schema):
    """A door without name, number or telephone; the person's own endpoint shows these for a purpose.

    metres: from the door before; known: from what its place was known, building, estate, community or nowhere.
    """

    task: str
    place: int
    unit: str
    unit_en: str
    estate: str
    building: str
    entrance: int
    floor: int
    metres: float
    known: str
    state: str
    due_at: datetime
    outcome: str


class WalkOut(Schema):
    tour: str
    round: str
    team: int
    teams: int
    start: str
    metres: float
    minutes: float
    hidden: int
    stops: list[StopOut]


@endpoint(router, "GET", "/{testing_round}/visits", Verb.SEE_TESTING, response=VisitsOut, summary="Visits at home")
def index(request: PostRequest, testing_round: str) -> reads.VisitsView:
    return reads.visits_view(request.scope, testing_round, at=now())


@endpoint(
    router, "POST", "/{testing_round}/visits", Verb.NAME_LEFT, response=TourMadeOut, summary="Share doors among teams"
)
def plan(request: PostRequest, testing_round: str, given: ToursIn) -> dict[str, str]:
    wanted = Wanted(given.teams, given.start, given.overdue_first)
    made = plan_visits(scope=request.scope, made=testing_round, wanted=wanted, by=request.scope.name, at=now())
    return {"tour": made.public_id}


@endpoint(router, "GET", "/walks/{tour}", Verb.NAME_LEFT, response=WalkOut, summary="A team's walk, door by door")
def walk(request: PostRequest, tour: str, wanted: Query[TeamWanted]) -> dict[str, object]:
    view = reads.walk_view(request.scope, tour, wanted.team, at=now())
    said = {name: getattr(view, name) for name in WalkOut.model_fields if name != "stops"}
    return said | {"stops": [_stop(one) for one in view.rows]}


def _stop(one: reads.VisitRow) -> dict[str, object]:
    own = {name: getattr(one, name) for name in StopOut.model_fields if hasattr(one, name)}
    door = {name: getattr(one.door, name) for name in ("estate", "building", "entrance", "floor")}
    return own | door
