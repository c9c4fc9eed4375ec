"""How people come, and how many desks they need."""

from math import exp, lgamma, log

import numpy as np

from shali.engines.queues.model import Desks, Floats, Ints
from shali.engines.queues.simulate import simulate


def come(
    invited: Ints, *, slot: float, begins: float, spread: float, no_show: float, dice: np.random.Generator
) -> tuple[Floats, Ints]:
    """Draw when people come who were called up by slots; return their arrivals and sites.

    invited: (sites, slots) people. slot: its length in seconds; the first begins at `begins`. Within his slot anybody
    comes at any time, late or early by a normal error with standard deviation `spread`; a share `no_show` stays away.
    """
    site, place = np.nonzero(invited)
    count = invited[site, place]
    sites, slots = np.repeat(site, count), np.repeat(place, count)
    comes = dice.random(len(sites)) >= no_show
    sites, slots = sites[comes], slots[comes]
    error = dice.normal(0.0, spread, len(sites)) if spread else 0.0
    hours = begins + slot * (slots + dice.random(len(sites))) + error
    return np.maximum(hours, 0.0), sites.astype(np.int64)


def desks_needed(
    arrivals: Floats,
    sites: Ints,
    service: Floats,
    *,
    many: int,
    opens: float,
    closes: float = np.inf,
    within: float = 1_800.0,
    share: float = 0.95,
    most: int = 60,
) -> Ints:
    """Return for each site the fewest desks at which `share` of its people wait at most `within` seconds.

    Desks are tried by halving between 1 and `most`: more desks never make anybody wait longer. A site that `most` do
    not suffice has most + 1.
    """
    low, high = np.ones(many, np.int64), np.full(many, most + 1, np.int64)
    while (low < high).any():
        middle = np.minimum((low + high) // 2, most)
        day = simulate(arrivals, sites, service, Desks.alike(middle, opens=opens, closes=closes))
        holds = day.share_within(within) >= share
        tried = low < high
        high = np.where(tried & holds, middle, high)
        low = np.where(tried & ~holds, middle + 1, low)
    return high


def erlang_c(rate: float, service: float, desks: int) -> tuple[float, float]:
    """Return the chance to wait and the mean wait in seconds, of people who come at random to equal desks.

    rate: people per second. service: mean seconds of one, exponential. Source: Erlang 1917, the delay formula.

    :raises ValueError: more people come than the desks can serve
    """
    load = rate * service
    if load >= desks:
        raise ValueError(f"{load:.2f} desks are kept busy, and there are {desks}: the queue never ends")
    logs = [k * log(load) - lgamma(k + 1) for k in range(desks + 1)]
    top = max(logs)
    all_busy = exp(logs[-1] - top) * desks / (desks - load)
    waits = all_busy / (sum(exp(one - top) for one in logs[:-1]) + all_busy)
    return waits, waits * service / (desks - load)
