from datetime import datetime

from ninja import Router, Schema

from shali.board.queries import curve as curves
from shali.board.queries.figures import Board, board
from shali.foundation.accounts.api.endpoint import endpoint
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


@endpoint(router, "GET", "/{path}", Verb.SEE_WALL, response=BoardOut, summary="The wall of a unit, in numbers")
def wall(request: PostRequest, path: str) -> Board:
    return board(request.scope, path=path, at=now())


@endpoint(router, "GET", "/{path}/curve", Verb.SEE_WALL, response=CurveOut, summary="The day of a unit, by hour")
def curve(request: PostRequest, path: str) -> curves.Curve:
    return curves.curve(request.scope, path=path, at=now())
