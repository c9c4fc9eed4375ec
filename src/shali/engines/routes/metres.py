"""Distances between all places, as the crow flies."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
EARTH = 6_371_008.8  # metres, mean radius (IUGG)


def metres_between(lon: Floats, lat: Floats) -> Floats:
    """Return great-circle distances in metres, shape (places, places). lon, lat: degrees, (places,).

    :raises ValueError: lengths differ, or a place is none
    """
    lon, lat = np.radians(np.asarray(lon, np.float64)), np.radians(np.asarray(lat, np.float64))
    if lon.shape != lat.shape or lon.ndim != 1:
        raise ValueError(f"{lon.shape} longitudes, {lat.shape} latitudes: give one each")
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        raise ValueError("a place without longitude or latitude has no distance")
    metres: Floats = _great_circles(lon, lat)
    return metres


# Pair by pair: 5,000 places fill 200 megabytes, and each step over the whole square would fill them once more.
@njit(nogil=True, cache=True)
def _great_circles(lon, lat):
    many = len(lon)
    metres = np.zeros((many, many))
    for one in range(many):
        for other in range(one + 1, many):
            north = np.sin((lat[one] - lat[other]) / 2) ** 2
            east = np.sin((lon[one] - lon[other]) / 2) ** 2
            part = min(1.0, north + np.cos(lat[one]) * np.cos(lat[other]) * east)
            metres[one, other] = metres[other, one] = 2 * EARTH * np.arcsin(np.sqrt(part))
    return metres
