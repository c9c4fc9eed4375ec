"""A tighter bound of coverage: neighbouring candidates form blocks, and what a block earns is found exactly.

A candidate alone is paid for everybody it reaches, so two neighbours are paid twice for whom both reach. A block is
paid once. Every site costs a rent, which goes back p times; whatever prices and rent, no plan reaches more than the
bound.
"""
# ruff: noqa: PLR0917 -- compiled loops take columns, not objects

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, triu

from shali.engines.siting.model import Floats, Ints
from shali.engines.siting.reaching import PATIENCE, Reach

NODES = 1_000  # looked at in a block, at most: what keeps a step short where sites are many and rents low
LARGEST = 28  # candidates of a block; 62 bits would fit
STEPS = 2  # between two looks at the clock
FINEST = 1e-4  # steps shorter than this move nothing


class Blocks(NamedTuple):
    """Candidates in blocks. Points of one block that the same of its candidates reach are one group.

    first: (b + 1,) groups of a block; mask: (g,) its candidates that reach the group, as bits. start, point: the points
    of each group. at, bits: the candidates of each group. begin, group: the groups of each point. fixed: (b,) bits
    that are open in every plan.
    """

    first: NDArray[np.int64]
    mask: NDArray[np.int64]
    at: NDArray[np.int64]
    bits: NDArray[np.int64]
    start: NDArray[np.int64]
    point: Ints
    begin: NDArray[np.int64]
    group: Ints
    fixed: NDArray[np.int64]


class Tightening:
    """A bound in blocks, begun from prices (n,) and rent of the bound of single candidates."""

    def __init__(self, reach: Reach, fixed: NDArray[np.bool_], p: int, price: Floats, rent: float) -> None:
        self.blocks, self.weight, self.p = blocks_of(reach, fixed, LARGEST), reach.weight, p
        # Whom one block alone reaches, it is paid for in full: nothing is relaxed there.
        alone = np.diff(self.blocks.begin) == 1
        self.price = np.where(alone, reach.weight, price)
        self.best_price, self.direction = self.price.copy(), np.zeros(len(price))
        self.state = np.array([np.inf, 0.01, rent, rent, 0.0, 0.0])
        self.sets = self.blocks.fixed.copy()

    @property
    def bound(self) -> float:
        return float(self.state[0])

    @property
    def is_at_rest(self) -> bool:
        return bool(self.state[1] < FINEST)

    def climb(self, lower: float) -> None:
        """Lower the bound by some steps, measured by its distance from a plan that reaches `lower`."""
        climb_blocks(
            self.blocks, self.weight, self.p, lower, STEPS, self.state, self.price, self.best_price, self.direction,
            self.sets,
        )  # fmt: skip


def blocks_of(reach: Reach, fixed: NDArray[np.bool_], most: int) -> Blocks:
    """Return blocks of at most `most` (up to 62) candidates: pairs that share most people are put together first."""
    m = len(fixed)
    point = np.repeat(np.arange(len(reach.weight)), np.diff(reach.begin))
    block = _joined(reach, point, m, most)
    order = np.argsort(block, kind="stable")
    many_of = np.bincount(block)
    bit = np.empty(m, np.int64)
    bit[order] = np.arange(m) - np.repeat(np.cumsum(many_of) - many_of, many_of)
    key = point * len(many_of) + block[reach.candidate]
    order = np.argsort(key, kind="stable")
    key, ones = key[order], (1 << bit[reach.candidate])[order]
    head = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.empty(0, np.int64)
    mask = np.add.reduceat(ones, head) if len(head) else ones
    point, of = key[head] // len(many_of), key[head] % len(many_of)
    kinds, group = np.unique(np.c_[of, mask], axis=0, return_inverse=True)
    group = group.ravel()
    many = len(kinds)
    always = np.zeros(len(many_of), np.int64)
    np.bitwise_or.at(always, block[fixed], 1 << bit[fixed])
    return Blocks(
        np.searchsorted(kinds[:, 0], np.arange(len(many_of) + 1)),
        np.ascontiguousarray(kinds[:, 1]),
        np.r_[0, np.cumsum((kinds[:, 1, None] >> np.arange(most) & 1).sum(1))],
        np.nonzero(kinds[:, 1, None] >> np.arange(most) & 1)[1],
        np.r_[0, np.cumsum(np.bincount(group, minlength=many))],
        point[np.argsort(group, kind="stable")].astype(np.int32),
        np.searchsorted(point, np.arange(len(reach.weight) + 1)),
        group.astype(np.int32),
        always,
    )


def _joined(reach: Reach, point: NDArray[np.int64], m: int, most: int) -> NDArray[np.int64]:
    pairs = csr_matrix((np.sqrt(reach.weight[point]), (point, reach.candidate)), shape=(len(reach.weight), m))
    shared = triu(pairs.T @ pairs, 1).tocoo()
    order = np.argsort(-shared.data, kind="stable")
    block = _join(shared.row[order].astype(np.int64), shared.col[order].astype(np.int64), m, most)
    return np.unique(block, return_inverse=True)[1].ravel()


@njit(nogil=True, cache=True)
def _join(one, other, m, most):
    """Join the blocks of each pair in turn where both together are small enough; return (m,) a name of each block."""
    parent, size = np.arange(m), np.ones(m, np.int64)
    for at in range(len(one)):
        a, b = one[at], other[at]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        if a != b and size[a] + size[b] <= most:
            parent[b] = a
            size[a] += size[b]
    for j in range(m):
        a = j
        while parent[a] != a:
            a = parent[a]
        parent[j] = a
    return parent


@njit(nogil=True, cache=True)
def _gains(mask, begin, bits, value, open_, gain):
    """Set gain[bit] to what each candidate adds to the open ones."""
    gain[:] = 0.0
    for g in range(len(mask)):
        if not mask[g] & open_:
            for e in range(begin[g], begin[g + 1]):
                gain[bits[e]] += value[g]


@njit(nogil=True, cache=True)
def _worth(mask, value, rent, open_):
    """Return what the open candidates of a block earn."""
    here, left = 0.0, open_
    for g in range(len(mask)):
        if mask[g] & open_:
            here += value[g]
    while left:
        here -= rent
        left &= left - 1
    return here


@njit(nogil=True, cache=True)
def best_of(mask, begin, bits, value, fixed, rent, guess, gain, space):
    """Return a bound of what a block earns, mostly exact, and the bits of its best open candidates with the fixed ones.

    Branch and bound from a guess: whatever adds no more than its rent now adds no more later on. After NODES the
    bound of what was not looked at is returned, which is valid as well.
    """
    sets, options, worth, roof = space
    every = 0
    for g in range(len(mask)):
        every |= mask[g]
    sets[0], options[0], worth[0], roof[0] = fixed, every & ~fixed, _worth(mask, value, rent, fixed), np.inf
    best, chosen = worth[0], fixed
    here = _worth(mask, value, rent, guess)
    if here > best:
        best, chosen = here, guess
    depth, nodes = 1, 0
    while depth:
        if nodes == NODES:
            return max(best, roof[:depth].max()), chosen
        depth -= 1
        if roof[depth] <= best:
            continue
        nodes += 1
        open_, may, here = sets[depth], options[depth], worth[depth]
        _gains(mask, begin, bits, value, open_, gain)
        above, most, at, still, bit = here, rent, -1, 0, 0
        while may >> bit:
            if may >> bit & 1 and gain[bit] > rent:
                above += gain[bit] - rent
                still |= 1 << bit
                if gain[bit] > most:
                    most, at = gain[bit], bit
            bit += 1
        if above <= best:
            continue
        one = 1 << at
        sets[depth], options[depth], worth[depth], roof[depth] = open_, still & ~one, here, above - (most - rent)
        depth += 1
        sets[depth], options[depth], worth[depth], roof[depth] = open_ | one, still & ~one, here + most - rent, above
        if worth[depth] > best:
            best, chosen = worth[depth], open_ | one
        depth += 1
    return best, chosen


@njit(nogil=True, cache=True)
def earn_blocks(blocks, price, rent, sets, served):
    """Return what all blocks earn and how many candidates they open; fill in how often each point is reached.

    sets: (b,) the bits that each block opened last, a guess now; changed.
    """
    value, gain = np.zeros(len(blocks.mask)), np.zeros(63)
    space = (np.empty(130, np.int64), np.empty(130, np.int64), np.empty(130), np.empty(130))
    served[:] = 0.0
    total, opened = 0.0, 0
    for b in range(len(sets)):
        lo, hi = blocks.first[b], blocks.first[b + 1]
        for g in range(lo, hi):
            value[g] = 0.0
            for e in range(blocks.start[g], blocks.start[g + 1]):
                value[g] += price[blocks.point[e]]
        earns, left = best_of(
            blocks.mask[lo:hi], blocks.at[lo : hi + 1], blocks.bits, value[lo:hi], blocks.fixed[b], rent, sets[b],
            gain, space,
        )  # fmt: skip
        total += earns
        sets[b] = left
        for g in range(lo, hi):
            if blocks.mask[g] & left:
                for e in range(blocks.start[g], blocks.start[g + 1]):
                    served[blocks.point[e]] += 1.0
        while left:
            opened += 1
            left &= left - 1
    return total, opened


@njit(nogil=True, cache=True)
def climb_blocks(blocks, weight, p, lower, steps, state, price, best_price, direction, sets):
    """Lower the bound by `steps` steps. price[i] in 0..weight[i] is what a block earns for reaching i.

    state: (6,) bound, scale of the steps, rent, rent of the best bound, direction of the rent, idle steps; changed.
    """
    n = len(weight)
    served = np.zeros(n)
    bound, scale, rent, best_rent, drift, idle = state
    mark, even = bound, weight.mean()
    for _ in range(steps):
        earned, opened = earn_blocks(blocks, price, rent, sets, served)
        total = rent * p + earned
        for i in range(n):
            total += weight[i] - price[i]
        idle += 1
        if total < bound:
            # Steps grow while they lead downwards, as their first length is a guess.
            bound, best_rent, scale = total, rent, min(1.0, scale * 1.1)
            best_price[:] = price
        if bound < mark - 2e-5 * abs(bound):
            mark, idle = bound, 0
        if idle >= PATIENCE:
            idle, scale = 0, scale * 0.7
            price[:] = best_price
            direction[:] = 0.0
            rent, drift = best_rent, 0.0
            continue
        drift = 0.9 * drift + 0.1 * (opened - p)
        squares = drift * drift * even
        for i in range(n):
            way = 1.0 - served[i]
            # Where a price is at its end already, it goes no further.
            if (price[i] >= weight[i] and way > 0) or (price[i] <= 0 and way < 0):
                way = 0.0
            direction[i] = 0.9 * direction[i] + 0.1 * way
            squares += direction[i] * direction[i] * weight[i]
        if squares < 1e-12:
            scale = 0.0
            break
        step = scale * max(total - lower, 1e-9) / squares
        rent += step * drift * even
        for i in range(n):
            price[i] = min(weight[i], max(0.0, price[i] + step * direction[i] * weight[i]))
    state[:] = np.array((bound, scale, rent, best_rent, drift, idle))
