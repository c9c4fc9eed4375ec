"""Who is near whom: for every demand point its nearest candidates in order, and the same pairs by candidate."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


class Near(NamedTuple):
    """Pairs of demand point and candidate, nearest first.

    place, away: (n, k) candidate and distance; beyond the last of a row no other candidate is nearer.
    weight: (n,) people, > 0. start: (m + 1,); the points of candidate j are customer[start[j] : start[j + 1]],
    nearest first, at rest of them `reach`.
    """

    place: Ints
    away: Floats
    weight: Floats
    start: NDArray[np.int64]
    customer: Ints
    reach: Floats


def near_enough(many: int, p: int) -> int:
    """Return how many near candidates of a point a search for p sites with rooms looks at, of `many`.

    With few sites the nearest open one lies far down the row; with many that are full, so does one with room left.
    """
    return min(many, max(200, 16 * many // p, p // 2))


def nearest(distance: NDArray[np.floating], weight: Floats, *, keep: int = 0) -> Near:
    """Return the `keep` nearest candidates of every point (0: all), from a table of distances (n, m)."""
    many = distance.shape[1]
    keep = min(keep or many, many)
    if keep < many:
        some = np.argpartition(distance, keep - 1, axis=1)[:, :keep]
        away = np.take_along_axis(distance, some, axis=1)
        order = np.argsort(away, axis=1, kind="stable")
        place, away = np.take_along_axis(some, order, axis=1), np.take_along_axis(away, order, axis=1)
    else:
        place = np.argsort(distance, axis=1, kind="stable")
        away = np.take_along_axis(distance, place, axis=1)
    return turned(place.astype(np.int32), away.astype(np.float64), weight, many)


def turned(place: Ints, away: Floats, weight: Floats, many: int) -> Near:
    """Return near pairs with the same pairs by candidate beside them."""
    order = np.lexsort((away.ravel(), place.ravel()))
    start = np.zeros(many + 1, np.int64)
    np.cumsum(np.bincount(place.ravel(), minlength=many), out=start[1:])
    customer = (order // place.shape[1]).astype(np.int32)
    return Near(place, away, np.ascontiguousarray(weight, np.float64), start, customer, away.ravel()[order])


@njit(nogil=True, cache=True)
def shortest_paths(start, neighbour, cost):
    """Return all distances (n, n) of a network whose edges out of i are neighbour[start[i] : start[i + 1]].

    Dijkstra from every node with a binary heap; np.inf where there is no way.
    """
    n = len(start) - 1
    found = np.full((n, n), np.inf)
    heap, key = np.empty(len(neighbour) + 1, np.int32), np.empty(len(neighbour) + 1, np.float64)
    for source in range(n):
        row = found[source]
        row[source] = 0.0
        heap[0], key[0] = source, 0.0
        size = 1
        while size:
            node, near = heap[0], key[0]
            size = _sink(heap, key, size - 1)
            if near > row[node]:
                continue
            for edge in range(start[node], start[node + 1]):
                other = neighbour[edge]
                if near + cost[edge] < row[other]:
                    row[other] = near + cost[edge]
                    _rise(heap, key, size, other, row[other])
                    size += 1
    return found


@njit(nogil=True, cache=True)
def _sink(heap, key, last):
    """Take the first of the heap off: its last one sinks from the top. Return the new size."""
    item, value = heap[last], key[last]
    hole = 0
    while 2 * hole + 1 < last:
        child = 2 * hole + 1
        if child + 1 < last and key[child + 1] < key[child]:
            child += 1
        if value <= key[child]:
            break
        heap[hole], key[hole] = heap[child], key[child]
        hole = child
    heap[hole], key[hole] = item, value
    return last


@njit(nogil=True, cache=True)
def _rise(heap, key, last, item, value):
    hole = last
    while hole and key[(hole - 1) // 2] > value:
        heap[hole], key[hole] = heap[(hole - 1) // 2], key[(hole - 1) // 2]
        hole = (hole - 1) // 2
    heap[hole], key[hole] = item, value
