"""Small capacitated p-medians: the walk of `clusters` with the bounds of `knapsacks` and `bounds`, as one plan."""

import numpy as np

from shali.engines.siting.bounds import raise_bound
from shali.engines.siting.clusters import walk
from shali.engines.siting.knapsacks import climb
from shali.engines.siting.model import Elapsed, Floats, Impossible, Ints, Plan, Watch, no_watch
from shali.engines.siting.near import nearest

LARGEST_ROOM = 20_000  # of an exact knapsack; above it, or with broken numbers, capacities are left out of the bound
EVERY = 4  # so many walks go on from the best plan, then one begins anew
WITHOUT_A_FIT = 3  # the search for a first plan that fits may take so many times the seconds given


def find_clusters(
    distance: Floats,
    demand: Floats,
    capacity: float,
    p: int,
    *,
    seconds: float,
    elapsed: Elapsed,
    watch: Watch = no_watch,
    seed: int = 1,
) -> Plan:
    """Return p medians among the customers, each customer served whole by one, none above its capacity.

    distance: (n, n). The cost is the sum of distances, each customer counted once whatever its demand.

    :raises Impossible: capacities are too small altogether, or no plan that fits was found
    """
    distance, demand = np.ascontiguousarray(distance, np.float64), np.ascontiguousarray(demand, np.float64)
    capacity, n = float(capacity), len(demand)
    _refuse_impossible(demand, capacity, p)
    medians, cluster = np.zeros(p, np.int64), np.zeros(n, np.int64)
    is_whole = bool(np.all(distance == np.floor(distance)))
    slack = 1 - 1e-6 if is_whole else 1e-9
    bound, cost, turn = _Bound(distance, demand, capacity, p), np.inf, 0
    rounds = max(1, int(200 * (100 / n) ** 2))
    while elapsed() < (seconds if cost < np.inf else WITHOUT_A_FIT * seconds):
        begins = cost == np.inf or turn % (EVERY + 1) == EVERY
        cost = walk(distance, demand, capacity, medians, cluster, cost, seed + turn, rounds, begins)
        turn += 1
        if cost < np.inf and bound.scale > 1e-3:
            bound.climb(cost)
        watch(elapsed(), cost, bound.value)
        if cost - bound.value < slack:
            break
    if cost == np.inf:
        raise Impossible(
            f"No plan was found in {elapsed():.1f} s in which {p} sites of {capacity:g} serve {demand.sum():g}, each "
            f"customer at one site; {demand.sum() / (p * capacity):.1%} of the room is asked for. Allow a site more, "
            "or more seconds."
        )
    least = float(np.ceil(bound.value - 1e-6)) if is_whole else bound.value
    site_of = medians[cluster].astype(np.int32)
    sites: Ints = np.sort(medians).astype(np.int32)
    return Plan(sites, site_of, float(cost), min(least, float(cost)), elapsed(), cost - bound.value < slack)


def _refuse_impossible(demand: Floats, capacity: float, p: int) -> None:
    if demand.sum() > p * capacity:
        raise Impossible(
            f"{p} sites of {capacity:g} serve {p * capacity:g}; {demand.sum():g} are asked for. "
            f"At least {int(np.ceil(demand.sum() / capacity))} sites are needed."
        )
    if demand.max() > capacity:
        raise Impossible(f"One customer asks for {demand.max():g}, and a site serves {capacity:g} at most.")


class _Bound:
    """What no plan costs less than; each climb goes on where the last one stopped."""

    def __init__(self, distance: Floats, demand: Floats, capacity: float, p: int) -> None:
        self.value, self.scale = -np.inf, 1.5
        self.distance, self.demand, self.p = distance, demand, p
        self.room = int(capacity)
        # Knapsacks are filled exactly where all is whole; else capacities are left out, which bounds as well, lower.
        is_exact = capacity <= LARGEST_ROOM and bool(np.all(demand == np.floor(demand)))
        n = len(demand)
        self.near = None if is_exact else nearest(distance, np.ones(n))
        at = min(n - 1, max(1, round(n / p)))
        self.price = np.sort(distance, axis=1)[:, at].copy()
        self.best, self.rho = self.price.copy(), np.zeros(n)

    def climb(self, upper: float, steps: int = 40) -> None:
        if self.near is None:
            self.value, self.scale = climb(
                self.distance, self.demand, self.room, self.p, self.price, self.best, self.value, upper, self.scale,
                12, steps, self.rho,
            )  # fmt: skip
            return
        anybody = np.ones(len(self.price), np.bool_)
        self.value, self.scale, _inside, _outside = raise_bound(
            self.near, self.price, self.best, anybody, ~anybody, self.p, upper, self.value, self.scale, 12, steps,
            self.rho,
        )  # fmt: skip
