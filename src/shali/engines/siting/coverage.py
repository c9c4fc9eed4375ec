"""Whom a site reaches on foot: the most people with N sites, and the fewest sites that reach everybody."""

import numpy as np
from numpy.typing import NDArray

from shali.engines.siting.model import Elapsed, Floats, Impossible, Plan, Watch, no_watch
from shali.engines.siting.reaching import Count, Reach, climb_all, climb_reach, exchange, fill, thin

Bools = NDArray[np.bool_]
Places = NDArray[np.integer]
AFRESH = 0.25  # share of the searches that begin from the bound, not from the best plan
FINEST = 1e-4  # steps shorter than this move nothing
STEPS = 500  # of the bound between two searches for a plan


def reach_of(points: Places, candidates: Places, weight: Floats, *, many: int) -> Reach:
    """Return the pairs (points[k], candidates[k]) sorted both ways. many: of candidates."""
    by_point, by_candidate = np.lexsort((candidates, points)), np.lexsort((points, candidates))
    begin, start = np.zeros(len(weight) + 1, np.int64), np.zeros(many + 1, np.int64)
    np.cumsum(np.bincount(points, minlength=len(weight)), out=begin[1:])
    np.cumsum(np.bincount(candidates, minlength=many), out=start[1:])
    return Reach(
        begin, candidates[by_point].astype(np.int32), start, points[by_candidate].astype(np.int32),
        np.ascontiguousarray(weight, np.float64),
    )  # fmt: skip


def reach_most(
    reach: Reach, p: int, *, seconds: float, elapsed: Elapsed, fixed: Bools | None = None, watch: Watch = no_watch
) -> Plan:
    """Return p sites that reach as many people as can be found in `seconds`, with a bound above every plan."""
    m = len(reach.start) - 1
    fixed = np.zeros(m, np.bool_) if fixed is None else fixed
    if p > m or fixed.sum() > p:
        raise Impossible(f"{p} sites are asked for; there are {m} candidates, {int(fixed.sum())} of them fixed.")
    # Where a random plan would reach a point many times over, being reached is cheap.
    price = reach.weight / np.maximum(1.0, np.diff(reach.begin) * p / m)
    price[reach.unreached] = 0.0
    best, earned = price.copy(), np.zeros(m)
    able = float(reach.weight.sum() - reach.weight[reach.unreached].sum())
    kept, cost, bound, scale, turn = fixed.copy(), -1.0, np.inf, 1.0, 0
    dice = np.random.default_rng(1)
    # What nobody reaches is out of every plan, and out of the bound.
    counted = reach._replace(weight=np.where(np.diff(reach.begin) > 0, reach.weight, 0.0))
    while True:
        if scale > FINEST:
            bound, scale = climb_reach(counted, price, fixed, p, max(cost, 0.0), bound, scale, STEPS, best, earned)
        is_open = _begin(kept, fixed, earned, p, dice) if turn else fixed.copy()
        count = _count(counted, is_open)
        fill(counted, is_open, count, earned, p)
        exchange(counted, is_open, fixed, count, turn)
        reached = float(counted.weight[count.times > 0].sum())
        if reached > cost:
            cost, kept = reached, is_open
        turn += 1
        least = min(bound, able)
        watch(elapsed(), cost, least)
        if least - cost < 1e-6 or elapsed() >= seconds:
            return _plan(counted, kept, cost, max(least, cost), elapsed(), is_optimal=least - cost < 1e-6)


def _begin(kept: Bools, fixed: Bools, earned: Floats, p: int, dice: np.random.Generator) -> Bools:
    """Return sites to go on from: those that earn most, or, oftener, the best plan with some of its sites closed."""
    if dice.random() < AFRESH:
        order = np.argsort(-np.where(fixed, np.inf, earned))
        is_open = fixed.copy()
        is_open[order[: max(int(fixed.sum()), p - p // 4)]] = True
        return is_open
    is_open = kept.copy()
    may = np.flatnonzero(kept & ~fixed)
    is_open[dice.choice(may, min(len(may), max(1, len(may) // 25)), replace=False)] = False
    return is_open


def _count(reach: Reach, is_open: Bools) -> Count:
    so_far = np.r_[0, np.cumsum(is_open[reach.candidate])].astype(np.int64)
    times = so_far[reach.begin[1:]] - so_far[reach.begin[:-1]]
    point = np.repeat(np.arange(len(times)), np.diff(reach.begin))
    gain, loss = np.zeros(len(is_open)), np.zeros(len(is_open))
    for sums, often in ((gain, 0), (loss, 1)):
        here = times[point] == often
        np.add.at(sums, reach.candidate[here], reach.weight[point[here]])
    return Count(times, gain, loss)


def _plan(reach: Reach, is_open: Bools, cost: float, bound: float, seconds: float, *, is_optimal: bool) -> Plan:
    site_of = np.full(len(reach.weight), -1, np.int32)
    for i in range(len(site_of)):
        near = reach.candidate[reach.begin[i] : reach.begin[i + 1]]
        opened = near[is_open[near]]
        if len(opened):
            site_of[i] = opened[0]
    return Plan(np.flatnonzero(is_open).astype(np.int32), site_of, cost, bound, seconds, is_optimal)


def reach_all(
    reach: Reach, *, seconds: float, elapsed: Elapsed, fixed: Bools | None = None, watch: Watch = no_watch
) -> Plan:
    """Return the fewest sites that reach every point, as good as `seconds` allow; the bound is of their number.

    :raises Impossible: points that no candidate reaches, with their number and people
    """
    if len(reach.unreached):
        raise Impossible(
            f"{len(reach.unreached):,} points with {reach.weight[reach.unreached].sum():,.0f} people have no candidate "
            "within the walk; let them walk farther, or name candidates near them."
        )
    m = len(reach.start) - 1
    alone = reach._replace(weight=np.ones(len(reach.weight)))
    fixed = np.zeros(m, np.bool_) if fixed is None else fixed
    is_open = fixed.copy()
    count = _count(alone, is_open)
    while (count.times == 0).any():
        fill(alone, is_open, count, np.zeros(m), int(is_open.sum()) + 1)
    least = _least_number(alone, elapsed=elapsed, seconds=seconds / 2, upper=int(is_open.sum()))
    watch(elapsed(), float(is_open.sum()), float(least))
    thin(alone, is_open, fixed, _count(alone, is_open))
    while is_open.sum() > least and elapsed() < seconds:
        if is_open.sum() <= max(1, fixed.sum()):
            break
        till = min(seconds, elapsed() + 2.0)
        fewer = reach_most(alone, int(is_open.sum()) - 1, seconds=till, elapsed=elapsed, fixed=fixed)
        if fewer.cost < len(reach.weight):
            if elapsed() >= seconds:
                break
            continue
        is_open = np.isin(np.arange(m), fewer.sites)
        thin(alone, is_open, fixed, _count(alone, is_open))
        watch(elapsed(), float(is_open.sum()), float(least))
    number = float(is_open.sum())
    return _plan(reach, is_open, number, float(least), elapsed(), is_optimal=number == least)


def _least_number(reach: Reach, *, elapsed: Elapsed, seconds: float, upper: int) -> int:
    widest = np.diff(reach.start)
    price = np.array(
        [1.0 / widest[reach.candidate[a:b]].max() for a, b in zip(reach.begin, reach.begin[1:], strict=False)]
    )
    best, bound, scale = price.copy(), 0.0, 1.0
    while elapsed() < seconds and scale > FINEST and np.ceil(bound - 1e-6) < upper:
        bound, scale = climb_all(reach, price, best, bound, float(upper), scale, STEPS)
    return int(np.ceil(bound - 1e-6))
