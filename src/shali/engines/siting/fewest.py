"""The fewest sites so that everybody has one within the walk and no site serves more than its room."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from shali.engines.siting.fewest_moves import climb_fewest, close_what_can_be, go_nearer, put_back, tear_out
from shali.engines.siting.model import Elapsed, Floats, Impossible, Ints, Plan, Watch, no_watch
from shali.engines.siting.pairs import Pairs

Bools = NDArray[np.bool_]
SHARE_OF_BOUND = 0.3  # of the time given, at most
FINEST = 1e-4
STEPS, TURNS = 20, 200
LARGE = 20_000  # pairs; of more, fewer turns are taken between two looks at the clock
SPAN = 2_000_000_000  # of a flow: people are counted in parts of a whole where there are more


@dataclass(slots=True)
class _State:
    is_open: Bools
    site_of: NDArray[np.int64]
    load: Floats

    @property
    def number(self) -> int:
        return int(self.is_open.sum())


def find_fewest(
    pairs: Pairs,
    room: Floats,
    *,
    seconds: float,
    elapsed: Elapsed,
    fixed: Bools | None = None,
    watch: Watch = no_watch,
    seed: int = 1,
) -> Plan:
    """Return as few open candidates as can be found in `seconds`, a site in reach for each point, none above its room.

    Points go whole. cost: sites; bound: no plan whatsoever has fewer, not even one that parts a point among sites.
    :raises Impossible: somebody reaches no candidate, or the rooms in reach are too small; in both numbers
    """
    room = np.ascontiguousarray(room, np.float64)
    fixed = np.zeros(len(room), np.bool_) if fixed is None else fixed
    refuse_impossible(pairs, room)
    state = _first(pairs, room, fixed, seed)
    if state is None:
        raise Impossible(_too_small(pairs, room))
    close_what_can_be(pairs, state.is_open, fixed, room, state.site_of, state.load)
    least = _least(pairs, room, fixed, state.number, until=SHARE_OF_BOUND * seconds, elapsed=elapsed)
    watch(elapsed(), state.number, least)
    turn, turns = 0, max(5, TURNS * LARGE // max(LARGE, len(pairs.candidate)))
    while state.number > least and elapsed() < seconds:
        tear_out(pairs, state.is_open, fixed, room, state.site_of, state.load, turns, seed + turn)
        close_what_can_be(pairs, state.is_open, fixed, room, state.site_of, state.load)
        turn += 1
        watch(elapsed(), state.number, least)
    go_nearer(pairs, state.is_open, room, state.site_of, state.load)
    sites = np.flatnonzero(state.is_open).astype(np.int32)
    number = float(len(sites))
    return Plan(sites, state.site_of.astype(np.int32), number, float(least), elapsed(), number == least)


def refuse_impossible(pairs: Pairs, room: Floats) -> None:
    """Refuse what cannot be, as far as that shows at a look.

    :raises Impossible: nobody in reach, a point larger than every room in reach, or all rooms together too small
    """
    many = np.diff(pairs.begin)
    if (many == 0).any():
        alone = many == 0
        raise Impossible(
            f"{int(alone.sum()):,} points with {pairs.weight[alone].sum():,.0f} people have no candidate within the "
            "walk; let them walk farther, or name candidates near them."
        )
    widest = np.maximum.reduceat(room[pairs.candidate], pairs.begin[:-1])
    large = np.flatnonzero(pairs.weight > widest)
    if len(large):
        raise Impossible(
            f"{len(large):,} points are larger than any candidate within their walk; the first of them has "
            f"{pairs.weight[large[0]]:,.0f} people, its candidates hold "
            f"{widest[large[0]]:,.0f}. Part it, or allow more."
        )
    people, space = float(pairs.weight.sum()), float(room.sum())
    if people > space:
        raise Impossible(f"{people:,.0f} people are to be served; all {len(room):,} candidates hold {space:,.0f}.")


def _too_small(pairs: Pairs, room: Floats) -> str:
    people, most = float(pairs.weight.sum()), most_served(pairs, room)
    if most < people:
        return (
            f"{people:,.0f} people are to be served; of them at most {most:,.0f} find room within the walk, with all "
            f"{len(room):,} candidates open. Let them walk farther, allow more, or name candidates."
        )
    return (
        f"No plan was found in which {people:,.0f} people, each point whole, find room within the walk at the "
        f"{len(room):,} candidates, which hold {room.sum():,.0f}. Part large points, allow more, or name candidates."
    )


def most_served(pairs: Pairs, room: Floats) -> float:
    """Return how many people find room within the walk with every candidate open, points parted as need be."""
    n, m = len(pairs.weight), len(room)
    scale = min(1.0, SPAN / max(1.0, float(pairs.weight.sum())))
    people = np.floor(pairs.weight * scale)
    of = np.repeat(np.arange(n), np.diff(pairs.begin))
    source, sink = n + m, n + m + 1
    tail = np.r_[np.full(n, source), of, n + np.arange(m)]
    head = np.r_[np.arange(n), n + pairs.candidate, np.full(m, sink)]
    holds = np.minimum(np.floor(room * scale), people.sum())
    flow = np.r_[people, people[of], holds].astype(np.int32)
    graph = csr_array((flow, (tail, head)), shape=(n + m + 2, n + m + 2))
    graph.indices, graph.indptr = graph.indices.astype(np.int32), graph.indptr.astype(np.int32)
    return float(maximum_flow(graph, source, sink).flow_value) / scale


def _first(pairs: Pairs, room: Floats, fixed: Bools, seed: int) -> _State | None:
    """Open what fills best until everybody has a site; where that ends in a corner, begin with all of them open."""
    dice = np.random.default_rng(seed)
    n, m = len(pairs.weight), len(room)
    everybody, none = np.arange(n), np.zeros(m, np.bool_)
    for turn in range(4):
        begun = fixed.copy() if turn < 3 else np.ones(m, np.bool_)
        state = _State(begun, np.full(n, -1, np.int64), np.zeros(m))
        worth = 1.0 + 0.1 * turn * dice.random(m)
        if put_back(pairs, everybody, state.is_open, room, state.site_of, state.load, m, worth, none):
            return state
    return None


def _least(pairs: Pairs, room: Floats, fixed: Bools, upper: int, *, until: float, elapsed: Elapsed) -> int:
    """Return a number of sites below which no plan comes: by prices, and by the largest rooms alone."""
    people = float(pairs.weight.sum())
    others = np.sort(room[~fixed])[::-1]
    space = np.r_[0.0, np.cumsum(others)] + room[fixed].sum()
    by_room = int(fixed.sum()) + int(np.searchsorted(space, people * (1 - 1e-12)))
    widest = np.bincount(_sites_of(pairs), weights=pairs.weight[pairs.point], minlength=len(room))
    holds = 1.0 / np.maximum(1e-9, np.minimum(room, widest))
    price = np.minimum.reduceat(holds[pairs.candidate], pairs.begin[:-1])
    best, bound, scale = price.copy(), 0.0, 1.0
    while scale > FINEST and max(by_room, np.ceil(bound - 1e-6)) < upper:
        bound, scale = climb_fewest(pairs, room, fixed, price, best, float(upper), bound, scale, STEPS)
        if elapsed() >= until:
            break
    return min(upper, max(by_room, int(np.ceil(bound - 1e-6))))


def _sites_of(pairs: Pairs) -> Ints:
    """Return the candidate of each entry of `pairs.point`."""
    return np.repeat(np.arange(len(pairs.start) - 1), np.diff(pairs.start)).astype(np.int32)
