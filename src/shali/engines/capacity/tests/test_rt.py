"""R equals what the paper defines, computed slowly; known answers; what has no estimate says so."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from shali.engines.capacity import (
    Prior,
    discrete_serial_interval,
    estimate,
    estimate_uncertain,
    growth,
    infectivity,
    mean_of,
    nowcast,
    sd_of,
    windows,
)

# A school in Pennsylvania, April and May 2009: cases by day of onset (Cauchemez et al. 2011), as in Cori et al. 2013.
SCHOOL = [1, 1, 0, 2, 5, 3, 3, 3, 6, 2, 5, 9, 13, 12, 13, 11, 12, 6, 6, 6, 3, 1, 0, 2, 0, 0, 0, 0, 2, 0, 2, 0]


def slow(cases, imported, weights, width, prior=(5.0, 5.0)):
    """The paper, window by window, day by day."""
    days, shape, scale = len(cases), (prior[0] / prior[1]) ** 2, prior[1] ** 2 / prior[0]
    mean_si = sum(k * w for k, w in enumerate(weights))
    rows = []
    for start in range(2, days - width + 2):
        end = start + width - 1
        if end <= mean_si:
            rows.append([np.nan] * 5)
            continue
        count = sum(cases[t - 1] for t in range(start, end + 1))
        force = sum(
            weights[k] * (cases[t - 1 - k] + imported[t - 1 - k])
            for t in range(start, end + 1)
            for k in range(min(t, len(weights)))
        )
        posterior = stats.gamma(shape + count, scale=1 / (1 / scale + force))
        rows.append([posterior.mean(), posterior.std(), *posterior.ppf([0.025, 0.5, 0.975])])
    return np.array(rows).T


def figures(found):
    return np.array([found.mean, found.sd, found.low, found.median, found.high])


def test_the_school_of_2009_has_the_figures_that_were_published():
    found = estimate(SCHOOL, discrete_serial_interval(len(SCHOOL), mean=2.6, sd=1.5))

    assert (found.t_start[0], found.t_end[0], found.t_end[-1]) == (2, 8, 32)
    assert found.mean[:3] == pytest.approx([1.735798, 1.749168, 1.537058], abs=5e-7)
    assert (found.sd[0], found.low[0]) == pytest.approx((0.4091314, 1.028744), abs=5e-7)


@settings(max_examples=60, deadline=None)
@given(
    data=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 20)), min_size=9, max_size=40),
    mean=st.floats(1.2, 20),
    spread=st.floats(0.1, 1.5),
    width=st.integers(1, 8),
)
def test_every_window_equals_the_slow_sum(data, mean, spread, width):
    local, imported = [a for a, _ in data], [b for _, b in data]
    weights = discrete_serial_interval(len(data), mean=mean, sd=mean * spread)

    found = figures(estimate(local, weights, imported=imported, width=width))

    np.testing.assert_allclose(found, slow(local, imported, weights, width), rtol=1e-10, equal_nan=True)


def test_many_series_at_once_are_each_as_if_alone():
    random = np.random.default_rng(3)
    series = random.poisson(9, size=(50, 60))
    weights = discrete_serial_interval(60, mean=5, sd=2)

    together = figures(estimate(series, weights))

    for place, one in enumerate(series):
        np.testing.assert_allclose(together[:, place], figures(estimate(one, weights)), rtol=1e-13)


@pytest.mark.parametrize(("mean", "sd"), [(2.6, 1.5), (8.4, 3.8), (14.9, 3.9), (22.4, 6.1), (1.01, 0.3)])
def test_the_serial_interval_is_the_density_against_a_triangle(mean, sd):
    days = 150
    found = discrete_serial_interval(days, mean=mean, sd=sd)
    gamma = stats.gamma(((mean - 1) / sd) ** 2, loc=1, scale=sd**2 / (mean - 1))
    for k in (0, 1, 2, 3, 9, 20):
        chance, _ = integrate.quad(
            lambda x, k=k: (1 - abs(x - k)) * gamma.pdf(x), max(1, k - 1), max(1, k + 1), points=[max(1, k)], limit=200
        )
        assert found[k] == pytest.approx(chance, abs=2e-7)
    assert found[0] == 0
    assert found.sum() == pytest.approx(1, abs=1e-6)
    assert (mean_of(found), sd_of(found) ** 2) == pytest.approx((mean, sd**2 + 1 / 6), abs=0.2 if mean < 2 else 1e-2)


def test_a_window_before_the_mean_serial_interval_has_no_estimate():
    weights = discrete_serial_interval(40, mean=14.9, sd=3.9)
    found = estimate([5] * 40, weights, width=7)

    assert np.isnan(figures(found)[:, found.t_end <= 14]).all()
    assert not np.isnan(figures(found)[:, found.t_end >= 15]).any()


def test_what_is_no_serial_interval_is_refused():
    for wrong, why in (([0.5, 0.5], "day 0 and must be 0"), ([0, -1, 2], "negative"), ([0, 0], "add up to 0")):
        with pytest.raises(ValueError, match=why):
            estimate(SCHOOL, wrong)
    with pytest.raises(ValueError, match="more than 1 day"):
        discrete_serial_interval(10, mean=1, sd=1)
    with pytest.raises(ValueError, match="at least 8 days"):
        windows(7, 7)


def test_infectivity_looks_at_earlier_days_only():
    assert infectivity([10, 0, 4, 0], [0, 0.5, 0.25])[1:] == pytest.approx([5, 2.5, 2])


def test_the_prior_is_what_remains_without_cases():
    found = estimate([0] * 20, [0, 1], prior=Prior(3, 2))
    assert (found.mean[0], found.sd[0]) == pytest.approx((3, 2))


def test_an_uncertain_serial_interval_widens_and_the_seed_fixes_it():
    options = {"mean": (2.6, 1.0, 1.1, 4.2), "sd": (1.5, 0.5, 0.5, 2.5), "distributions": 100, "draws": 40}
    one, again = (estimate_uncertain(SCHOOL, seed=7, **options) for _ in range(2))
    sure = estimate(SCHOOL, discrete_serial_interval(len(SCHOOL), mean=2.6, sd=1.5))

    np.testing.assert_array_equal(figures(one), figures(again))
    middle = slice(5, 15)
    assert ((one.high - one.low)[middle] > (sure.high - sure.low)[middle]).mean() > 0.8
    assert np.abs(one.mean[middle] / sure.mean[middle] - 1).max() < 0.25


def test_growth_of_a_known_series():
    day = np.arange(15)
    found = growth(np.round(50 * np.exp(0.1 * day)))
    assert found.rate == pytest.approx(0.1, abs=2e-3)
    assert found.doubling == pytest.approx(np.log(2) / 0.1, rel=0.02)
    assert growth([5, 5, 5, 5]).doubling_interval[1] == float("inf")
    assert growth([80, 40, 20, 10, 5]).doubling == pytest.approx(-1, abs=0.01)
    with pytest.raises(ValueError, match="cases on two"):
        growth([0, 7, 0])


def test_a_nowcast_finds_what_was_hidden_of_the_last_days():
    random = np.random.default_rng(11)
    delays = np.array([0.1, 0.25, 0.3, 0.2, 0.1, 0.05])
    truth = random.poisson(np.linspace(40, 160, 30))
    whole = np.array([random.multinomial(n, delays) for n in truth])
    shown = np.where(np.arange(6)[None, :] <= np.arange(30)[::-1, None], whole, 0)

    found = nowcast(shown)

    assert found.reported[-1] == shown[-1].sum() < truth[-1]
    assert found.share[-6:] == pytest.approx(np.cumsum(delays)[::-1], abs=0.05)
    inside = (found.low <= truth) & (truth <= found.high)
    assert inside[-6:].sum() >= 5
    assert (found.expected[:24] == truth[:24]).all()
