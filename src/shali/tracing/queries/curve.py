"""The curve by day, how fast it spreads, and what the last days will still report; each with its method and source."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import isfinite
from statistics import mean, stdev

import numpy as np
from django.conf import settings

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.policy.rules import Number, number
from shali.tracing.bridge import (
    Estimates,
    Fit,
    Growth,
    Nowcast,
    discrete_serial_interval,
    estimate,
    estimate_uncertain,
    fit,
    growth,
    nowcast,
)
from shali.tracing.models import Case
from shali.tracing.rules import Classification

BY = ("onset", "report", "positive")
FEW_CASES = 10
FEW_PAIRS = 10
LONGEST_DELAY = 14


@dataclass(frozen=True, slots=True)
class Daily:
    """Cases by day, without gaps: all, and by class and county."""

    first: date
    all: tuple[int, ...]
    by_class: Mapping[int, tuple[int, ...]]
    by_county: Mapping[str, tuple[str, str, tuple[int, ...]]]
    undated: int

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range(len(self.all))]


@dataclass(frozen=True, slots=True)
class Reproduction:
    """R of the windows that have one: last day of each, median and 95 % interval. warning: "" or why to doubt it."""

    days: tuple[date, ...]
    median: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    warning: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """What the links at hand say: serial intervals in days, offspring; counts say how much each rests on."""

    intervals: int
    interval_mean: float | None
    interval_sd: float | None
    proven: int
    cases: int
    offspring: Fit | None


@dataclass(frozen=True, slots=True)
class CurveView:
    by: str
    daily: Daily | None
    reproduction: Reproduction | None
    uncertain: Reproduction | None
    growth: Growth | None
    expected: Nowcast | None
    expected_from: date | None
    pairs: Pairs
    interval_mean: Number
    interval_sd: Number


def curve_view(scope: Scope, *, by: str, at: datetime, width: int = 7) -> CurveView:
    """Return the curve of a scope's cases by day of onset, report or first positive sample, and what follows from it.

    width: days of a window of R
    """
    rows = list(
        Case.objects.filter(within(scope.path), outbreak_id=settings.OUTBREAK)
        .exclude(classification=Classification.DISCARDED)
        .order_by("number")
    )
    si_mean, si_sd = number("serial_interval_mean", at), number("serial_interval_sd", at)
    daily = _daily(rows, by, at)
    counts = daily.all if daily else ()
    expected = _nowcast(rows, daily, at) if by == "onset" and daily else None
    return CurveView(
        by=by,
        daily=daily,
        reproduction=_reproduction(daily, si_mean.value, si_sd.value, width),
        uncertain=_uncertain(daily, at, width),
        growth=_growth(counts),
        expected=expected,
        expected_from=daily.first if daily else None,
        pairs=_pairs(rows),
        interval_mean=si_mean,
        interval_sd=si_sd,
    )


def _day(row: Case, by: str) -> date | None:
    if by == "onset":
        return row.onset_on
    if by == "positive":
        return day_of(row.first_positive_at) if row.first_positive_at else None
    return day_of(row.reported_at)


def _daily(rows: Sequence[Case], by: str, at: datetime) -> Daily | None:
    dated = [(row, day) for row in rows if (day := _day(row, by)) is not None]
    if not dated:
        return None
    first = min(day for _row, day in dated)
    length = max((day_of(at) - first).days + 1, 1)

    def series(chosen: Sequence[date]) -> tuple[int, ...]:
        counted = Counter((day - first).days for day in chosen)
        return tuple(counted.get(place, 0) for place in range(length))

    counties = {row.path for row, _day_ in dated}
    names = {
        path: (name, en)
        for path, name, en in Unit.objects.filter(path__in=counties).values_list("path", "name", "name_en")
    }
    return Daily(
        first=first,
        all=series([day for _row, day in dated]),
        by_class={
            int(one): series([day for row, day in dated if row.classification == one])
            for one in Classification
            if one != Classification.DISCARDED
        },
        by_county={
            path: (*names[path], series([day for row, day in dated if row.path == path])) for path in sorted(counties)
        },
        undated=len(rows) - len(dated),
    )


def _reproduction(daily: Daily | None, si_mean: float, si_sd: float, width: int) -> Reproduction | None:
    if daily is None or len(daily.all) < width + 2:
        return None
    weights = discrete_serial_interval(len(daily.all) + 1, mean=si_mean, sd=si_sd)
    return _shown(daily, estimate(daily.all, weights, width=width), width)


def _uncertain(daily: Daily | None, at: datetime, width: int) -> Reproduction | None:
    """R where the serial interval's mean is known only within the interval of its source."""
    if daily is None or len(daily.all) < width + 2 or sum(daily.all) < FEW_CASES:
        return None
    low, high = number("serial_interval_mean_low", at).value, number("serial_interval_mean_high", at).value
    centre, sd = number("serial_interval_mean", at).value, number("serial_interval_sd", at).value
    spread = (high - low) / (2 * 1.96)
    found = estimate_uncertain(
        daily.all,
        mean=(centre, spread, max(1.1, low - spread), high + spread),
        sd=(sd, sd / 10, sd * 0.7, sd * 1.3),
        width=width,
        distributions=60,
        draws=40,
    )
    return _shown(daily, found, width)


def _shown(daily: Daily, found: Estimates, width: int) -> Reproduction | None:
    kept = [place for place, value in enumerate(found.median) if isfinite(value)]
    if not kept:
        return None
    last = [daily.first + timedelta(days=int(found.t_end[place]) - 1) for place in kept]
    in_last_window = sum(daily.all[-width:])
    return Reproduction(
        days=tuple(last),
        median=tuple(float(found.median[place]) for place in kept),
        low=tuple(float(found.low[place]) for place in kept),
        high=tuple(float(found.high[place]) for place in kept),
        warning="few_cases" if in_last_window < FEW_CASES else "",
    )


def _growth(counts: Sequence[int]) -> Growth | None:
    try:
        return growth(counts[-14:])
    except (ValueError, np.linalg.LinAlgError):
        return None


def _nowcast(rows: Sequence[Case], daily: Daily, at: datetime) -> Nowcast | None:
    """Correct the last days for cases that fell ill and are not reported yet; with few cases nothing can be said."""
    if sum(daily.all) < FEW_CASES:
        return None
    days = len(daily.all)
    delays = min(LONGEST_DELAY, days)
    triangle = np.zeros((days, delays))
    for row in rows:
        if row.onset_on is None:
            continue
        late = (day_of(row.reported_at) - row.onset_on).days
        if 0 <= late < delays:
            triangle[(row.onset_on - daily.first).days, late] += 1
    try:
        return nowcast(triangle, draws=500)
    except ValueError:
        return None


def _pairs(rows: Sequence[Case]) -> Pairs:
    onset = {row.pk: row.onset_on for row in rows}
    intervals = []
    proven = 0
    offspring: Counter[int] = Counter()
    for row in rows:
        if row.source_id is None:
            continue
        offspring[row.source_id] += 1
        before = onset.get(row.source_id)
        if row.onset_on is not None and before is not None:
            intervals.append((row.onset_on - before).days)
            proven += row.source_certainty == "proven"
    try:
        best = fit([offspring.get(row.pk, 0) for row in rows]) if len(rows) >= FEW_CASES else None
    except ValueError:
        best = None
    return Pairs(
        intervals=len(intervals),
        interval_mean=mean(intervals) if intervals else None,
        interval_sd=stdev(intervals) if len(intervals) > 1 else None,
        proven=proven,
        cases=len(rows),
        offspring=best,
    )
