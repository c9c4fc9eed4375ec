"""One walk from the start through all places and back: nearest first, then mended until no small change shortens it."""

import numpy as np
from numpy.typing import NDArray

from shali.engines.routes.metres import Floats
from shali.engines.routes.search import are_distances, improve, nearest

Ints = NDArray[np.int64]
NEAR = 10  # neighbours that a change is tried with
KICKS_A_PLACE, MOST_KICKS = 25, 15_000
SEED = 1  # the same doors give the same walk, on the telephone and on paper


def order(metres: Floats) -> Ints:
    """Return places 1.. in the order of a short walk that begins and ends at place 0.

    metres: (places, places), symmetric. The walk is never longer than `nearest_first`; ties as the places are given.

    :raises ValueError: the distances are not square, not symmetric, negative or none
    """
    metres = _must_be_distances(metres)
    walk = nearest_first(metres)
    many = len(metres)
    if many < 4:
        return walk
    near = nearest(metres, min(NEAR, many - 1))
    tour = np.concatenate([[0], walk]).astype(np.int64)
    improve(metres, near, tour, min(KICKS_A_PLACE * many, MOST_KICKS), SEED)
    tour = np.roll(tour, -int(np.flatnonzero(tour == 0)[0]))
    # Of the two directions of a round walk the one that sets out to the nearer end.
    if metres[0, tour[-1]] < metres[0, tour[1]]:
        tour[1:] = tour[:0:-1]
    return tour[1:]


def nearest_first(metres: Floats) -> Ints:
    """Return places 1.. as somebody walks who always goes to the nearest that is left."""
    left = np.ones(len(metres), bool)
    left[:1] = False
    here, walk = 0, np.empty(max(len(metres) - 1, 0), np.int64)
    for place in range(len(walk)):
        here = int(np.argmin(np.where(left, metres[here], np.inf)))
        left[here] = False
        walk[place] = here
    return walk


def length_of(metres: Floats, walk: Ints) -> float:
    """Return the metres of a walk from place 0 through `walk` and back."""
    if not len(walk):
        return 0.0
    stops = np.concatenate([[0], walk, [0]])
    return float(metres[stops[:-1], stops[1:]].sum())


def _must_be_distances(metres: Floats) -> Floats:
    metres = np.ascontiguousarray(metres, np.float64)
    if metres.ndim != 2 or metres.shape[0] != metres.shape[1] or not len(metres):
        raise ValueError(f"distances of shape {metres.shape}: give a square of all places, the start first")
    if not are_distances(metres):
        raise ValueError("distances are metres, 0 or more, the same there and back")
    return metres
