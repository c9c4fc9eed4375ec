"""Where the points of a round go: computed with a bound, edited by hand, evaluated at once, taken into the round."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
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
from shali.foundation.policy.rules import number
from shali.foundation.ui.refusal import WrongInput
from shali.testing.bridge import Impossible, Plan, find_rooms, nearest
from shali.testing.models import SitePlan
from shali.testing.queries.find import plan_in_scope, round_in_scope
from shali.testing.rules.plan_file import Place, read_places
from shali.testing.services.rounds import NotLawful
from shali.testing.services.sites import NewSite, add_site

EARTH = 6_371_008.8  # metres, mean radius
SECONDS = 4.0
MOST_PAIRS = 4_000_000
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
METRES_A_MINUTE = 75.0  # a walk of 15 minutes is about 1,100 metres


@dataclass(frozen=True, slots=True)
class Wanted:
    """sites: how many to open; capacity: people to a point; walk: minutes."""

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
    """Choose where the points go so that all walk least and none serves more than its capacity.

    :raises WrongInput: what is asked for cannot be; the sentence holds both numbers
    """
    row = round_in_scope(scope, made)
    allowed = [one for one in candidates if one.state != "forbidden"]
    if not points or not allowed or len(points) * len(allowed) > MOST_PAIRS:
        raise WrongInput(
            _("Give points with people, and places where a sampling point may stand."), fields={"file": ""}
        )
    began = monotonic()
    found = _choose(points, allowed, wanted)
    units = _units([one.unit for one in points], scope)
    return SitePlan.objects.create(
        round=row,
        path=scope.path,
        letter=_letter(row.pk, scope.path),
        points=[[one.name, units.get(one.unit, ""), one.lon, one.lat, one.people] for one in points],
        candidates=[[one.name, one.lon, one.lat, one.state] for one in allowed],
        sites=[int(one) for one in found.sites],
        served=[int(one) for one in found.site_of],
        walk_m=wanted.walk_minutes * METRES_A_MINUTE,
        capacity=wanted.capacity,
        cost=found.cost,
        bound=found.bound,
        seconds=monotonic() - began,
        made_at=at,
        made_by=by,
    )


def _choose(points: Sequence[Place], allowed: Sequence[Place], wanted: Wanted) -> Plan:
    people = np.array([one.people for one in points], np.float64)
    fixed = np.array([one.state == "fixed" for one in allowed])
    if not max(1, int(fixed.sum())) <= wanted.sites <= len(allowed):
        said = _("%(sites)d points are asked for; %(most)d places are there, %(fixed)d of them fixed.")
        counts = {"sites": wanted.sites, "most": len(allowed), "fixed": int(fixed.sum())}
        raise WrongInput(said % counts, fields={"sites": "wrong"})
    began = monotonic()
    near = nearest(distances(points=points, candidates=allowed), people)
    try:
        return find_rooms(
            near, np.full(len(allowed), float(wanted.capacity)), wanted.sites, seconds=SECONDS,
            elapsed=lambda: monotonic() - began, fixed=fixed,
        )  # fmt: skip
    except Impossible as reason:
        raise WrongInput(
            _("%(people)d people do not fit into %(sites)d points of %(capacity)d. Set more points, or larger ones.")
            % {"people": int(people.sum()), "sites": wanted.sites, "capacity": wanted.capacity},
            fields={"sites": "too_few"},
        ) from reason


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


def _units(codes: Sequence[str], scope: Scope) -> dict[str, str]:
    known = Unit.objects.filter(code__in=set(codes), closed_on=None).values_list("code", "path")
    return {code: path for code, path in known if scope.holds(path)}


def _letter(made: int, path: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('testing_siteplan'), %s)", [made])
    many = SitePlan.objects.filter(round_id=made, path=path).count()
    if many >= len(LETTERS):
        raise NotLawful(_("There are 26 plans already. Take one of them."))
    return LETTERS[many]


@transaction.atomic
def edit_plan(
    *,
    scope: Scope,
    plan: str,
    close: int = -1,
    add: int = -1,
    move: tuple[int, float, float] | None = None,
    at: datetime,
) -> SitePlan:
    """Close a point, open one, or move one by hand; who goes where is worked out again at once.

    :raises NotLawful: the plan was taken
    """
    row = plan_in_scope(scope, plan)
    if row.taken_at is not None:
        raise NotLawful(_("This plan was taken into the round. Make another."))
    sites = [int(one) for one in row.sites]
    if close in sites and len(sites) > 1:
        sites.remove(close)
    if 0 <= add < len(row.candidates) and add not in sites:
        sites.append(add)
    if move is not None and move[0] in sites and abs(move[1]) <= 180 and abs(move[2]) <= 90:
        # The place where it stood stays a candidate: it can be opened again.
        name = row.candidates[move[0]][0]
        row.candidates.append([f"{name} *", move[1], move[2], ""])
        sites = [one for one in sites if one != move[0]] + [len(row.candidates) - 1]
    row.sites, row.edited = sorted(sites), True
    _evaluate(row)
    row.save(update_fields=["sites", "served", "candidates", "cost", "bound", "edited"])
    return row


def _evaluate(row: SitePlan) -> None:
    """Send everybody to the nearest open point; the bound stays while as many are open, else it says nothing."""
    points = [Place(one[0], "", one[2], one[3], one[4], "") for one in row.points]
    places = [Place(row.candidates[at][0], "", row.candidates[at][1], row.candidates[at][2], 0, "") for at in row.sites]
    table = distances(points=points, candidates=places)
    goes = table.argmin(axis=1)
    row.served = [row.sites[int(one)] for one in goes]
    row.cost = float((np.array([one.people for one in points]) * table[np.arange(len(points)), goes]).sum())
    row.bound = min(row.bound, row.cost)


@transaction.atomic
def take_plan(*, scope: Scope, plan: str, by: str, at: datetime) -> int:
    """Set the plan's points in the round, each covering the units most of whose people go there. Returns how many.

    :raises NotLawful: it was taken already
    """
    row = plan_in_scope(scope, plan)
    if not SitePlan.objects.filter(pk=row.pk, taken_at=None).update(taken_at=at, taken_by=by):
        raise NotLawful(_("This plan was taken already."))
    per_table = number("people_per_table", at).value
    goes: dict[str, Counter[int]] = {}
    people: Counter[int] = Counter()
    for (_name, unit, _lon, _lat, many), site in zip(row.points, row.served, strict=True):
        people[site] += many
        if unit:
            goes.setdefault(unit, Counter())[site] += many
    covers: dict[int, list[str]] = {}
    for unit, counts in goes.items():
        covers.setdefault(counts.most_common(1)[0][0], []).append(unit)
    for site in row.sites:
        name, lon, lat, _state = row.candidates[site]
        units = tuple(covers.get(site, ()))
        tables = min(60, max(1, int(-(-people[site] // per_table))))
        new = NewSite(name, units[0] if units else scope.path, units or (), tables, 0, lat, lon)
        add_site(scope=scope, made=row.round.public_id, new=new, by=by, at=at)
    return len(row.sites)
