"""Where the points of a round go: computed with a bound that no plan beats."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from shali.foundation.intake.reading import Reading, UnreadableFile
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.formats import num
from shali.foundation.ui.refusal import WrongInput
from shali.testing import bridge
from shali.testing.models import SitePlan
from shali.testing.queries.areas import areas_of, within_any
from shali.testing.queries.find import round_in_scope
from shali.testing.rules import METRES_A_MINUTE
from shali.testing.rules.covering import unit_named
from shali.testing.rules.plan_file import Place, read_places
from shali.testing.services.homes import keep_positions
from shali.testing.services.rounds import NotLawful

EARTH = 6_371_008.8  # metres, mean radius
SECONDS = 4.0
BOUND_SECONDS = 1.0
MOST_PAIRS = 4_000_000
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Wanted:
    """sites: how many to open, 0: as few as will do, everybody within the walk.

    capacity: people to a point whose own line says nothing; walk: minutes. is_within: with so many points, most people
    shall have one within the walk; else all ways together shall be shortest.
    """

    sites: int
    capacity: int
    walk_minutes: float
    is_within: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A plan whose bound is that of the ways, and what is proven beside it: see SitePlan."""

    plan: "bridge.Plan"
    fewest: int | None = None
    most_within: int | None = None


@transaction.atomic
def make_plan(
    *,
    scope: Scope,
    made: str,
    points: Sequence[Place],
    candidates: Sequence[Place],
    wanted: Wanted,
    by: str,
    at: datetime,
) -> SitePlan:
    """Choose where the points go, none serving more than its capacity: as near, within the walk, or few as may be.

    :raises WrongInput: what is asked for cannot be; the sentence holds both numbers
    """
    row = round_in_scope(scope, made)
    allowed = [one for one in candidates if one.state != "forbidden"]
    if not points or not allowed:
        raise WrongInput(
            _("Give points with people, and places where a sampling point may stand."), fields={"file": ""}
        )
    if len(points) * len(allowed) > MOST_PAIRS:
        said = _(
            "%(points)s places where people live and %(candidates)s where a point may stand are too many for one plan: "
            "%(pairs)s pairs at most. Make a plan for each county, or name fewer places."
        )
        counts = {"points": num(len(points)), "candidates": num(len(allowed)), "pairs": num(MOST_PAIRS)}
        raise WrongInput(said % counts, fields={"file": "too_large"})
    began = monotonic()
    found = _choose(Town.of(points, allowed, wanted), wanted)
    paths = units_of(points, scope=scope, areas=areas_of(scope, row))
    keep_positions(scope=scope, places=points, paths=paths, by=by, at=at)
    return SitePlan.objects.create(
        round=row,
        path=scope.path,
        letter=_letter(row.pk, scope.path),
        points=[[one.name, path, one.lon, one.lat, one.people] for one, path in zip(points, paths, strict=True)],
        candidates=[[one.name, one.lon, one.lat, one.state, one.capacity] for one in allowed],
        sites=[int(one) for one in found.plan.sites],
        served=[int(one) for one in found.plan.site_of],
        walk_m=wanted.walk_minutes * METRES_A_MINUTE,
        capacity=wanted.capacity,
        cost=found.plan.cost,
        bound=found.plan.bound,
        fewest=found.fewest,
        most_within=found.most_within,
        seconds=monotonic() - began,
        made_at=at,
        made_by=by,
    )


@dataclass(frozen=True, slots=True)
class Town:
    """The tables in numbers. away: (n, m) metres; people: (n,); room: (m,) people whom a place takes; fixed: (m,)."""

    away: NDArray[np.float64]
    people: NDArray[np.float64]
    room: NDArray[np.float64]
    fixed: NDArray[np.bool_]

    @classmethod
    def of(cls, points: Sequence[Place], allowed: Sequence[Place], wanted: Wanted) -> "Town":
        return cls(
            distances(points=points, candidates=allowed),
            np.array([one.people for one in points], np.float64),
            np.array([one.capacity or wanted.capacity for one in allowed], np.float64),
            np.array([one.state == "fixed" for one in allowed]),
        )


def _choose(town: Town, wanted: Wanted) -> Found:
    if not wanted.sites:
        return _fewest(town, wanted)
    fixed = int(town.fixed.sum())
    if not max(1, fixed) <= wanted.sites <= len(town.room):
        said = _("%(sites)d points are asked for; %(most)d places are there, %(fixed)d of them fixed.")
        counts = {"sites": wanted.sites, "most": len(town.room), "fixed": fixed}
        raise WrongInput(said % counts, fields={"sites": "wrong"})
    return _within(town, wanted) if wanted.is_within else _shortest(town, wanted)


def _shortest(town: Town, wanted: Wanted) -> Found:
    began = monotonic()
    near = bridge.nearest(town.away, town.people)
    try:
        found = bridge.find_rooms(
            near, town.room, wanted.sites, seconds=SECONDS, elapsed=lambda: monotonic() - began, fixed=town.fixed
        )
    except bridge.Impossible as reason:
        raise _no_room(town, wanted.sites) from reason
    return Found(found)


def _within(town: Town, wanted: Wanted) -> Found:
    """Return the points that most people have within the walk. Capacities come after: with them none reaches more."""
    began = monotonic()
    rows, columns = np.nonzero(town.away <= wanted.walk_minutes * METRES_A_MINUTE)
    reached = bridge.reach_most(
        bridge.reach_of(rows, columns, town.people, many=len(town.room)), wanted.sites, seconds=SECONDS,
        elapsed=lambda: monotonic() - began, fixed=town.fixed,
    )  # fmt: skip
    try:
        goes, cost = bridge.seat_all(bridge.nearest(town.away[:, reached.sites], town.people), town.room[reached.sites])
    except bridge.Impossible as reason:
        chosen = Town(town.away, town.people, town.room[reached.sites], town.fixed[reached.sites])
        raise _no_room(chosen, wanted.sites) from reason
    seated = replace(reached, site_of=reached.sites[goes])
    return Found(_with_ways(seated, town, cost), most_within=int(reached.bound + 1e-6))


def _fewest(town: Town, wanted: Wanted) -> Found:
    """Return as few points as will do with everybody within the walk, and the number below which no plan comes.

    Its bound is that of the ways with as many points: what has no limit of a walk can only be shorter.
    """
    rows, columns = np.nonzero(town.away <= wanted.walk_minutes * METRES_A_MINUTE)
    alone = ~np.isin(np.arange(len(town.people)), rows)
    if alone.any():
        said = _(
            "%(places)d places with %(people)d people have none of the places where a point may stand within "
            "%(walk)d minutes. Let them walk farther, or name places near them."
        )
        people = int(town.people[alone].sum())
        counts = {"places": int(alone.sum()), "people": people, "walk": int(wanted.walk_minutes)}
        raise WrongInput(said % counts, fields={"walk": "too_short"})
    began = monotonic()
    pairs = bridge.pairs_of(rows, columns, town.away[rows, columns], town.people, many=len(town.room))
    try:
        found = bridge.find_fewest(
            pairs, town.room, seconds=SECONDS, elapsed=lambda: monotonic() - began, fixed=town.fixed
        )
    except bridge.Impossible as reason:
        raise _no_room(town, len(town.room)) from reason
    cost = float((town.people * town.away[np.arange(len(town.people)), found.site_of]).sum())
    return Found(_with_ways(found, town, cost), fewest=round(found.bound))


def _with_ways(found: "bridge.Plan", town: Town, cost: float) -> "bridge.Plan":
    """Return a plan with what its ways cost, and a bound: with as many points no plan's ways cost less."""
    began = monotonic()
    bound = bridge.bound_of_rooms(
        bridge.nearest(town.away, town.people), town.room, len(found.sites), cost=cost, seconds=BOUND_SECONDS,
        elapsed=lambda: monotonic() - began, fixed=town.fixed,
    )  # fmt: skip
    return replace(found, cost=cost, bound=bound, is_optimal=False)


def _no_room(town: Town, sites: int) -> WrongInput:
    said = _(
        "%(people)d people do not fit into %(sites)d points: the largest take %(room)d in all, each place whole. "
        "Set more points, or larger ones."
    )
    # The fixed ones, and the largest of the others.
    free = np.sort(town.room[~town.fixed])[::-1][: sites - int(town.fixed.sum())]
    most = int(town.room[town.fixed].sum() + free.sum())
    counts = {"people": int(town.people.sum()), "sites": sites, "room": most}
    return WrongInput(said % counts, fields={"sites": "too_few"})


def read_table(*, path: Path, name: str, with_people: bool) -> list[Place]:
    """Read one of the two tables out of a file.

    :raises WrongInput: it cannot be read, or a line is wrong; the sentence names row and column
    """
    try:
        rows = [(one.row, one.texts) for one in Reading(path, name=name, as_it_stands=True).rows_as_they_stand()]
    except UnreadableFile as refused:
        raise WrongInput(refused.sentence(get_language() or "zh"), fields={"file": "unreadable"}) from refused
    found = read_places(rows, with_people=with_people)
    if found.wrong:
        row, column = found.wrong[0]
        said = _("%(file)s, row %(row)d: the column '%(column)s' is empty or wrong; %(n)d rows in all.")
        raise WrongInput(
            said % {"file": name[:60], "row": row, "column": column, "n": len(found.wrong)}, fields={"file": column}
        )
    if not found.places:
        said = _("%(file)s has no line of headings with name, longitude, latitude (and people), or nothing below it.")
        raise WrongInput(said % {"file": name[:60]}, fields={"file": "empty"})
    return list(found.places)


def distances(*, points: Sequence[Any], candidates: Sequence[Any]) -> NDArray[np.float64]:
    """Return metres from each point (a row) to each candidate (a column), as the crow flies."""
    a = np.radians([[one.lon, one.lat] for one in points])
    b = np.radians([[one.lon, one.lat] for one in candidates])
    north = np.sin((a[:, None, 1] - b[None, :, 1]) / 2) ** 2
    east = np.sin((a[:, None, 0] - b[None, :, 0]) / 2) ** 2
    both = np.cos(a[:, None, 1]) * np.cos(b[None, :, 1]) * east + north
    return np.asarray(2 * EARTH * np.arcsin(np.sqrt(both)))


def units_of(points: Sequence[Place], *, scope: Scope, areas: Sequence[str]) -> list[str]:
    """Return the path of each row's unit: by its code, else by the unit whose name stands in the row's name; else ''.

    A code that is no unit of the round in this scope is not guessed at.
    """
    inner = within_any(scope, areas)
    units = list(Unit.objects.filter(inner, closed_on=None).values_list("code", "name", "path"))
    by_code = {code: path for code, _name, path in units}
    named = [(name, path) for _code, name, path in units]
    return [by_code.get(one.unit, "") if one.unit else unit_named(one.name, named) for one in points]


def _letter(made: int, path: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('testing_siteplan'), %s)", [made])
    many = SitePlan.objects.filter(round_id=made, path=path).count()
    if many >= len(LETTERS):
        raise NotLawful(_("There are 26 plans already. Take one of them."))
    return LETTERS[many]
