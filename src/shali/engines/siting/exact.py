"""A town solved to its end: what the prices leave undecided goes to HiGHS as a whole-number programme.

Prices say by how much the bound rises if a candidate is opened or closed, or a point sent to it. Plans in which nothing
raises it by more than a little are few and quickly searched: the best of them is the best of all if it lies within that
little of the bound; if it does not, the bound rises by it, and a little more is allowed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

from shali.engines.siting.model import Elapsed, Floats
from shali.engines.siting.near import Near
from shali.engines.siting.reaching import Reach

Bools = NDArray[np.bool_]
Places = NDArray[np.int64]
# Points times candidates up to which the rest of the time is given to a proof.
MOST_PAIRS = 40_000
# By which share of the bound a plan may be above it at first, and how fast that grows.
FIRST_MORE, GROWS = 0.004, 2.5
PROVEN, NONE_FITS = 0, 2  # as scipy numbers the ends of a search


@dataclass(frozen=True, slots=True)
class Proof:
    """No plan costs less than bound. site_of: (n,) of a plan that is better than the one at hand, None for none."""

    bound: float
    site_of: Places | None
    is_open: Bools | None


def is_town(near: Near) -> bool:
    """Say whether so few pairs are asked about, and all of them known, that a proof is within reach."""
    many = len(near.start) - 1
    return near.place.shape[1] == many and near.place.size <= MOST_PAIRS


def prove(
    near: Near, room: Floats, fixed: Bools, p: int, price: Floats, *, upper: float, seconds: float, elapsed: Elapsed
) -> Proof:
    """Find the best plan below `upper`, or prove that there is none, until `seconds` have gone.

    price: (n,) of a bound. upper: what the plan at hand costs, np.inf where there is none.
    """
    town = _Town(near, room, fixed, p, price)
    best, proven = None, town.bound
    more = FIRST_MORE * max(abs(town.bound), float(near.weight @ near.away[:, -1]) / 100)
    while elapsed() < seconds and proven < upper:
        more = min(more, upper - town.bound)
        cost, least, found = town.search(more, seconds=max(0.01, seconds - elapsed()))
        if found is not None and cost < upper:
            upper, best = cost, found
        # Whatever was left out of this search costs at least so much more than the bound.
        proven = max(proven, min(least, town.bound + more))
        if least < cost:
            break
        more *= GROWS
    return Proof(min(proven, upper), *(best or (None, None)))


def most_reached(reach: Reach, fixed: Bools, p: int, *, seconds: float) -> tuple[Bools | None, float]:
    """Return p open candidates that reach most people, as far as `seconds` allow, and what no plan surpasses."""
    n, m, pairs = len(reach.weight), len(fixed), len(reach.candidate)
    point = np.repeat(np.arange(n), np.diff(reach.begin))
    only_reached = csr_matrix(
        (np.r_[np.ones(n), -np.ones(pairs)], (np.r_[np.arange(n), point], np.r_[np.arange(n), n + reach.candidate])),
        (n, n + m),
    )
    number = csr_matrix((np.ones(m), (np.zeros(m, np.int64), n + np.arange(m))), (1, n + m))
    found = milp(
        np.r_[-reach.weight, np.zeros(m)],
        constraints=[LinearConstraint(only_reached, -np.inf, 0), LinearConstraint(number, p, p)],
        bounds=Bounds(np.r_[np.zeros(n), fixed.astype(float)], 1),
        integrality=np.r_[np.zeros(n), np.ones(m)],
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    bound = np.inf if found.mip_dual_bound is None else -float(found.mip_dual_bound)
    if found.x is None:
        return None, bound
    is_open = found.x[n:] > 0.5
    if found.status == PROVEN:  # to the last person, not within the tolerance of a solver
        bound = float(reach.weight[np.bincount(point, is_open[reach.candidate], n) > 0].sum())
    return is_open, bound


class _Town:
    """What the prices say about each candidate and each pair. away: (n, m) metres."""

    def __init__(self, near: Near, room: Floats, fixed: Bools, p: int, price: Floats) -> None:
        self.away, self.weight, self.room, self.p = np.empty(near.place.shape), near.weight, room, p
        np.put_along_axis(self.away, near.place.astype(np.int64), near.away, axis=1)
        away, weight = self.away, near.weight
        gain = price[:, None] - away
        worth, marginal = np.array([_worth(gain[:, j], weight, room[j]) for j in range(len(room))]).T
        order = np.argsort(np.where(fixed, -np.inf, worth))
        self.bound = float(weight @ price + worth[order[:p]].sum())
        last, others = order[p - 1], order[p:]
        # Opening one closes the least of those that the bound opens; closing one opens the best of the others.
        raised = np.zeros(len(room))
        raised[others] = np.inf if fixed[last] else worth[others] - worth[last]
        self.closing = np.full(len(room), -np.inf)
        self.closing[order[:p]] = (worth[others[0]] if len(others) else np.inf) - worth[order[:p]]
        self.closing[fixed] = np.inf
        self.raised = weight[:, None] * np.maximum(0.0, marginal[None, :] - gain) + raised[None, :]

    def search(self, more: float, *, seconds: float) -> tuple[float, float, tuple[Places, Bools] | None]:
        """Search the plans in which nothing raises the bound by more than `more`.

        Returns what the best found costs (np.inf: none), what none of them costs less than, and the plan.
        """
        more += 1e-7 * max(1.0, abs(self.bound))
        point, site = np.nonzero(self.raised <= more)
        which = np.unique(site)
        if len(which) < self.p or len(np.unique(point)) < len(self.weight):
            return np.inf, np.inf, None
        column = np.searchsorted(which, site)
        found = milp(
            np.r_[self.weight[point] * self.away[point, site], np.zeros(len(which))],
            constraints=_lines(point, column, self.weight, self.room[which], self.p),
            bounds=Bounds(np.r_[np.zeros(len(point)), (self.closing[which] > more).astype(float)], 1),
            integrality=np.ones(len(point) + len(which)),
            options={"time_limit": seconds, "mip_rel_gap": 0.0},
        )
        if found.status == NONE_FITS:
            return np.inf, np.inf, None
        least = -np.inf if found.mip_dual_bound is None else float(found.mip_dual_bound)
        if found.x is None:
            return np.inf, least, None
        chosen = found.x[: len(point)] > 0.5
        site_of, is_open = np.empty(len(self.weight), np.int64), np.zeros(len(self.room), np.bool_)
        site_of[point[chosen]] = site[chosen]
        is_open[which[found.x[len(point) :] > 0.5]] = True
        cost = float(self.weight @ self.away[np.arange(len(self.weight)), site_of])
        return cost, cost if found.status == PROVEN else min(least, cost), (site_of, is_open)


def _worth(gain: Floats, weight: Floats, room: float) -> tuple[float, float]:
    """Return what a candidate is worth at these prices (its continuous knapsack), and what one place more would be."""
    order = np.argsort(-gain, kind="stable")
    order = order[gain[order] > 0]
    before = np.cumsum(weight[order]) - weight[order]
    taken = np.clip(room - before, 0.0, weight[order])
    full = np.flatnonzero(taken < weight[order])
    return -float(taken @ gain[order]), float(gain[order][full[0]]) if len(full) else 0.0


def _lines(point: Places, column: Places, weight: Floats, room: Floats, p: int) -> list[LinearConstraint]:
    """Return the programme's lines: each point once, rooms, no pair at a closed candidate, p of them open."""
    many, sites, n = len(point), len(room), len(weight)
    at, opened = np.arange(many), many + np.arange(sites)
    width = many + sites
    once = csr_matrix((np.ones(many), (point, at)), (n, width))
    rooms = csr_matrix(
        (np.r_[weight[point], -room], (np.r_[column, np.arange(sites)], np.r_[at, opened])), (sites, width)
    )
    only_open = csr_matrix(
        (np.r_[np.ones(many), -np.ones(many)], (np.r_[at, at], np.r_[at, many + column])), (many, width)
    )
    number = csr_matrix((np.ones(sites), (np.zeros(sites, np.int64), opened)), (1, width))
    return [
        LinearConstraint(once, 1, 1),
        LinearConstraint(rooms, -np.inf, 0),
        LinearConstraint(only_open, -np.inf, 0),
        LinearConstraint(number, p, p),
    ]
