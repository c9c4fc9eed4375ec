"""The compiled loops of coverage: opening, closing, exchanging sites, and the bounds of both questions."""
# ruff: noqa: PLR0917 -- compiled loops take columns, not objects

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shali.engines.siting.model import Floats, Ints

PATIENCE = 60  # steps without a better bound before they become shorter


class Reach(NamedTuple):
    """Pairs within walking distance, both ways: the candidates of point i are
    candidate[begin[i] : begin[i + 1]]; the points of candidate j are point[start[j] : start[j + 1]].
    """

    begin: NDArray[np.int64]
    candidate: Ints
    start: NDArray[np.int64]
    point: Ints
    weight: Floats

    @property
    def unreached(self) -> Ints:
        """Points that no candidate reaches."""
        return np.flatnonzero(np.diff(self.begin) == 0).astype(np.int32)


class Count(NamedTuple):
    """Where a search stands. times: by how many open sites each point is reached; gain, loss: (m,) people reached by
    nobody, and by one site alone, among those whom a candidate reaches: what opening it adds, closing it takes away.
    """

    times: NDArray[np.int64]
    gain: Floats
    loss: Floats


@njit(nogil=True, cache=True)
def turn(reach, j, count, by):
    """Open (by = 1) or close (by = -1) candidate j."""
    for e in range(reach.start[j], reach.start[j + 1]):
        i = reach.point[e]
        before = count.times[i]
        count.times[i] = before + by
        w = reach.weight[i]
        waits = w * ((before + by == 0) - (before == 0))
        alone = w * ((before + by == 1) - (before == 1))
        if waits == 0.0 and alone == 0.0:
            continue
        for k in range(reach.begin[i], reach.begin[i + 1]):
            count.gain[reach.candidate[k]] += waits
            count.loss[reach.candidate[k]] += alone


@njit(nogil=True, cache=True)
def fill(reach, is_open, count, earned, p):
    """Open what adds most, one by one, until p are open; where nothing adds, what earned most."""
    opened = is_open.sum()
    while opened < p:
        best, at = -1.0, -1
        for j in range(len(is_open)):
            if not is_open[j] and count.gain[j] + 1e-9 * earned[j] > best:
                best, at = count.gain[j] + 1e-9 * earned[j], j
        is_open[at] = True
        turn(reach, at, count, 1)
        opened += 1


@njit(nogil=True, cache=True)
def exchange(reach, is_open, fixed, count, seed):
    """Close one and open another while more are reached, every open site in turn."""
    np.random.seed(seed)
    m = len(is_open)
    order = np.random.permutation(m)
    unchanged, at = 0, 0
    while unchanged < m:
        r = order[at]
        at = at + 1 if at + 1 < m else 0
        unchanged += 1
        if not is_open[r] or fixed[r]:
            continue
        lost = count.loss[r]
        is_open[r] = False
        turn(reach, r, count, -1)
        best, to = lost + 1e-9 * (1.0 + lost), r
        for j in range(m):
            if not is_open[j] and j != r and count.gain[j] > best:
                best, to = count.gain[j], j
        is_open[to] = True
        turn(reach, to, count, 1)
        if to != r:
            unchanged = 0


@njit(nogil=True, cache=True)
def _relaxed(reach, price, fixed, p, earns, slope):
    """Return the bound at these prices. Set earns[j] to what a site at j earns, and slope[i] to 1 less the number of
    chosen sites that reach i: the fixed ones and those that earn most, p in all.
    """
    value = 0.0
    for i in range(len(price)):
        value += reach.weight[i] - price[i]
        slope[i] = 1.0
    for j in range(len(earns)):
        earns[j] = 0.0
        for e in range(reach.start[j], reach.start[j + 1]):
            earns[j] += price[reach.point[e]]
    free = p - fixed.sum()
    for j in np.argsort(-earns):
        if not fixed[j] and free == 0:
            continue
        free -= not fixed[j]
        value += earns[j]
        for e in range(reach.start[j], reach.start[j + 1]):
            slope[reach.point[e]] -= 1.0
    return value


@njit(nogil=True, cache=True)
def climb_reach(reach, price, fixed, p, lower, bound, scale, steps, best_price, earned, direction):
    """Lower the bound of what p sites reach. price[i] in 0..weight[i] is what a site earns for reaching i.

    direction: kept between calls. A step goes mostly where the last ones went, and as far for a point as it weighs.
    """
    n, m = len(reach.weight), len(fixed)
    earns, slope = np.zeros(m), np.empty(n)
    idle = 0
    for _ in range(steps):
        value = _relaxed(reach, price, fixed, p, earns, slope)
        if value < bound - 1e-9:
            if value < bound - 1e-5 * abs(bound):
                idle = 0
            bound = value
            best_price[:] = price
            earned[:] = earns
        else:
            idle += 1
        if idle >= PATIENCE:
            idle, scale = 0, scale * 0.7
            price[:] = best_price
            direction[:] = 0.0
            continue
        squares = 0.0
        for i in range(n):
            way = slope[i]
            # Where a price is at its end already, it goes no further.
            if (price[i] >= reach.weight[i] and way > 0) or (price[i] <= 0 and way < 0):
                way = 0.0
            direction[i] = 0.9 * direction[i] + 0.1 * way
            squares += direction[i] * direction[i] * reach.weight[i]
        if squares < 1e-12:
            break
        step = scale * max(value - lower, 1e-9) / squares
        for i in range(n):
            price[i] = min(reach.weight[i], max(0.0, price[i] + step * direction[i] * reach.weight[i]))
    return bound, scale


@njit(nogil=True, cache=True)
def anneal(reach, is_open, fixed, count, heat, moves, seed, best_open):
    """Exchange sites by chance, a loss the less likely the larger it is beside `heat`; return the best gain.

    is_open and count go on from where they are; best_open gets the best plan on the way, where there is a better one.
    Mostly a site moves to a candidate that reaches some of the same people: that is where exchanges pay.
    """
    np.random.seed(seed)
    sites = np.flatnonzero(is_open & ~fixed)
    stamp, tick = np.zeros(len(reach.weight), np.int64), 0
    gained, best = 0.0, 0.0
    if len(sites) == 0:
        return best
    for _ in range(moves):
        at = np.random.randint(len(sites))
        out = sites[at]
        a, b = reach.start[out], reach.start[out + 1]
        into = np.random.randint(len(is_open))
        if b > a and np.random.random() < 0.9:
            i = reach.point[np.random.randint(a, b)]
            into = reach.candidate[np.random.randint(reach.begin[i], reach.begin[i + 1])]
        if is_open[into]:
            continue
        tick += 1
        for e in range(reach.start[into], reach.start[into + 1]):
            stamp[reach.point[e]] = tick
        both = 0.0
        for e in range(a, b):
            if stamp[reach.point[e]] == tick and count.times[reach.point[e]] == 1:
                both += reach.weight[reach.point[e]]
        change = count.gain[into] + both - count.loss[out]
        if change >= 0 or np.random.random() < np.exp(change / heat):
            turn(reach, out, count, -1)
            turn(reach, into, count, 1)
            is_open[out], is_open[into], sites[at] = False, True, into
            gained += change
            if gained > best + 1e-9:
                best = gained
                best_open[:] = is_open
    return best


@njit(nogil=True, cache=True)
def thin(reach, is_open, fixed, count):
    """Close every site without which everybody is reached all the same."""
    for j in range(len(is_open)):
        if is_open[j] and not fixed[j] and count.loss[j] == 0.0:
            is_open[j] = False
            turn(reach, j, count, -1)


@njit(nogil=True, cache=True)
def climb_all(reach, price, best, bound, upper, scale, steps):
    """Raise the bound of how many sites reach everybody; price[i] >= 0 is what point i pays for being reached."""
    n, m = len(reach.weight), len(reach.start) - 1
    idle = 0
    for _ in range(steps):
        value = 0.0
        counts = np.ones(n)
        for i in range(n):
            value += price[i]
        for j in range(m):
            earned = 1.0
            for e in range(reach.start[j], reach.start[j + 1]):
                earned -= price[reach.point[e]]
            if earned < 0.0:
                value += earned
                for e in range(reach.start[j], reach.start[j + 1]):
                    counts[reach.point[e]] -= 1.0
        squares = (counts * counts).sum()
        if value > bound:
            bound, idle = value, 0
            best[:] = price
        else:
            idle += 1
            if idle >= PATIENCE:
                idle, scale = 0, scale * 0.7
                price[:] = best
                continue
        if squares == 0.0:
            break
        step = scale * max(upper - value, 1e-9) / squares
        for i in range(n):
            price[i] = max(0.0, price[i] + step * counts[i])
    return bound, scale
