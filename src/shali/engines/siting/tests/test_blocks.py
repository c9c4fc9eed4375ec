"""The bound of coverage in blocks: never below the best plan, and tight where prices of single candidates are not."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from shali.engines.siting import blocks as module
from shali.engines.siting import reach_most, reach_of
from shali.engines.siting.blocks import Tightening, blocks_of, earn_blocks
from shali.engines.siting.tests.test_plans import clock


def _reached(near: np.ndarray, weight: np.ndarray, sites: tuple[int, ...]) -> float:
    return float(weight[near[:, list(sites)].any(axis=1)].sum())


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 9))
def test_whatever_prices_and_rent_no_plan_reaches_more_than_the_bound(seed, p, most) -> None:
    dice = np.random.default_rng(seed)
    near, weight = dice.random((20, 9)) < 0.3, dice.integers(1, 9, 20).astype(float)
    reach = reach_of(*np.nonzero(near), weight, many=9)
    fixed = np.zeros(9, bool)
    fixed[dice.integers(0, 9)] = True
    blocks = blocks_of(reach, fixed, most)
    price, rent = weight * dice.random(20), float(dice.uniform(-1, 9))

    earned, opened = earn_blocks(blocks, price, rent, blocks.fixed.copy(), served := np.zeros(20))

    best = max(_reached(near, weight, one) for one in combinations(range(9), p) if fixed[list(one)].any())
    assert rent * p + earned + (weight - price).sum() >= best - 1e-9
    assert opened >= 1
    assert served[near[:, fixed].any(axis=1)].min(initial=1) >= 1


def test_a_block_that_is_not_looked_through_still_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = np.random.default_rng(5)
    near, weight = dice.random((60, 14)) < 0.3, dice.integers(1, 9, 60).astype(float)
    reach = reach_of(*np.nonzero(near), weight, many=14)
    blocks = blocks_of(reach, np.zeros(14, bool), 14)
    rent, sets, served = 5.0, blocks.fixed.copy(), np.zeros(60)

    exact, _opened = earn_blocks(blocks, weight, rent, sets.copy(), served)
    monkeypatch.setattr(module, "NODES", 2)
    short, _opened = module.best_of.py_func(
        blocks.mask, blocks.at, blocks.bits, _values(blocks, weight), 0, rent, 0, np.zeros(63), _space()
    )

    assert exact == pytest.approx(
        max(_reached(near, weight, one) - rent * k for k in range(15) for one in combinations(range(14), k))
    )
    assert short > exact


def _values(blocks, weight: np.ndarray) -> np.ndarray:
    return np.array([weight[blocks.point[a:b]].sum() for a, b in zip(blocks.start, blocks.start[1:], strict=False)])


def _space():
    return np.empty(130, np.int64), np.empty(130, np.int64), np.empty(130), np.empty(130)


def test_the_bound_in_blocks_goes_below_that_of_the_relaxed_problem_and_not_below_highs() -> None:
    """What HiGHS has with sites in parts, ours undercuts; what it has with whole ones, it does not."""
    dice = np.random.default_rng(3)
    near = np.zeros((90, 32), bool)
    for row in near:
        row[dice.choice(32, 3, replace=False)] = True
    weight = dice.integers(1, 40, 90).astype(float)
    reach = reach_of(*np.nonzero(near), weight, many=32)
    relaxed, best = _by_highs(near, weight, 9, whole=False), _by_highs(near, weight, 9, whole=True)
    tight = Tightening(reach, np.zeros(32, bool), 9, weight / 2, rent=100.0)

    for _turn in range(400):
        tight.climb(best)

    assert relaxed > best + 1
    assert best - 1e-6 <= tight.bound < relaxed - 0.2 * (relaxed - best)


def _by_highs(near: np.ndarray, weight: np.ndarray, p: int, *, whole: bool) -> float:
    n, m = near.shape
    lines = [
        LinearConstraint(np.c_[np.eye(n), -near.astype(float)], -np.inf, 0),
        LinearConstraint(np.r_[np.zeros(n), np.ones(m)][None], p, p),
    ]
    found = milp(
        np.r_[-weight, np.zeros(m)], constraints=lines, bounds=Bounds(0, 1),
        integrality=np.r_[np.zeros(n), np.full(m, float(whole))],
    )  # fmt: skip
    return -float(found.fun)


def test_pairs_that_share_their_people_are_proven_the_best() -> None:
    """Each two of four candidates reach one point: half of each would reach all six, two whole ones reach five."""
    near = np.zeros((60, 40), bool)
    for copy in range(10):
        for at, pair in enumerate(combinations(range(4), 2)):
            near[6 * copy + at, [4 * copy + j for j in pair]] = True
    reach = reach_of(*np.nonzero(near), np.ones(60), many=40)

    plan = reach_most(reach, 20, seconds=4, elapsed=clock())

    assert (plan.cost, plan.is_optimal) == (50, True)
