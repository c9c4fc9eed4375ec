"""A town solved to its end: beside HiGHS on the whole programme, nothing fixed beforehand and nothing left out."""

import time
from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from shali.engines.siting import Impossible, find_rooms, nearest, reach_most, reach_of
from shali.engines.siting.exact import most_reached, prove
from shali.engines.siting.model import Floats
from shali.engines.siting.near import Near


def town(seed: int, n: int = 24, m: int = 8) -> tuple[Floats, Floats]:
    dice = np.random.default_rng(seed)
    here, there = dice.uniform(0, 5_000, (n, 2)), dice.uniform(0, 5_000, (m, 2))
    return np.hypot(*(here[:, None] - there[None]).transpose(2, 0, 1)), dice.integers(5, 200, n).astype(float)


def best_of_all(distance: Floats, people: Floats, room: Floats, fixed: np.ndarray, p: int) -> float:
    """Return what the best plan costs, np.inf where there is none."""
    n, m = distance.shape
    once = np.hstack([np.kron(np.eye(n), np.ones((1, m))), np.zeros((n, m))])
    rooms = np.hstack([np.kron(people[None], np.eye(m)), -np.diag(room)])
    number = np.r_[np.zeros(n * m), np.ones(m)]
    lines = [LinearConstraint(once, 1, 1), LinearConstraint(rooms, -np.inf, 0), LinearConstraint(number[None], p, p)]
    least = np.r_[np.zeros(n * m), fixed.astype(float)]
    found = milp(
        np.r_[(people[:, None] * distance).ravel(), np.zeros(m)],
        constraints=lines, bounds=Bounds(least, 1), integrality=np.ones(n * m + m), options={"mip_rel_gap": 0.0},
    )  # fmt: skip
    return float(found.fun) if found.status == 0 else np.inf


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("spare", [1.08, 1.5])
def test_a_town_is_solved_to_its_end(seed: int, spare: float) -> None:
    distance, people = town(seed)
    p, fixed = 3, np.arange(8) == seed % 8
    room = np.full(8, np.ceil(spare * people.sum() / p))
    best = best_of_all(distance, people, room, fixed, p)
    began = time.monotonic()
    plan = find_rooms(
        nearest(distance, people), room, p, seconds=20, elapsed=lambda: time.monotonic() - began, fixed=fixed
    )
    assert plan.is_optimal
    assert plan.cost == pytest.approx(best, rel=1e-6)
    assert fixed[plan.sites].any()
    assert np.bincount(plan.site_of, people, 8).max() <= room[0]
    assert set(plan.site_of) <= set(plan.sites)


def test_sites_of_unlike_room_are_proven_too() -> None:
    distance, people = town(40)
    room = np.random.default_rng(3).integers(500, 2_000, 8).astype(float)
    best = best_of_all(distance, people, room, np.zeros(8, bool), 4)
    began = time.monotonic()
    plan = find_rooms(nearest(distance, people), room, 4, seconds=20, elapsed=lambda: time.monotonic() - began)
    assert plan.is_optimal
    assert plan.cost == pytest.approx(best, rel=1e-6)


def test_what_is_left_out_costs_more_than_the_bound_that_is_told() -> None:
    """However bad the prices, and however little was searched: no bound lies above the best plan."""
    distance, people = town(7)
    near: Near = nearest(distance, people)
    room = np.full(8, np.ceil(1.1 * people.sum() / 3))
    best = best_of_all(distance, people, room, np.zeros(8, bool), 3)
    dice = np.random.default_rng(1)
    for turns in range(8):
        price = dice.uniform(0, distance.max(), len(people))
        steps = iter(range(100))
        proof = prove(
            near, room, np.zeros(8, bool), 3, price, upper=np.inf, seconds=turns + 0.5, elapsed=lambda: next(steps)  # noqa: B023
        )  # fmt: skip
        assert proof.bound <= best * (1 + 1e-9)
        if proof.site_of is not None:
            assert (people * distance[np.arange(24), proof.site_of]).sum() >= best * (1 - 1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_of_a_town_no_plan_reaches_more_and_that_is_proven(seed: int) -> None:
    """With points enough near the edge of a walk, prices alone leave some tenths of a percent open."""
    distance, people = town(seed, n=60, m=25)
    points, candidates = np.nonzero(distance <= 900)
    fixed = np.arange(25) == seed
    reach = reach_of(points, candidates, people, many=25)
    began = time.monotonic()
    plan = reach_most(reach, 6, seconds=20, elapsed=lambda: time.monotonic() - began, fixed=fixed)
    best = max(
        people[(distance[:, [seed, *others]] <= 900).any(axis=1)].sum()
        for others in combinations([one for one in range(25) if one != seed], 5)
    )
    assert plan.is_optimal
    assert plan.cost == best
    assert fixed[plan.sites].any()


def test_the_bound_of_a_search_broken_off_is_above_every_plan() -> None:
    distance, people = town(3, n=60, m=25)
    reach = reach_of(*np.nonzero(distance <= 900), people, many=25)
    nobody = np.zeros(25, np.bool_)
    whole, most = most_reached(reach, nobody, 6, seconds=20)
    assert whole is not None
    for seconds in (0.0, 0.001, 0.01):
        _found, bound = most_reached(reach, nobody, 6, seconds=seconds)
        assert bound >= most - 1e-6


def test_whole_places_that_fit_nowhere_are_said_to_be_impossible() -> None:
    """Two places of 60 people do not share a site of 100, though all three sites together hold them."""
    distance, people = np.ones((4, 3)) * np.arange(1.0, 4.0), np.full(4, 60.0)
    began = time.monotonic()
    with pytest.raises(Impossible, match="240"):
        find_rooms(nearest(distance, people), np.full(3, 100.0), 3, seconds=1, elapsed=lambda: time.monotonic() - began)
