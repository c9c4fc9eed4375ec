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
from shali.foundation.ui.refusal import WrongInput
from shali.testing.bridge import Impossible, Plan, bound_of_rooms, find_fewest, find_rooms, nearest, pairs_of
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

    capacity: people to a point whose own line says nothing; walk: minutes.
    """

    sites: int
    capacity: int
    walk_minutes: float


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
    """Choose where the points go, none serving more than its capacity: so that all walk least, or as few as will do.

    :raises WrongInput: what is asked for cannot be; the sentence holds both numbers
    """
    row = round_in_scope(scope, made)
    allowed = [one for one in candidates if one.state != "forbidden"]
    if not points or not allowed or len(points) * len(allowed) > MOST_PAIRS:
        raise WrongInput(
            _("Give points with people, and places where a sampling point may stand."), fields={"file": ""}
        )
    began = monotonic()
    found, fewest = _choose(points, allowed, wanted) if wanted.sites else _fewest(points, allowed, wanted)
    paths = units_of(points, scope=scope, areas=areas_of(scope, row))
    keep_positions(scope=scope, places=points, paths=paths, by=by, at=at)
    return SitePlan.objects.create(
        round=row,
        path=scope.path,
        letter=_letter(row.pk, scope.path),
        points=[[one.name, path, one.lon, one.lat, one.people] for one, path in zip(points, paths, strict=True)],
        candidates=[[one.name, one.lon, one.lat, one.state, one.capacity] for one in allowed],
        sites=[int(one) for one in found.sites],
        served=[int(one) for one in found.site_of],
        walk_m=wanted.walk_minutes * METRES_A_MINUTE,
        capacity=wanted.capacity,
        cost=found.cost,
        bound=found.bound,
        fewest=fewest,
        seconds=monotonic() - began,
        made_at=at,
        made_by=by,
    )


def _choose(points: Sequence[Place], allowed: Sequence[Place], wanted: Wanted) -> tuple[Plan, None]:
    people, fixed, room = _numbers(points, allowed, wanted)
    if not max(1, int(fixed.sum())) <= wanted.sites <= len(allowed):
        said = _("%(sites)d points are asked for; %(most)d places are there, %(fixed)d of them fixed.")
        counts = {"sites": wanted.sites, "most": len(allowed), "fixed": int(fixed.sum())}
        raise WrongInput(said % counts, fields={"sites": "wrong"})
    began = monotonic()
    near = nearest(distances(points=points, candidates=allowed), people)
    try:
        found = find_rooms(
            near, room, wanted.sites, seconds=SECONDS,
            elapsed=lambda: monotonic() - began, fixed=fixed,
        )  # fmt: skip
    except Impossible as reason:
        raise _no_room(people, room, fixed, wanted.sites) from reason
    return found, None


def _fewest(points: Sequence[Place], allowed: Sequence[Place], wanted: Wanted) -> tuple[Plan, int]:
    """Return as few points as will do with everybody within the walk, and the number below which no plan comes.

    Its bound is that of the ways with as many points: what has no limit of a walk can only be shorter.
    """
    people, fixed, room = _numbers(points, allowed, wanted)
    away = distances(points=points, candidates=allowed)
    rows, columns = np.nonzero(away <= wanted.walk_minutes * METRES_A_MINUTE)
    alone = ~np.isin(np.arange(len(points)), rows)
    if alone.any():
        said = _(
            "%(places)d places with %(people)d people have none of the places where a point may stand within "
            "%(walk)d minutes. Let them walk farther, or name places near them."
        )
        counts = {"places": int(alone.sum()), "people": int(people[alone].sum()), "walk": int(wanted.walk_minutes)}
        raise WrongInput(said % counts, fields={"walk": "too_short"})
    began = monotonic()
    pairs = pairs_of(rows, columns, away[rows, columns], people, many=len(allowed))
    try:
        found = find_fewest(pairs, room, seconds=SECONDS, elapsed=lambda: monotonic() - began, fixed=fixed)
    except Impossible as reason:
        raise _no_room(people, room, fixed, len(allowed)) from reason
    cost, chosen = float((people * away[np.arange(len(points)), found.site_of]).sum()), monotonic()
    bound = bound_of_rooms(
        nearest(away, people), room, len(found.sites), cost=cost, seconds=BOUND_SECONDS,
        elapsed=lambda: monotonic() - chosen, fixed=fixed,
    )  # fmt: skip
    return replace(found, cost=cost, bound=bound, is_optimal=False), round(found.bound)


def _numbers(
    points: Sequence[Place], allowed: Sequence[Place], wanted: Wanted
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]:
    """Return how many people live at each point; which candidates are fixed, and how many people each takes."""
    people = np.array([one.people for one in points], np.float64)
    fixed = np.array([one.state == "fixed" for one in allowed])
    return people, fixed, np.array([one.capacity or wanted.capacity for one in allowed], np.float64)


def _no_room(
    people: NDArray[np.float64], room: NDArray[np.float64], fixed: NDArray[np.bool_], sites: int
) -> WrongInput:
    said = _(
        "%(people)d people do not fit into %(sites)d points: the largest take %(room)d in all, each place whole. "
        "Set more points, or larger ones."
    )
    counts = {"people": int(people.sum()), "sites": sites, "room": _most(room, fixed, sites)}
    return WrongInput(said % counts, fields={"sites": "too_few"})


def _most(room: NDArray[np.float64], fixed: NDArray[np.bool_], sites: int) -> int:
    """Return how many people so many points take at most: the fixed ones, and the largest of the others."""
    free = np.sort(room[~fixed])[::-1][: sites - int(fixed.sum())]
    return int(room[fixed].sum() + free.sum())


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
