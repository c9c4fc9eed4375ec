"""How many each case infected: mean and dispersion, by maximum likelihood with profile intervals.

Offspring are negative binomial with mean R and dispersion k (Lloyd-Smith et al. 2005, Nature 438:355-9): variance
R (1 + R / k). The smaller k, the fewer cases make most of the others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

HALF_CHI = 1.9207294103470621  # half of the 95 % quantile of chi-squared with one degree of freedom
LEAST, MOST = 1e-6, 1e6


@dataclass(frozen=True, slots=True)
class Fit:
    """mean and k with their 95 % intervals; k is inf where offspring scatter no more than by chance (Poisson)."""

    mean: float
    mean_low: float
    mean_high: float
    k: float
    k_low: float
    k_high: float
    share_of_top_fifth: float  # of all offspring, those of the fifth of the cases that have most


def fit(offspring: Sequence[int]) -> Fit:
    """Fit the offspring of all cases, those with none included.

    :raises ValueError: no case, or none with offspring
    """
    counts = np.asarray(offspring, dtype=np.float64)
    if not len(counts) or counts.sum() == 0:
        raise ValueError("no case has offspring: there is nothing to fit")
    values, times = np.unique(counts, return_counts=True)
    mean = float(counts.mean())

    from scipy.optimize import minimize_scalar  # a quarter of all that a start would load
    from scipy.special import gammaln

    def likelihood(average: float, k: float) -> float:
        if k >= MOST:
            return float((times * (values * np.log(average) - average - gammaln(values + 1))).sum())
        terms = gammaln(values + k) - gammaln(k) - gammaln(values + 1)
        terms = terms + k * np.log(k / (k + average)) + values * np.log(average / (k + average))
        return float((times * terms).sum())

    def best_k(average: float) -> tuple[float, float]:
        found = minimize_scalar(
            lambda at: -likelihood(average, float(np.exp(at))), bounds=(np.log(LEAST), np.log(MOST)), method="bounded",
            options={"xatol": 1e-10},
        )  # fmt: skip
        return float(np.exp(found.x)), -float(found.fun)

    # The likelihood of k is highest at the sample's own mean, whatever k is.
    k, top = best_k(mean)
    if likelihood(mean, MOST) >= top - 1e-9 or counts.var() <= mean:
        k, top = inf, likelihood(mean, MOST)
    k_low = _end(lambda at: likelihood(mean, at) - top + HALF_CHI, min(k, MOST), LEAST)
    k_high = inf if likelihood(mean, MOST) - top + HALF_CHI > 0 else _end(
        lambda at: likelihood(mean, at) - top + HALF_CHI, k, MOST
    )  # fmt: skip
    low = _end(lambda at: best_k(at)[1] - top + HALF_CHI, mean, mean / 1e3)
    high = _end(lambda at: best_k(at)[1] - top + HALF_CHI, mean, mean * 1e3)
    most = np.sort(counts)[::-1][: max(1, round(len(counts) / 5))]
    return Fit(mean, low, high, k, k_low, k_high, float(most.sum() / counts.sum()))


def _end(above: Callable[[float], float], start: float, limit: float) -> float:
    """Return where a likelihood sinks below what its 95 % interval allows, between a start and a limit."""
    if above(limit) > 0:
        return limit
    from scipy.optimize import brentq

    return float(np.exp(brentq(lambda at: above(float(np.exp(at))), np.log(start), np.log(limit), xtol=1e-12)))
