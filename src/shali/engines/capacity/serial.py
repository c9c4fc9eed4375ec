"""The serial interval by whole days."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def discrete_serial_interval(days: int, *, mean: float, sd: float) -> Floats:
    """Return the chances of a serial interval of 0, 1, ... `days` - 1 days: a gamma distribution shifted by one day.

    mean, sd: of the serial interval, in days. Cori et al. 2013, web appendix 11: each day's chance is the integral of
    the density against a triangle of two days' base, so that a case counts for the days around it. Day 0 has none.
    :raises ValueError: a mean of one day or less, or a spread that is not positive
    """
    if not mean > 1:
        raise ValueError(f"the mean of the serial interval must be more than 1 day, and is {mean:g}")
    if not sd > 0:
        raise ValueError(f"the standard deviation of the serial interval must be positive, and is {sd:g}")
    shape, scale = ((mean - 1) / sd) ** 2, sd**2 / (mean - 1)
    k = np.arange(days, dtype=np.float64)

    from scipy.special import gammainc  # a quarter of all that a start would load

    def below(x: Floats, more: float) -> Floats:
        found: Floats = gammainc(shape + more, np.maximum(x, 0) / scale)
        return found

    chance = k * below(k, 0) + (k - 2) * below(k - 2, 0) - 2 * (k - 1) * below(k - 1, 0)
    chance += shape * scale * (2 * below(k - 1, 1) - below(k - 2, 1) - below(k, 1))
    positive: Floats = np.maximum(chance, 0)
    return positive


def mean_of(distribution: Floats) -> float:
    """Return the mean, in days, of a distribution over whole days from day 0."""
    return float(distribution @ np.arange(len(distribution)))


def sd_of(distribution: Floats) -> float:
    """Return the standard deviation, in days, of a distribution over whole days from day 0."""
    square = float(distribution @ np.arange(len(distribution)) ** 2)
    return float(max(0.0, square - mean_of(distribution) ** 2) ** 0.5)
