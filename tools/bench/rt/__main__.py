"""`python tools/bench/rt`: R of many series at once, ours beside epyestim on the same series in one run, in turns.

epyestim takes one series at a time, so it gets a share of them; its seconds are those of that share, and so are ours
beside it. Every quantile must agree. All series are timed too: the goal is 10,000 in 2 seconds.
"""

import argparse
import statistics
import time

import numpy as np
import pandas as pd
from epyestim.estimate_r import estimate_r, gamma_quantiles
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from shali.engines.capacity import Estimates, Prior, discrete_serial_interval, estimate

MEAN, SD, WIDTH, LONGEST = 2.7, 1.6, 7, 15
QUANTILES = (0.025, 0.5, 0.975)
Floats = NDArray[np.float64]


def outbreaks(series: int, days: int) -> tuple[Floats, Floats]:
    """Return counts of cases by day, each series with an R of its own that falls, and the serial interval."""
    dice = np.random.default_rng(13)
    chances = discrete_serial_interval(LONGEST, mean=MEAN, sd=SD)
    chances = chances / chances.sum()
    cases = np.zeros((series, days))
    cases[:, 0] = dice.integers(5, 50, series)
    reproduction = dice.uniform(0.7, 1.4, series)
    for day in range(1, days):
        back = min(day, len(chances) - 1)
        infectivity = cases[:, day - back : day] @ chances[back:0:-1]
        cases[:, day] = dice.poisson(reproduction * 0.99**day * infectivity)
    return cases, chances


def ours(cases: Floats, chances: Floats) -> tuple[Estimates, float]:
    began = time.monotonic()
    return estimate(cases, chances, width=WIDTH), time.monotonic() - began


def theirs(cases: Floats, chances: Floats, prior: Prior) -> tuple[Floats, float]:
    """Return quantiles of shape (quantiles, series, windows), from the windows that begin on the second day on."""
    index = pd.date_range("2022-08-01", periods=cases.shape[1])
    began = time.monotonic()
    found = []
    for one in cases:
        made = estimate_r(pd.Series(one, index=index), chances, prior.shape, prior.scale, window_size=WIDTH)
        found.append([gamma_quantiles(q, made.a_posterior, made.b_posterior) for q in QUANTILES])
    seconds = time.monotonic() - began
    return np.moveaxis(np.asarray(found)[:, :, 1:], 1, 0), seconds


def furthest(mine: Estimates, other: Floats) -> float:
    """Return the largest relative difference of a quantile, over windows that have an estimate."""
    kept = np.stack([mine.low, mine.median, mine.high])
    known = ~np.isnan(kept)
    if not known.any():
        raise SystemExit("no window has an estimate")
    return float(np.max(np.abs(kept[known] - other[known]) / other[known]))


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--series", type=int, default=10_000)
    options.add_argument("--days", type=int, default=60)
    options.add_argument("--peer-series", type=int, default=500, help="series that epyestim is given")
    options.add_argument("--turns", type=int, default=3)
    chosen = options.parse_args()
    cases, chances = outbreaks(chosen.series, chosen.days)
    ours(cases[:2], chances)  # what is loaded once is loaded
    share = cases[: chosen.peer_series]
    whole, fast, slow, apart = [], [], [], 0.0
    for _turn in range(chosen.turns):
        whole.append(ours(cases, chances)[1])
        mine, seconds = ours(share, chances)
        fast.append(seconds)
        other, seconds = theirs(share, chances, Prior())
        slow.append(seconds)
        apart = max(apart, furthest(mine, other))
    if apart > 1e-9:
        raise SystemExit(f"epyestim and ours differ by {apart:.3g} of a quantile")
    table = Table("series", "days", "ours, s", "epyestim, s", "epyestim / ours", "largest relative difference")
    all_of_them, mine_s, other_s = (statistics.median(one) for one in (whole, fast, slow))
    table.add_row(f"{chosen.series:,}", f"{chosen.days}", f"{all_of_them:.3f}", "", "", "")
    ratio = f"{other_s / mine_s:.0f}"
    table.add_row(f"{len(share):,}", f"{chosen.days}", f"{mine_s:.4f}", f"{other_s:.2f}", ratio, f"{apart:.1e}")
    Console().print(table)
    print(f"medians of {chosen.turns} turns; {int(cases.sum()):,} cases in all series")


if __name__ == "__main__":
    main()
