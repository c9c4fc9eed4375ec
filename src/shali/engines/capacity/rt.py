"""The reproduction number by Cori, Ferguson, Fraser, Cauchemez, Am J Epidemiol 2013;178:1505-12.

Cases of a day are Poisson with mean R times the infectivity of the day (past cases weighted by the serial interval);
R is constant within a window and has a gamma prior. Then the posterior of a window is gamma with

    shape = a + cases of the window        scale = 1 / (1 / b + infectivity of the window)

Cases of the first day come from elsewhere. A window that ends no later than the mean serial interval has no estimate:
nobody whom its cases may have infected could have been seen by then.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shali.engines.capacity.serial import discrete_serial_interval, mean_of

Floats = NDArray[np.float64]
QUANTILES: Final = (0.025, 0.5, 0.975)


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of R beforehand: mean and standard deviation of a gamma distribution."""

    mean: float = 5.0
    sd: float = 5.0

    @property
    def shape(self) -> float:
        return (self.mean / self.sd) ** 2

    @property
    def scale(self) -> float:
        return self.sd**2 / self.mean


@dataclass(frozen=True, slots=True)
class Estimates:
    """R of each window. Arrays of shape (series, windows), or (windows,) for one series; NaN where there is none.

    t_start, t_end: first and last day of each window, both within it, counted from 1
    """

    t_start: NDArray[np.int64]
    t_end: NDArray[np.int64]
    mean: Floats
    sd: Floats
    low: Floats
    median: Floats
    high: Floats


def windows(days: int, width: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and last days of the sliding windows of a series, from its second day on.

    :raises ValueError: no window of this width fits
    """
    if width < 1:
        raise ValueError(f"a window has at least 1 day, not {width}")
    if days < width + 1:
        raise ValueError(f"a window of {width} days needs at least {width + 1} days of cases; there are {days}")
    start = np.arange(2, days - width + 2, dtype=np.int64)
    return start, start + width - 1


def infectivity(cases: ArrayLike, distribution: ArrayLike) -> Floats:
    """Return the infectivity of each day: the sum over earlier days of their cases times the chance of that interval.

    cases: shape (..., days), local and imported together. The first day has none to look back to: NaN.
    """
    counted = np.asarray(cases, dtype=np.float64)
    days = counted.shape[-1]
    weights = np.zeros(days)
    given = np.asarray(distribution, dtype=np.float64)[:days]
    weights[: len(given)] = given
    later, earlier = np.indices((days, days))
    found: Floats = counted @ np.where(later >= earlier, weights[later - earlier], 0).T
    found[..., 0] = np.nan
    return found


def estimate(
    local: ArrayLike,
    distribution: ArrayLike,
    *,
    imported: ArrayLike | None = None,
    width: int = 7,
    prior: Prior | None = None,
) -> Estimates:
    """Estimate R in sliding windows for one series of cases by day, or for many at once.

    local: shape (days,) or (series, days); imported: cases infected elsewhere, of the same shape. They infect, and were
    not infected here. distribution: chances of a serial interval of 0, 1, 2 ... days; that of day 0 is 0.
    :raises ValueError: the series is too short, or the distribution is none
    """
    here = np.asarray(local, dtype=np.float64)
    weights = _checked(np.asarray(distribution, dtype=np.float64))
    from_elsewhere = np.zeros_like(here) if imported is None else np.asarray(imported, dtype=np.float64)
    shape, scale = _posterior(here, from_elsewhere, weights, width, prior or Prior())
    low, median, high = (_quantile(q, shape) * scale for q in QUANTILES)
    return Estimates(*windows(here.shape[-1], width), shape * scale, np.sqrt(shape) * scale, low, median, high)


def estimate_uncertain(
    local: ArrayLike,
    *,
    mean: tuple[float, float, float, float],
    sd: tuple[float, float, float, float],
    imported: ArrayLike | None = None,
    width: int = 7,
    prior: Prior | None = None,
    distributions: int = 500,
    draws: int = 50,
    seed: int = 1,
) -> Estimates:
    """Estimate R of one series where the serial interval itself is uncertain (Cori et al. 2013, web appendix 4).

    mean, sd: of the serial interval's mean and standard deviation each: mean, sd, least and most of a truncated normal.
    For each of `distributions` pairs drawn (sd below mean), `draws` values of R are drawn; the figures are theirs.
    """
    here = np.asarray(local, dtype=np.float64)
    from_elsewhere = np.zeros_like(here) if imported is None else np.asarray(imported, dtype=np.float64)
    random = np.random.default_rng(seed)
    start, end = windows(len(here), width)
    found = np.empty((distributions * draws, len(start)))
    for place in range(distributions):
        one_mean = _truncated(random, *mean)
        one_sd = _truncated(random, *sd)
        while one_sd >= one_mean:
            one_sd = _truncated(random, *sd)
        weights = discrete_serial_interval(len(here) + 1, mean=one_mean, sd=one_sd)
        shape, scale = _posterior(here, from_elsewhere, weights, width, prior or Prior())
        known = np.nan_to_num(shape, nan=1.0), np.nan_to_num(scale, nan=1.0)
        drawn = random.gamma(*known, size=(draws, len(start)))
        found[place * draws : (place + 1) * draws] = np.where(np.isnan(shape), np.nan, drawn)
    whole = ~np.isnan(found).any(axis=0)
    figures = np.full((5, len(start)), np.nan)
    if whole.any():
        kept = found[:, whole]
        figures[:, whole] = [kept.mean(axis=0), kept.std(axis=0, ddof=1), *np.quantile(kept, QUANTILES, axis=0)]
    return Estimates(start, end, *figures)


def _posterior(
    here: Floats, from_elsewhere: Floats, weights: Floats, width: int, prior: Prior
) -> tuple[Floats, Floats]:
    start, end = windows(here.shape[-1], width)
    force = infectivity(here + from_elsewhere, weights)
    # The first day is in no window; without its NaN the sums of windows are differences of running sums.
    force[..., 0] = 0
    shape = prior.shape + _sums(here, start, end)
    scale = 1 / (1 / prior.scale + _sums(force, start, end))
    has_none = end <= mean_of(weights)
    shape[..., has_none], scale[..., has_none] = np.nan, np.nan
    return shape, scale


def _sums(values: Floats, start: NDArray[np.int64], end: NDArray[np.int64]) -> Floats:
    """Return the sums of windows, each added up by itself: differences of running sums lose digits."""
    width = int(end[0] - start[0]) + 1
    sliding = np.lib.stride_tricks.sliding_window_view(values, width, axis=-1)
    found: Floats = sliding[..., 1:, :].sum(axis=-1)
    return found


def _quantile(share: float, shape: Floats) -> Floats:
    """Return quantiles of gamma distributions of scale 1. Shapes are counts plus a constant: few differ."""
    known, place = np.unique(shape, return_inverse=True)
    from scipy.special import gammaincinv  # a quarter of all that a start would load

    found: Floats = gammaincinv(known, share)[place].reshape(shape.shape)
    return found


def _checked(weights: Floats) -> Floats:
    if weights.ndim != 1 or len(weights) < 2:
        raise ValueError("the serial interval needs the chances of day 0, day 1 and so on")
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError("a chance of the serial interval is negative or no number")
    if weights[0] != 0:
        raise ValueError(f"the serial interval's first chance is that of day 0 and must be 0, not {weights[0]:g}")
    if not weights.sum() > 0:
        raise ValueError("the chances of the serial interval add up to 0")
    return weights


def _truncated(random: np.random.Generator, mean: float, sd: float, least: float, most: float) -> float:
    if not least < most:
        raise ValueError(f"the least value {least:g} must lie below the most {most:g}")
    while not least <= (value := float(random.normal(mean, sd))) <= most:
        pass
    return value
