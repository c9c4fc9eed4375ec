"""A whole city: 20,000 points, 2,000 candidates; the gaps that are proven, with rooms and for coverage on foot."""

import time
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from shali.engines.siting import Impossible, Plan, find_rooms, near_enough, nearest, reach_most, reach_of

POINTS, CANDIDATES, QUARTERS = 20_000, 2_000, 60
SPARE = 1.2  # a site's room, times what each would serve if all served alike
WALK = 1_000.0  # metres, as the crow flies
SITES = (200, 400, 800)
# Proven gap and seconds.
ROOMS_GOAL, COVERAGE_GOAL = (0.01, 60.0), (0.005, 10.0)
Floats = NDArray[np.float64]


def whole_city(*, scale: float, seeds: tuple[int, ...]) -> None:
    """Print the gaps. scale: of the seconds that each search is given."""
    table = Table("question", "seed", "sites", "cost", "bound", "gap %", "goal %", "s", "held")
    _load()
    for seed in seeds:
        distance, people = _city(seed)
        for title, p, (goal, seconds), search in _searches(distance, people):
            began = time.monotonic()
            try:
                plan = search(p, seconds * scale, lambda: time.monotonic() - began)  # noqa: B023 - used at once
            except Impossible as why:
                table.add_row(title, str(seed), str(p), str(why)[:60])
                continue
            figures = (f"{plan.cost:,.0f}", f"{plan.bound:,.0f}", f"{100 * plan.gap:.2f}", f"{100 * goal:.1f}")
            took = time.monotonic() - began
            held = "yes" if plan.gap <= goal and took <= seconds * 1.05 else "NO"
            table.add_row(title, str(seed), str(p), *figures, f"{took:.1f}", held)
    Console(width=110).print(table)


def _searches(
    distance: Floats, people: Floats
) -> Iterator[tuple[str, int, tuple[float, float], Callable[[int, float, Callable[[], float]], Plan]]]:
    def rooms(p: int, seconds: float, elapsed: Callable[[], float]) -> Plan:
        room = np.full(distance.shape[1], np.ceil(SPARE * people.sum() / p))
        return find_rooms(
            nearest(distance, people, keep=near_enough(CANDIDATES, p)), room, p, seconds=seconds, elapsed=elapsed
        )

    def coverage(p: int, seconds: float, elapsed: Callable[[], float]) -> Plan:
        points, candidates = np.nonzero(distance <= WALK)
        reach = reach_of(points, candidates, people, many=distance.shape[1])
        return reach_most(reach, p, seconds=seconds, elapsed=elapsed)

    for p in SITES:
        yield "rooms", p, ROOMS_GOAL, rooms
    for p in SITES:
        yield "coverage", p, COVERAGE_GOAL, coverage


def _city(seed: int) -> tuple[Floats, Floats]:
    """Return distances (points, candidates) in metres and people: quarters of unlike size and density on 40 km."""
    dice = np.random.default_rng(seed)
    centre, spread = dice.uniform(0, 40_000, (QUARTERS, 2)), dice.uniform(400, 4_000, QUARTERS)
    quarter = dice.choice(QUARTERS, POINTS, p=dice.dirichlet(np.ones(QUARTERS)))
    points = centre[quarter] + dice.normal(size=(POINTS, 2)) * spread[quarter, None]
    places = points[dice.choice(POINTS, CANDIDATES, replace=False)] + dice.normal(size=(CANDIDATES, 2)) * 50
    people = np.maximum(5.0, dice.gamma(2, 60, POINTS)).round()
    away = np.hypot(points[:, None, 0] - places[None, :, 0], points[:, None, 1] - places[None, :, 1])
    return away, people


def _load() -> None:
    """Run both searches once on a few points, so that no compiling is counted."""
    distance = np.arange(60.0).reshape(12, 5) % 7
    ones = np.ones(12)
    began = time.monotonic()
    room = np.full(5, 9.0)
    find_rooms(nearest(distance, ones), room, 2, seconds=0.5, elapsed=lambda: time.monotonic() - began)
    # Each two of four reach one point: prices prove nothing here, so that every loop is needed.
    pairs = np.array([[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]], np.int32)
    began = time.monotonic()
    reach = reach_of(np.repeat(np.arange(6), 2), pairs.ravel(), np.ones(6), many=4)
    reach_most(reach, 2, seconds=1.0, elapsed=lambda: time.monotonic() - began)
