"""The compiled loops of coverage: opening, closing, exchanging sites, and the bounds of both questions."""
# ruff: noqa: PLR0917 -- compiled loops take columns, not objects

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shali.engines.siting.model import Floats, Ints

PATIENCE = 25  # steps without a better bound before they become shorter


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
def _slopes(reach, chosen, slope):
    """Set slope[i] to 1 less the number of chosen sites that reach i. Return the sum of squares."""
    squares = 0.0
    for i in range(len(slope)):
        count = 0
        for e in range(reach.begin[i], reach.begin[i + 1]):
            if chosen[reach.candidate[e]]:
                count += 1
        slope[i] = 1.0 - count
        squares += slope[i] * slope[i]
    return squares


@njit(nogil=True, cache=True)
def climb_reach(reach, price, fixed, p, lower, bound, scale, steps, best_price, earned):
    """Lower the bound of what p sites reach. price[i] in 0..weight[i] is what a site earns for reaching i."""
    n, m = len(reach.weight), len(fixed)
    earns, chosen, slope = np.zeros(m), np.zeros(m, np.bool_), np.empty(n)
    idle = 0
    for _ in range(steps):
        earns[:] = 0.0
        kept = 0.0
        for i in range(n):
            kept += reach.weight[i] - price[i]
            for e in range(reach.begin[i], reach.begin[i + 1]):
                earns[reach.candidate[e]] += price[i]
        order = np.argsort(-earns)
        chosen[:] = fixed
        left = p - fixed.sum()
        value = kept
        for j in range(m):
            if fixed[j]:
                value += earns[j]
        for at in range(m):
            j = order[at]
            if left > 0 and not fixed[j]:
                chosen[j] = True
                value += earns[j]
                left -= 1
        squares = _slopes(reach, chosen, slope)
        if value < bound - 1e-9:
            bound, idle = value, 0
            best_price[:] = price
            earned[:] = earns
        else:
            idle += 1
            if idle >= PATIENCE:
                idle, scale = 0, scale * 0.7
                price[:] = best_price
                continue
        if squares == 0.0:
            break
        step = scale * max(value - lower, 1e-9) / squares
        for i in range(n):
            price[i] = min(reach.weight[i], max(0.0, price[i] + step * slope[i]))
    return bound, scale


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
