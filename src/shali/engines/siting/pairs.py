"""Pairs of point and candidate within a walk, and no others: a city's table of all distances is never held."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from shali.engines.siting.model import Floats, Ints
from shali.engines.siting.near import Near, turned

Places = NDArray[np.integer]
EARTH = 6_371_008.8  # metres, mean radius
AT_ONCE = 2_000  # points whose neighbours are looked up together


class Pairs(NamedTuple):
    """Who may go where. The candidates of point i are candidate[begin[i] : begin[i + 1]], `away` far, nearest first.

    The points of candidate j are point[start[j] : start[j + 1]]. weight: (n,) people, > 0.
    """

    begin: NDArray[np.int64]
    candidate: Ints
    away: Floats
    start: NDArray[np.int64]
    point: Ints
    weight: Floats


def pairs_of(points: Places, candidates: Places, away: Floats, weight: Floats, *, many: int) -> Pairs:
    """Return the pairs (points[k], candidates[k], away[k]) sorted both ways. many: of candidates."""
    by_point, by_candidate = np.lexsort((away, points)), np.lexsort((points, candidates))
    begin, start = np.zeros(len(weight) + 1, np.int64), np.zeros(many + 1, np.int64)
    np.cumsum(np.bincount(points, minlength=len(weight)), out=begin[1:])
    np.cumsum(np.bincount(candidates, minlength=many), out=start[1:])
    return Pairs(
        begin, candidates[by_point].astype(np.int32), np.ascontiguousarray(away[by_point], np.float64), start,
        points[by_candidate].astype(np.int32), np.ascontiguousarray(weight, np.float64),
    )  # fmt: skip


def pairs_on_earth(here: Floats, there: Floats, weight: Floats, *, walk: float) -> Pairs:
    """Return the pairs at most `walk` metres apart. here, there: (n, 2) and (m, 2), longitude and latitude."""
    tree, spots = cKDTree(_on_sphere(there)), _on_sphere(here)
    points, candidates, away = [], [], []
    for first in range(0, len(spots), AT_ONCE):
        found = cKDTree(spots[first : first + AT_ONCE]).sparse_distance_matrix(
            tree, _chord(walk), output_type="ndarray"
        )
        points.append(found["i"] + first)
        candidates.append(found["j"])
        away.append(_arc(found["v"]))
    joined = [np.concatenate(one) if one else np.empty(0) for one in (points, candidates, away)]
    return pairs_of(joined[0].astype(np.int32), joined[1].astype(np.int32), joined[2], weight, many=len(there))


def nearest_on_earth(here: Floats, there: Floats, weight: Floats, *, keep: int) -> Near:
    """Return the `keep` nearest candidates of each point. here, there: (n, 2) and (m, 2), longitude and latitude."""
    keep = min(keep, len(there))
    chord, place = cKDTree(_on_sphere(there)).query(_on_sphere(here), k=np.arange(1, keep + 1))
    return turned(place.astype(np.int32), _arc(chord), weight, len(there))


def metres_apart(here: Floats, there: Floats) -> Floats:
    """Return metres from each of `here` to the one of `there` in the same row, as the crow flies."""
    return np.asarray(_arc(np.sqrt(((_on_sphere(here) - _on_sphere(there)) ** 2).sum(axis=1))))


def _on_sphere(where: Floats) -> Floats:
    lon, lat = np.radians(where).T if len(where) else np.empty((2, 0))
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _chord(metres: float) -> float:
    return float(2 * np.sin(min(np.pi / 2, metres / EARTH / 2)))


def _arc(chord: Floats) -> Floats:
    return np.asarray(2 * EARTH * np.arcsin(np.minimum(1.0, chord / 2)))
