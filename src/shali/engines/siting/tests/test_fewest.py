"""The fewest sites within a walk and within rooms, against an exact solver; what cannot be is said in both numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from shali.engines.siting import Impossible, find_fewest, nearest_on_earth, pairs_of, pairs_on_earth
from shali.engines.siting.fewest import most_served
from shali.engines.siting.pairs import metres_apart


def clock(step: float = 0.01):
    """A clock that moves by each look at it: tests take the same turns on every machine."""
    looks = iter(range(1_000_000))
    return lambda: next(looks) * step


def city(seed: int, n: int = 14, m: int = 9):
    """Random points and candidates in a square of 2 by 2, with rooms that differ; a walk of 1."""
    dice = np.random.default_rng(seed)
    here, there = dice.random((n, 2)) * 2, dice.random((m, 2)) * 2
    away = np.hypot(here[:, None, 0] - there[None, :, 0], here[:, None, 1] - there[None, :, 1])
    weight, room = dice.integers(1, 9, n).astype(float), dice.integers(8, 30, m).astype(float)
    fixed = np.zeros(m, bool)
    fixed[dice.integers(0, m)] = True
    points, candidates = np.nonzero(away <= 1.0)
    return pairs_of(points, candidates, away[points, candidates], weight, many=m), away, room, fixed


def exact(away, weight, room, fixed) -> float:
    """Return the fewest sites by an exact solver, points whole; inf where there is no plan."""
    n, m = away.shape
    cost = np.r_[np.ones(m), np.zeros(n * m)]
    each = np.zeros((n, m + n * m))
    within = np.zeros((m, m + n * m))
    for i in range(n):
        each[i, m + i * m : m + (i + 1) * m] = 1
    for j in range(m):
        within[j, j] = -room[j]
        within[j, m + j :: m] = weight
    upper = np.r_[np.ones(m), (away <= 1.0).ravel().astype(float)]
    lower = np.r_[fixed.astype(float), np.zeros(n * m)]
    rows = [LinearConstraint(each, 1, 1), LinearConstraint(within, -np.inf, 0)]
    found = milp(cost, constraints=rows, integrality=np.ones(m + n * m), bounds=Bounds(lower, upper))
    return float(round(found.fun)) if found.success else np.inf


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 10_000))
def test_the_fewest_are_within_one_of_an_exact_solver_and_the_bound_is_below_it(seed: int) -> None:
    pairs, away, room, fixed = city(seed)
    best = exact(away, pairs.weight, room, fixed)
    try:
        plan = find_fewest(pairs, room, seconds=1, elapsed=clock(), fixed=fixed)
    except Impossible:
        assert best == np.inf
        return
    assert plan.bound <= best <= plan.cost <= best + 1
    assert plan.cost == len(plan.sites)
    assert fixed[plan.sites].sum() == fixed.sum()
    load = np.bincount(plan.site_of, weights=pairs.weight, minlength=len(room))
    assert (load <= room).all()
    assert set(plan.site_of) <= set(plan.sites)
    assert (away[np.arange(len(away)), plan.site_of] <= 1.0).all()


def test_a_town_is_near_its_bound() -> None:
    """Three hundred points, a walk that matters and rooms that matter."""
    dice = np.random.default_rng(7)
    here, there = 114 + 0.05 * dice.random((300, 2)), 114 + 0.05 * dice.random((120, 2))
    here[:, 1] -= 80
    there[:, 1] -= 80
    weight = dice.integers(100, 900, 300).astype(float)
    pairs = pairs_on_earth(here, there, weight, walk=1_125)
    try:
        plan = find_fewest(pairs, np.full(120, 6_000.0), seconds=3, elapsed=clock())
    except Impossible as said:
        pytest.fail(str(said))
    assert plan.bound >= np.ceil(weight.sum() / 6_000)
    assert plan.gap <= 0.1


def test_what_cannot_be_is_said_in_both_numbers() -> None:
    points, candidates = np.array([0, 1, 2]), np.array([0, 0, 1])
    weight, away = np.array([100.0, 200.0, 50.0]), np.ones(3)

    def refused(room: list[float], pairs) -> str:
        with pytest.raises(Impossible) as said:
            find_fewest(pairs, np.array(room), seconds=1, elapsed=clock())
        return str(said.value)

    alone = pairs_of(points[:2], candidates[:2], away[:2], weight, many=2)
    assert "1 points with 50 people" in refused([500, 500], alone)
    pairs = pairs_of(points, candidates, away, weight, many=2)
    assert "200 people, its candidates hold 150" in refused([150, 500], pairs)
    assert "350 people are to be served; all 2 candidates hold 320" in refused([270, 50], pairs)
    # There is room enough, but not within the walk.
    said = refused([250, 500], pairs)
    assert "350 people" in said
    assert "at most 300" in said
    assert most_served(pairs, np.array([250.0, 500.0])) == 300


def test_pairs_and_near_ones_are_those_of_the_whole_table() -> None:
    dice = np.random.default_rng(3)
    here, there = np.array([114, 33.5]) + 0.1 * dice.random((60, 2)), np.array([114, 33.5]) + 0.1 * dice.random((25, 2))
    away = np.array([[metres_apart(a[None], b[None])[0] for b in there] for a in here])
    pairs = pairs_on_earth(here, there, np.ones(60), walk=3_000)
    near = nearest_on_earth(here, there, np.ones(60), keep=5)
    assert len(pairs.candidate) == (away <= 3_000).sum()
    for i in range(60):
        mine = pairs.candidate[pairs.begin[i] : pairs.begin[i + 1]]
        assert list(mine) == [j for j in np.argsort(away[i]) if away[i, j] <= 3_000]
        assert list(near.place[i]) == list(np.argsort(away[i])[:5])
    # A degree of latitude is 111,195 metres on this sphere.
    assert metres_apart(np.array([[114.0, 33.0]]), np.array([[114.0, 34.0]]))[0] == pytest.approx(111_195, abs=1)
