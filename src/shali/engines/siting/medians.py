"""The p-median: which p candidates to open so that everybody's way, added up, is shortest."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shali.engines.siting.bounds import raise_bound
from shali.engines.siting.model import Elapsed, Floats, Ints, Plan, Watch, no_watch
from shali.engines.siting.near import Near
from shali.engines.siting.swaps import assign_all, wander

Bools = NDArray[np.bool_]


@dataclass(slots=True)
class Climb:
    """Where the climb of the bound stands."""

    price: Floats
    best: Floats
    rho: Floats
    bound: float = -np.inf
    scale: float = 1.5
    inside: float = -np.inf
    outside: float = np.inf

    @classmethod
    def begin(cls, near: Near, p: int) -> "Climb":
        many = len(near.start) - 1
        at = min(near.place.shape[1] - 1, max(1, round(many / p)))
        price = near.away[:, at].copy()
        return cls(price, price.copy(), np.zeros(many))

    def go_on(self, near: Near, fixed: Bools, p: int, upper: float, steps: int) -> None:
        allowed = np.ones(len(fixed), np.bool_)
        self.bound, self.scale, inside, outside = raise_bound(
            near, self.price, self.best, allowed, fixed, p, upper, self.bound, self.scale, 15, steps, self.rho
        )
        if inside > -np.inf or outside < np.inf:
            self.inside, self.outside = inside, outside

    def worth_trying(self, upper: float, fixed: Bools) -> Ints:
        """Return the candidates that a plan cheaper than `upper` may open."""
        may = self.bound + self.rho - self.inside <= upper
        return np.flatnonzero(may | fixed).astype(np.int32)


def find_medians(
    near: Near,
    p: int,
    *,
    seconds: float,
    elapsed: Elapsed,
    fixed: Bools | None = None,
    is_whole: bool = False,
    watch: Watch = no_watch,
    seed: int = 1,
) -> Plan:
    """Return p open candidates, as good as `seconds` allow, with a bound that holds for every plan.

    is_whole: all costs are whole numbers, so that a bound above cost - 1 proves the plan.
    """
    many = len(near.start) - 1
    fixed = np.zeros(many, np.bool_) if fixed is None else fixed
    climb = Climb.begin(near, p)
    sites = _first(near, climb, fixed, p)
    tried = np.arange(many, dtype=np.int32)
    cost = wander(near, sites, fixed, tried.copy(), seed, 1, 1)
    slack = 1 - 1e-6 if is_whole else 1e-9 * cost
    turn, pace = 0, max(1, int(2e6 / (near.weight.size * 40)))
    while cost - climb.bound >= slack and elapsed() < seconds:
        turn += 1
        if climb.scale > 1e-4:
            climb.go_on(near, fixed, p, cost, 20)
            other = _top(climb, fixed, p)
            new = wander(near, other, fixed, tried.copy(), seed + turn, 1, 1)
            if new < cost:
                cost, sites = new, other
            tried = climb.worth_trying(cost - slack, fixed)
        if elapsed() < seconds and cost - climb.bound >= slack:
            rounds = 1 + pace if turn > 3 else 1
            cost = wander(near, sites, fixed, tried.copy(), seed + 7919 * turn, rounds, 2 + turn % 6)
        watch(elapsed(), cost, climb.bound)
    return _plan(near, sites, climb.bound, is_whole=is_whole, slack=slack, seconds=elapsed())


def _first(near: Near, climb: Climb, fixed: Bools, p: int) -> Ints:
    climb.go_on(near, fixed, p, float((near.weight * climb.price).sum()), 10)
    return _top(climb, fixed, p)


def _top(climb: Climb, fixed: Bools, p: int) -> Ints:
    order = np.lexsort((climb.rho, ~fixed))
    return order[:p].astype(np.int32)


def _plan(near: Near, sites: Ints, bound: float, *, is_whole: bool, slack: float, seconds: float) -> Plan:
    is_open = np.zeros(len(near.start) - 1, np.bool_)
    is_open[sites] = True
    n = len(near.weight)
    first, second, d1, d2 = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n), np.empty(n)
    cost = assign_all(near, is_open, first, second, d1, d2, np.zeros(len(is_open)))
    is_optimal = cost - bound < slack
    if is_whole:
        cost, bound = float(round(cost)), float(np.ceil(bound - 1e-6))
    return Plan(np.sort(sites), first, cost, min(bound, cost), seconds, is_optimal)
