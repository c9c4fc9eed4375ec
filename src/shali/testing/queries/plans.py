"""Plans of where the points go: whom each serves, how far they walk, how long they wait, when it is done."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from shali.foundation.jurisdictions.scope import Scope, within
from shali.testing import bridge
from shali.testing.models import SitePlan
from shali.testing.queries.find import plan_in_scope, round_in_scope
from shali.testing.queries.play import NOTHING_GIVEN, Assumed, play_day
from shali.testing.rules import METRES_A_MINUTE
from shali.testing.rules.plan_file import rooms


@dataclass(frozen=True, slots=True)
class PlanRow:
    """gap: of the mean walk. within: share of people who walk no farther than asked.

    fewest: no plan with everybody within the walk has fewer points; most_within: in no plan with as many points more
    people have one within the walk. None: not asked.
    """

    public_id: str
    letter: str
    sites: int
    people: int
    mean_walk_m: float
    gap: float
    within: float
    made_at: datetime
    edited: bool
    taken_at: datetime | None
    fewest: int | None
    most_within: int | None


@dataclass(frozen=True, slots=True)
class SiteLine:
    """A point of a plan. place: of its candidate; tables: as given, else as needed.

    needed: tables at which 95 of 100 wait no longer than the rule allows; late: people who begin after the round's end.
    is_own: its tables are given for it alone. wait_95: minutes within which 95 of 100 begin, with these tables;
    hourly: who comes, and the mean wait in minutes; capacity: people that it takes
    """

    place: int
    number: int
    name: str
    lon: float
    lat: float
    people: int
    tables: int
    needed: int
    late: int
    is_own: bool
    mean_m: float
    farthest_m: float
    wait_95: float
    done_at: datetime
    is_full: bool
    hourly: tuple[tuple[int, float], ...]
    capacity: int


@dataclass(frozen=True, slots=True)
class PointLine:
    """Where people live, and where they are to go. minutes: to walk; unit: path of the community, '' if not told."""

    name: str
    unit: str
    lon: float
    lat: float
    people: int
    site: int
    metres: float
    minutes: float


@dataclass(frozen=True, slots=True)
class PlanView:
    """capacity: of candidates whose own line says nothing; least, most: people that a candidate takes.

    bound_m: no plan with as many points has a shorter mean walk. assumed: what the day was played with.

    tables, needed: of all points; short: tables that are missing at points that have too few; late: people who begin
    after the round's end.
    """

    row: PlanRow
    round: str
    round_number: int
    starts_at: datetime
    ends_at: datetime
    walk_minutes: float
    capacity: int
    least: int
    most: int
    seconds: float
    bound_m: float
    sites: tuple[SiteLine, ...]
    points: tuple[PointLine, ...]
    closed: tuple[tuple[int, str, float, float], ...]
    far: tuple[PointLine, ...]
    far_people: int
    wait_95: float
    assumed: Assumed
    tables: int
    needed: int
    short: int
    late: int


def plans(scope: Scope, made: str) -> list[PlanRow]:
    """Return the plans of a round in a scope, the newest first."""
    row = round_in_scope(scope, made)
    return [_row(one) for one in SitePlan.objects.filter(within(scope.path), round=row).order_by("-id")]


def _row(one: SitePlan) -> PlanRow:
    people = sum(point[4] for point in one.points)
    away = _metres(one)
    near = sum(point[4] for point, metres in zip(one.points, away, strict=True) if metres <= one.walk_m)
    gap = (one.cost - one.bound) / max(one.cost, 1e-9)
    return PlanRow(
        one.public_id, one.letter, len(one.sites), people, one.cost / max(people, 1), gap, near / max(people, 1),
        one.made_at, one.edited, one.taken_at, one.fewest, one.most_within,
    )  # fmt: skip


def _metres(one: SitePlan) -> list[float]:
    """Return how far each place is from its point."""
    here = np.array([[point[2], point[3]] for point in one.points], np.float64)
    there = np.array([[one.candidates[site][1], one.candidates[site][2]] for site in one.served], np.float64)
    return [float(metres) for metres in bridge.metres_apart(here, there)]


def plan_view(scope: Scope, plan: str, *, at: datetime, given: Assumed = NOTHING_GIVEN) -> PlanView:
    """Return a plan with its points, walks and queues.

    :raises NotInScope: there is none here
    """
    one = plan_in_scope(scope, plan)
    row = _row(one)
    points = tuple(
        PointLine(name, unit, lon, lat, people, site, away, away / METRES_A_MINUTE)
        for point, site, away in zip(one.points, one.served, _metres(one), strict=True)
        for name, unit, lon, lat, people in [point]
    )
    sites, wait_95 = _sites(scope, one, points, at, given)
    far = tuple(point for point in points if point.metres > one.walk_m)
    return PlanView(
        row=row,
        round=one.round.public_id,
        round_number=one.round.number,
        starts_at=one.round.starts_at,
        ends_at=one.round.ends_at,
        walk_minutes=one.walk_m / METRES_A_MINUTE,
        capacity=one.capacity,
        least=min(rooms(one.candidates, one.capacity)),
        most=max(rooms(one.candidates, one.capacity)),
        seconds=one.seconds,
        bound_m=one.bound / max(row.people, 1),
        sites=sites,
        points=points,
        closed=tuple((at_, name, lon, lat) for at_, (name, lon, lat, *_more) in enumerate(one.candidates)
                     if at_ not in one.sites),
        far=far,
        far_people=sum(point.people for point in far),
        wait_95=wait_95,
        assumed=given.filled(at),
        tables=sum(site.tables for site in sites),
        needed=sum(site.needed for site in sites),
        short=sum(max(0, site.needed - site.tables) for site in sites),
        late=sum(site.late for site in sites),
    )  # fmt: skip


def _sites(
    scope: Scope, one: SitePlan, points: tuple[PointLine, ...], at: datetime, given: Assumed
) -> tuple[tuple[SiteLine, ...], float]:
    served: dict[int, list[PointLine]] = {site: [] for site in one.sites}
    for point in points:
        served[point.site].append(point)
    # Tables are given for a point by its candidate's place.
    by_order = {order: given.at[site] for order, site in enumerate(one.sites) if site in given.at}
    people = [sum(point.people for point in served[site]) for site in one.sites]
    played = play_day(scope, people, one.round.starts_at, one.round.ends_at, at=at, given=replace(given, at=by_order))
    room = rooms(one.candidates, one.capacity)
    lines = []
    for place, site in enumerate(one.sites):
        name, lon, lat, *_more = one.candidates[site]
        walked = [(point.people, point.metres) for point in served[site]]
        mean = sum(many * away for many, away in walked) / max(people[place], 1)
        lines.append(
            SiteLine(
                site, place + 1, name, lon, lat, people[place], played.tables[place],
                played.needed[place], played.late[place], site in given.at, mean,
                max((away for _many, away in walked), default=0.0), played.wait_95[place], played.done[place],
                people[place] > room[site], tuple(played.hourly[place]), room[site],
            )
        )  # fmt: skip
    return tuple(lines), played.wait_95_all
