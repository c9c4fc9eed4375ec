from datetime import datetime

from ninja import Query, Router, Schema
from pydantic import Field

from shali.board.queries import curve as curves
from shali.board.queries.figures import Board, board
from shali.board.queries.staffed import staff_view
from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import Given
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now

router = Router(tags=["figures"])


class FiguresOut(Schema):
    """within_24 of whole_24: closed in time, of those whose 24 hours are over."""

    carried: int
    handed_over: int
    closed: int
    open: int
    overdue: int
    soon: int
    two_hours: int
    not_accepted: int
    blocked: int
    within_24: int
    whole_24: int
    ages: list[int]
    oldest_due: datetime | None
    last_word: datetime | None


class LineOut(Schema):
    """kind: child, own (the unit's own desk) or gone (units that are no more)."""

    path: str
    name: str
    name_en: str
    kind: str
    now: FiguresOut
    before: FiguresOut


class BoardOut(Schema):
    """before: the same figures 24 hours earlier."""

    path: str
    name: str
    name_en: str
    level: int
    at: datetime
    now: FiguresOut
    before: FiguresOut
    lines: list[LineOut]


class CurveOut(Schema):
    """Sums of the day by hour, and yesterday's."""

    handed_over: list[int]
    closed: list[int]
    handed_over_before: list[int]
    closed_before: list[int]


class PostOut(Schema):
    """on_shift: who stands there the whole shift; called: asked, and not answered yet."""

    kind: str
    needed: int
    on_shift: int
    missing: int
    called: int


class ShiftLineOut(Schema):
    starts_at: datetime
    ends_at: datetime
    is_over: bool
    posts: list[PostOut]


class NeedOut(Schema):
    """desks: at which 95 of 100 wait no longer than the rule allows, as the queue engine plays the day."""

    site: str
    name: str
    unit: str
    unit_en: str
    opens_at: datetime
    closes_at: datetime
    people: int
    tables: int
    desks: int


class SiteStaffOut(Schema):
    need: NeedOut
    shifts: list[ShiftLineOut]
    missing: int
    overdue: int


class StaffOut(Schema):
    """A page of the points, and over all: needed, on_shift, missing in shifts that are not over; hours: of a shift."""

    sites: list[SiteStaffOut]
    after: str
    needed: int
    on_shift: int
    missing: int
    overdue: int
    hours: float
    in_heat: bool


class Heat(Given):
    heat: bool = True
    after: str = Field("", max_length=40)


@endpoint(router, "GET", "/staff/{testing_round}/points", Verb.RUN_SITES, response=StaffOut, summary="Who is missing")
def staff(request: PostRequest, testing_round: str, wanted: Query[Heat]) -> dict[str, object]:
    view = staff_view(request.scope, testing_round, in_heat=wanted.heat, at=now(), after=wanted.after)
    sums = {name: getattr(view, name) for name in ("needed", "on_shift", "missing", "overdue", "hours", "in_heat")}
    return {"sites": view.sites.rows, "after": view.sites.next, **sums}


@endpoint(router, "GET", "/{path}", Verb.SEE_WALL, response=BoardOut, summary="The wall of a unit, in numbers")
def wall(request: PostRequest, path: str) -> Board:
    return board(request.scope, path=path, at=now())


@endpoint(router, "GET", "/{path}/curve", Verb.SEE_WALL, response=CurveOut, summary="The day of a unit, by hour")
def curve(request: PostRequest, path: str) -> curves.Curve:
    return curves.curve(request.scope, path=path, at=now())
