"""Waits against a slow day that moves a clock from event to event, and against what Erlang proved."""

import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shali.engines.queues import Desks, come, desks_needed, erlang_c, simulate

times = st.floats(0, 500).map(lambda t: round(t, 1))
people = st.lists(st.tuples(times, st.integers(0, 1), st.floats(0, 90).map(lambda t: round(t, 1))), max_size=25)


@settings(max_examples=200, deadline=None)
@given(people, st.integers(1, 3), st.integers(1, 3))
def test_waits_are_those_of_a_line_in_front_of_desks(crowd: list[tuple[float, int, float]], one: int, two: int) -> None:
    arrivals, sites, service = (np.array([row[k] for row in crowd]) for k in range(3))

    day = simulate(arrivals, sites, service, Desks.alike(np.array([one, two]), opens=50.0))

    for site, desks in enumerate((one, two)):
        here = [k for k, row in enumerate(crowd) if row[1] == site]
        line = sorted(here, key=lambda k: (crowd[k][0], k))
        free = [50.0] * desks
        for k in line:  # whoever is first in the line takes the desk that is free first
            begins = max(crowd[k][0], heapq.heappop(free))
            assert day.begins[k] == pytest.approx(begins)
            heapq.heappush(free, begins + crowd[k][2])
        if here:
            assert day.finish[site] == pytest.approx(max(day.begins[k] + crowd[k][2] for k in here))


@settings(max_examples=100, deadline=None)
@given(people, st.floats(100, 300), st.floats(0, 100))
def test_nobody_begins_in_a_break_or_after_closing_and_everybody_is_served_or_turned_away(
    crowd: list[tuple[float, int, float]], pause: float, length: float
) -> None:
    arrivals, sites, service = (np.array([row[k] for row in crowd]) for k in range(3))
    desks = Desks.alike(np.array([2, 2]), opens=0.0, closes=400.0, pause=pause, resumes=pause + length)

    day = simulate(arrivals, sites, service, desks)

    served = day.begins[np.isfinite(day.begins)]
    assert not ((served >= pause) & (served < pause + length)).any()
    assert (served < 400).all()
    assert day.turned_away + len(served) == len(crowd)
    assert day.busy.sum() == pytest.approx(service[np.isfinite(day.begins)].sum())


@pytest.mark.parametrize(("desks", "load"), [(1, 0.6), (4, 0.8), (10, 0.9)])
def test_waits_are_erlangs_within_one_in_a_hundred(desks: int, load: float) -> None:
    dice, many = np.random.default_rng(5), 3_000_000
    service = dice.exponential(60.0, many)
    arrivals = np.cumsum(dice.exponential(60.0 / (desks * load), many))

    day = simulate(arrivals, np.zeros(many, int), service, Desks.alike(np.array([desks]), opens=0.0))

    chance, mean = erlang_c(desks * load / 60.0, 60.0, desks)
    settled = day.waits[many // 20 :]
    assert settled.mean() == pytest.approx(mean, rel=0.01)
    assert (settled > 1e-9).mean() == pytest.approx(chance, rel=0.01)


def test_erlang_is_as_tabled() -> None:
    chance, mean = erlang_c(2.0 / 3, 1.0, 1)  # one desk: the chance to wait is its load, rho / (1 - rho) services long
    assert (chance, mean) == (pytest.approx(2 / 3), pytest.approx(2.0))
    assert erlang_c(1.0, 1.0, 2)[0] == pytest.approx(1 / 3)
    with pytest.raises(ValueError, match="never ends"):
        erlang_c(1.0, 3.0, 3)


def test_the_desks_needed_hold_and_one_less_does_not() -> None:
    dice = np.random.default_rng(2)
    invited = np.zeros((3, 8), int)
    invited[0], invited[1], invited[2, :2] = 100, 220, 300
    arrivals, sites = come(invited, slot=1800.0, begins=28_800.0, spread=600.0, no_show=0.05, dice=dice)
    service = dice.exponential(40.0, len(arrivals))

    needed = desks_needed(arrivals, sites, service, many=3, opens=28_800.0, within=600.0)

    enough = simulate(arrivals, sites, service, Desks.alike(needed, opens=28_800.0))
    assert (enough.share_within(600.0) >= 0.95).all()
    for site in np.flatnonzero(needed > 1):
        fewer = needed.copy()
        fewer[site] -= 1
        assert simulate(arrivals, sites, service, Desks.alike(fewer, opens=28_800.0)).share_within(600.0)[site] < 0.95


def test_who_stays_away_and_who_is_late() -> None:
    dice = np.random.default_rng(3)

    arrivals, sites = come(np.array([[0, 40_000]]), slot=600.0, begins=0.0, spread=120.0, no_show=0.1, dice=dice)

    assert len(arrivals) == pytest.approx(36_000, rel=0.01)
    assert set(sites) == {0}
    assert arrivals.mean() == pytest.approx(900.0, rel=0.01)
    assert ((arrivals < 600) | (arrivals > 1200)).mean() > 0.1


def test_by_hour_counts_everybody_once() -> None:
    dice = np.random.default_rng(4)
    arrivals, sites = dice.random(5_000) * 4 * 3600, dice.integers(0, 3, 5_000)

    day = simulate(arrivals, sites, np.full(5_000, 20.0), Desks.alike(np.array([8, 9, 10]), opens=0.0))

    came, mean = day.by_hour()
    assert came.sum() == 5_000
    assert np.nansum(mean * came) == pytest.approx(day.waits.sum())


@pytest.mark.parametrize(
    ("change", "said"),
    [({"sites": np.array([0, 7])}, "without a desk"), ({"arrivals": np.array([1.0, np.nan])}, "must be seconds"),
     ({"service": np.array([1.0])}, "give one each"), ({"service": np.array([1.0, -1])}, "0 or more")],
)  # fmt: skip
def test_a_day_that_cannot_be_is_refused(change: dict[str, np.ndarray], said: str) -> None:
    good = {"arrivals": np.array([1.0, 2]), "sites": np.array([0, 0]), "service": np.array([1.0, 1])}

    with pytest.raises(ValueError, match=said):
        simulate(**(good | change), desks=Desks.alike(np.array([1]), opens=0.0))
