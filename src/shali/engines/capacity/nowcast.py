"""What the last days will still report: cases by day of onset, corrected for reports that have not come yet.

Lawless 1994 (Canadian Journal of Statistics 22:15-31): reports of a delay d, among those of a delay of at most d, have
the reverse hazard g(d); it is counted from all days old enough to have seen d. The share of a day's cases that is
reported after k days is the product of 1 - g(d) over all longer delays.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Nowcast:
    """By day of onset: cases reported so far, cases expected in the end with their 95 % interval, share reported."""

    reported: Floats
    expected: Floats
    low: Floats
    high: Floats
    share: Floats


def nowcast(triangle: ArrayLike, *, draws: int = 2000, seed: int = 1) -> Nowcast:
    """Expect the final number of cases of each day of onset.

    triangle: shape (days, delays): cases of an onset day that were reported that many days later, the last day being
    today; cells that lie after today are not looked at. Delays longer than the triangle's do not exist here.
    The interval is that of drawn missing cases (negative binomial given the reported) over drawn shares (beta).
    :raises ValueError: a negative count, or no report at all
    """
    counts = np.asarray(triangle, dtype=np.float64)
    days, delays = counts.shape
    seen = np.arange(delays)[None, :] <= np.arange(days)[::-1, None]
    if (counts[seen] < 0).any() or counts[seen].sum() == 0:
        raise ValueError("a nowcast needs counts that are not negative, and at least one report")
    counts = np.where(seen, counts, 0)
    at_delay = np.array([counts[seen[:, d], d].sum() for d in range(delays)])
    up_to = np.array([counts[seen[:, d], : d + 1].sum() for d in range(delays)])
    random = np.random.default_rng(seed)
    hazards = np.divide(at_delay, up_to, out=np.zeros(delays), where=up_to > 0)
    drawn = random.beta(at_delay + 0.5, np.maximum(up_to - at_delay, 0) + 0.5, size=(draws, delays))
    reported = counts.sum(axis=1)
    age = np.minimum(np.arange(days)[::-1], delays - 1)
    share = _share(hazards[None, :])[0, age]
    shares = _share(drawn)[:, age]
    expected = np.divide(reported, share, out=reported.copy(), where=share > 0)
    missing = random.negative_binomial(reported + 0.5, np.clip(shares, 1e-9, 1 - 1e-12))
    totals = reported + np.where(age < delays - 1, missing, 0)
    low, high = np.quantile(totals, [0.025, 0.975], axis=0)
    return Nowcast(reported, expected, low, high, share)


def _share(hazards: Floats) -> Floats:
    """Return, for each k, the share reported within k days: the product of 1 - hazard over longer delays."""
    later = np.cumprod((1 - hazards)[:, ::-1], axis=1)[:, ::-1]
    found: Floats = np.concatenate([later[:, 1:], np.ones((len(hazards), 1))], axis=1)
    return found
