"""Whom a site reaches on foot: the most people with N sites, and the fewest sites that reach everybody."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from shali.engines.siting.blocks import Tightening
from shali.engines.siting.exact import MOST_PAIRS, most_reached
from shali.engines.siting.model import Elapsed, Floats, Impossible, Plan, Watch, no_watch
from shali.engines.siting.reaching import Count, Reach, anneal, climb_all, climb_reach, exchange, fill, thin

Bools = NDArray[np.bool_]
Places = NDArray[np.integer]
FINEST = 1e-4  # steps shorter than this move nothing
STEPS = 500  # of the bound between two looks at the clock
SHARE_OF_BOUND = 0.2  # of the time given, at most
SHARE_OF_PROOF = 0.25  # of a town, at least: the first search of a program is late, for its loops are compiled
HOT, COLD = 0.03, 0.004  # of what a site reaches, the losses that an exchange may bring: at first, and at last
MOVES = 20_000


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
    began = elapsed()
    search = _Search(_folded(reach), p, fixed)
    while search.scale > FINEST and not search.is_proven:
        search.climb()
        watch(elapsed(), search.cost, search.least)
        if elapsed() >= began + SHARE_OF_BOUND * (seconds - began):
            break
    if not search.is_proven and len(reach.candidate) <= MOST_PAIRS:
        search.prove(seconds=max(SHARE_OF_PROOF * seconds, (seconds - elapsed()) / 2))
        watch(elapsed(), search.cost, search.least)
    while not search.is_proven and elapsed() < seconds:
        search.anneal(until=seconds, elapsed=elapsed)
        watch(elapsed(), search.cost, search.least)
    return _plan(
        reach, search.kept, search.cost, max(search.least, search.cost), elapsed(), is_optimal=search.is_proven
    )


def _folded(reach: Reach) -> Reach:
    """Take points that the same candidates reach for one. What nobody reaches is out of every plan and of the bound."""
    sets: dict[bytes, int] = {}
    weight: list[float] = []
    rows: list[Places] = []
    for i in range(len(reach.weight)):
        near = reach.candidate[reach.begin[i] : reach.begin[i + 1]]
        if len(near) == 0:
            continue
        place = sets.setdefault(near.tobytes(), len(rows))
        if place == len(rows):
            rows.append(near)
            weight.append(0.0)
        weight[place] += float(reach.weight[i])
    points = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    candidates = np.concatenate(rows) if rows else np.empty(0, np.int32)
    return reach_of(points, candidates, np.asarray(weight), many=len(reach.start) - 1)


class _Search:
    """The best plan so far and the bound; both sides are carried on in turns."""

    def __init__(self, reach: Reach, p: int, fixed: Bools) -> None:
        m = len(fixed)
        self.reach, self.p, self.fixed = reach, p, fixed
        # Where a random plan would reach a point many times over, being reached is cheap.
        self.price = reach.weight / np.maximum(1.0, np.diff(reach.begin) * p / m)
        self.best_price, self.direction, self.earned = self.price.copy(), np.zeros(len(reach.weight)), np.zeros(m)
        self.bound, self.scale, self.turns = np.inf, 0.3, 0
        self.able = float(reach.weight.sum())
        self.kept, self.cost, self.tight = fixed.copy(), -1.0, False
        self._keep(self._filled())

    @property
    def least(self) -> float:
        return min(self.bound, self.able)

    @property
    def is_proven(self) -> bool:
        return self.least - self.cost < 1e-6

    def climb(self) -> None:
        """Lower the bound, and look what the prices then say of a plan."""
        self.bound, self.scale = climb_reach(
            self.reach, self.price, self.fixed, self.p, max(self.cost, 0.0), self.bound, self.scale, STEPS,
            self.best_price, self.earned, self.direction,
        )  # fmt: skip
        self._keep(self._filled())

    def prove(self, *, seconds: float) -> None:
        """Let HiGHS look for a better plan and a tighter bound, to the end where it comes to one."""
        is_open, bound = most_reached(self.reach, self.fixed, self.p, seconds=seconds)
        self.bound = min(self.bound, bound)
        if is_open is not None:
            self._keep(is_open)

    def _filled(self) -> Bools:
        """Open what adds most, and of what adds alike what earns most; exchange while that pays."""
        is_open = self.fixed.copy()
        count = _count(self.reach, is_open)
        fill(self.reach, is_open, count, self.earned, self.p)
        exchange(self.reach, is_open, self.fixed, count, self.turns)
        return is_open

    def _keep(self, is_open: Bools) -> None:
        self.turns += 1
        reached = float(self.reach.weight[_count(self.reach, is_open).times > 0].sum())
        if reached > self.cost:
            self.cost, self.kept = reached, is_open

    def anneal(self, *, until: float, elapsed: Elapsed) -> None:
        """Cool down, and tighten the bound beside it (the compiled loops hold no lock); keep the better plan.

        Where the bound comes to rest early, or is no more in question, the other side cools down as well.
        """
        start, seed = self.kept.copy(), self.turns * 1_000
        tight = None if self.tight or len(self.fixed) < 2 else self._tightening()
        self.tight = True

        def beside() -> Bools:
            if tight is not None:
                while elapsed() < until and not tight.is_at_rest and not self.is_proven:
                    tight.climb(self.cost)
                    self.bound = min(self.bound, tight.bound)
            return self._cooled(start, seed + 500_000, until=until, elapsed=elapsed)

        with ThreadPoolExecutor(2) as pool:
            both = pool.submit(beside), pool.submit(self._cooled, start, seed, until=until, elapsed=elapsed)
            for found in both:
                self._keep(found.result())

    def _tightening(self) -> Tightening:
        rent = np.sort(self.earned[~self.fixed])[-max(1, self.p - int(self.fixed.sum()))] if not self.fixed.all() else 0
        return Tightening(self.reach, self.fixed, self.p, self.best_price, float(rent))

    def _cooled(self, start: Bools, seed: int, *, until: float, elapsed: Elapsed) -> Bools:
        is_open, best, begins = start.copy(), start.copy(), elapsed()
        count = _count(self.reach, is_open)
        reached = most = float(self.reach.weight[count.times > 0].sum())
        share = 0.0
        while share < 1.0:
            heat = self.cost / self.p * HOT * (COLD / HOT) ** share
            here = best.copy()
            gain = anneal(self.reach, is_open, self.fixed, count, heat, MOVES, seed, here)
            if reached + gain > most + 1e-9:
                most, best = reached + gain, here
            reached = float(self.reach.weight[count.times > 0].sum())
            seed += 1
            share = (elapsed() - begins) / max(1e-9, until - begins)
            if self.least - most < 1e-6:
                break
        count = _count(self.reach, best)
        exchange(self.reach, best, self.fixed, count, seed)
        return best


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
