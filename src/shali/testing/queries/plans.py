"""Plans of where the points go: whom each serves, how far they walk, how long they wait, when it is done."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.policy.rules import number
from shali.testing.bridge import Desks, come, desks_needed, simulate
from shali.testing.models import SitePlan
from shali.testing.queries.find import plan_in_scope, round_in_scope

EARTH = 6_371_008.8
SLOT = 900.0  # people are called up by quarters of an hour
SPREAD, NO_SHOW = 300.0, 0.05
SEED = 7


@dataclass(frozen=True, slots=True)
class PlanRow:
    public_id: str
    letter: str
    sites: int
    people: int
    mean_walk_m: float
    gap: float | None
    within: float
    made_at: datetime
    edited: bool
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class SiteLine:
    """A point of a plan. place: of its candidate; tables: so that 95 of 100 wait no longer than the rule allows.

    wait_95: minutes within which 95 of 100 begin, with these tables
    """

    place: int
    number: int
    name: str
    lon: float
    lat: float
    people: int
    tables: int
    mean_m: float
    farthest_m: float
    wait_95: float
    done_at: datetime
    is_full: bool


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
    """bound_m: no plan with as many points has a shorter mean walk; None once it was edited to another number."""

    row: PlanRow
    round: str
    round_number: int
    starts_at: datetime
    ends_at: datetime
    walk_minutes: float
    capacity: int
    seconds: float
    bound_m: float
    sites: tuple[SiteLine, ...]
    points: tuple[PointLine, ...]
    closed: tuple[tuple[int, str, float, float], ...]
    far: tuple[PointLine, ...]
    far_people: int


def plans(scope: Scope, made: str) -> list[PlanRow]:
    """Return the plans of a round in a scope, the newest first."""
    row = round_in_scope(scope, made)
    return [_row(one) for one in SitePlan.objects.filter(within(scope.path), round=row).order_by("-id")]


def _row(one: SitePlan) -> PlanRow:
    people = sum(point[4] for point in one.points)
    metres = [_metres(point, one.candidates[site]) for point, site in zip(one.points, one.served, strict=True)]
    near = sum(point[4] for point, away in zip(one.points, metres, strict=True) if away <= one.walk_m)
    gap = None if one.edited else (one.cost - one.bound) / max(one.cost, 1e-9)
    return PlanRow(
        one.public_id, one.letter, len(one.sites), people, one.cost / max(people, 1), gap, near / max(people, 1),
        one.made_at, one.edited, one.taken_at,
    )  # fmt: skip


def _metres(point: list[object], candidate: list[object]) -> float:
    lon_a, lat_a, lon_b, lat_b = np.radians(np.array([point[2], point[3], candidate[1], candidate[2]], np.float64))
    north, east = np.sin((lat_a - lat_b) / 2) ** 2, np.sin((lon_a - lon_b) / 2) ** 2
    return float(2 * EARTH * np.arcsin(np.sqrt(north + np.cos(lat_a) * np.cos(lat_b) * east)))


def plan_view(scope: Scope, plan: str, *, at: datetime) -> PlanView:
    """Return a plan with its points, walks and queues.

    :raises NotInScope: there is none here
    """
    one = plan_in_scope(scope, plan)
    row = _row(one)
    speed = 75.0
    points = tuple(
        PointLine(name, unit, lon, lat, people, site, away := _metres(point, one.candidates[site]), away / speed)
        for point, site in zip(one.points, one.served, strict=True)
        for name, unit, lon, lat, people in [point]
    )
    far = tuple(point for point in points if point.metres > one.walk_m)
    return PlanView(
        row=row,
        round=one.round.public_id,
        round_number=one.round.number,
        starts_at=one.round.starts_at,
        ends_at=one.round.ends_at,
        walk_minutes=one.walk_m / speed,
        capacity=one.capacity,
        seconds=one.seconds,
        bound_m=one.bound / max(row.people, 1),
        sites=_sites(one, points, at),
        points=points,
        closed=tuple((at_, name, lon, lat) for at_, (name, lon, lat, _s) in enumerate(one.candidates)
                     if at_ not in one.sites),
        far=far,
        far_people=sum(point.people for point in far),
    )  # fmt: skip


def _sites(one: SitePlan, points: tuple[PointLine, ...], at: datetime) -> tuple[SiteLine, ...]:
    served = {site: [point for point in points if point.site == site] for site in one.sites}
    people = [sum(point.people for point in served[site]) for site in one.sites]
    tables, waits, done = _queues(one, people, at)
    lines = []
    for place, site in enumerate(one.sites):
        name, lon, lat, _state = one.candidates[site]
        walked = [(point.people, point.metres) for point in served[site]]
        mean = sum(many * away for many, away in walked) / max(people[place], 1)
        lines.append(
            SiteLine(
                site, place + 1, name, lon, lat, people[place], tables[place], mean,
                max((away for _many, away in walked), default=0.0), waits[place], done[place],
                people[place] > one.capacity,
            )
        )  # fmt: skip
    return tuple(lines)


def _queues(one: SitePlan, people: list[int], at: datetime) -> tuple[list[int], list[float], list[datetime]]:
    """Play the day: people called up evenly over two thirds of the round's hours; the rest is for who is late.

    Returns the tables of each point, minutes within which 95 of 100 begin, and when the last one is done.
    """
    swab, within_s = number("seconds_per_swab", at).value, 60 * number("queue_minutes", at).value
    begins, ends = one.round.starts_at, one.round.ends_at
    hours = (ends - begins).total_seconds() * 2 / 3
    slots = max(1, int(hours / SLOT))
    invited = np.array([[many // slots + (n < many % slots) for n in range(slots)] for many in people], np.int64)
    dice = np.random.default_rng(SEED)
    arrivals, sites = come(invited, slot=SLOT, begins=0.0, spread=SPREAD, no_show=NO_SHOW, dice=dice)
    if not len(arrivals):
        return [1] * len(people), [0.0] * len(people), [begins] * len(people)
    service = dice.gamma(4.0, swab / 4.0, len(arrivals))
    tables = desks_needed(arrivals, sites, service, many=len(people), opens=0.0, within=within_s)
    day = simulate(arrivals, sites, service, Desks.alike(tables, opens=0.0))
    waits, finish = [], []
    for place in range(len(people)):
        here = day.waits[sites == place]
        waits.append(float(np.quantile(here, 0.95)) / 60 if len(here) else 0.0)
        finish.append(begins + timedelta(seconds=max(0.0, float(day.finish[place]))))
    return [int(one) for one in tables], waits, finish
