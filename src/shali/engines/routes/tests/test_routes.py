"""Walks: beside the exact shortest on few doors, never longer than nearest first, shared evenly, quick on many."""

import time
import tracemalloc
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from shali.engines.routes import length_of, metres_between, nearest_first, order, share
from shali.engines.routes.search import nearest

Floats = NDArray[np.float64]


def town(many: int, seed: int) -> Floats:
    """Return distances between places of a quarter: a few estates, and doors around each."""
    dice = np.random.default_rng(seed)
    estates = dice.uniform(0, 0.02, (max(2, many // 12), 2))
    spots = estates[dice.integers(0, len(estates), many)] + dice.normal(0, 0.0012, (many, 2))
    return metres_between(114.0 + spots[:, 0], 33.6 + spots[:, 1])


def shortest(metres: Floats) -> float:
    """Return the metres of the shortest round walk, by every subset of places: Held and Karp 1962."""
    many = len(metres)
    best = {(1 << place, place): metres[0, place] for place in range(1, many)}
    for size in range(2, many):
        for chosen in combinations(range(1, many), size):
            held = sum(1 << place for place in chosen)
            for last in chosen:
                before = held & ~(1 << last)
                best[held, last] = min(best[before, one] + metres[one, last] for one in chosen if one != last)
    whole = sum(1 << place for place in range(1, many))
    return float(min(best[whole, last] + metres[last, 0] for last in range(1, many)))


@pytest.mark.parametrize("many", [2, 3, 4, 5, 7, 9, 11])
def test_few_doors_are_walked_by_the_shortest_way_there_is(many: int) -> None:
    for seed in range(6):
        metres = town(many, seed)
        walk = order(metres)
        assert sorted(walk) == list(range(1, many))
        assert length_of(metres, walk) == pytest.approx(shortest(metres), rel=1e-9)


@pytest.mark.parametrize("many", [12, 40, 150])
def test_no_walk_is_longer_than_nearest_first_and_the_same_doors_give_the_same_walk(many: int) -> None:
    for seed in range(10):
        metres = town(many, 100 + seed)
        walk = order(metres)
        assert sorted(walk) == list(range(1, many))
        assert length_of(metres, walk) <= length_of(metres, nearest_first(metres)) + 1e-6
        assert (walk == order(metres)).all()


def test_doors_around_a_square_are_walked_around_it() -> None:
    """Planted: places on the edge of a convex figure, given in any order; its edge is the shortest round."""
    angles = np.random.default_rng(5).permutation(60) * 2 * np.pi / 60
    lon, lat = 114 + 0.01 * np.cos(angles), 33.6 + 0.008 * np.sin(angles)
    metres = metres_between(lon, lat)

    walk = np.concatenate([[0], order(metres)])

    turned = np.diff(angles[np.append(walk, 0)])
    assert np.allclose(np.abs((turned + np.pi) % (2 * np.pi) - np.pi), 2 * np.pi / 60)


def test_doors_at_one_place_and_no_door_at_all() -> None:
    assert list(order(np.zeros((1, 1)))) == []
    assert sorted(order(np.zeros((30, 30)))) == list(range(1, 30))
    assert length_of(np.zeros((1, 1)), order(np.zeros((1, 1)))) == 0


def test_five_hundred_visits_in_well_under_a_second() -> None:
    metres = town(501, 3)
    order(town(30, 1))  # compiled loops are loaded

    began = time.thread_time()
    walk = order(metres)
    seconds = time.thread_time() - began

    assert seconds < 0.8, f"{seconds:.2f} s"
    assert length_of(metres, walk) < 0.86 * length_of(metres, nearest_first(metres))


@pytest.mark.parametrize("teams", [1, 2, 3, 5, 8])
def test_teams_share_the_doors_evenly_and_each_door_is_one_teams(teams: int) -> None:
    metres = town(90, 8)
    work = np.full(90, 240.0)
    walks = share(metres, list(work), teams, pace=1.25)

    assert sorted(stop for walk in walks for stop in walk.stops) == list(range(1, 90))
    longest, least = max(walk.seconds for walk in walks), min(walk.seconds for walk in walks)
    assert longest <= 1.25 * least
    for walk in walks:
        assert walk.metres == pytest.approx(length_of(metres, np.array(walk.stops)))
        assert walk.seconds == pytest.approx(walk.metres / 1.25 + 240 * len(walk.stops))


def test_no_other_cut_of_the_round_has_a_shorter_longest_part() -> None:
    metres = town(9, 4)
    work, round_walk = [60.0 * (n % 3) for n in range(9)], order(metres)
    found = max(walk.seconds for walk in share(metres, work, 3, pace=1.0))

    def seconds(part: NDArray[np.int64]) -> float:
        return length_of(metres, part) + sum(work[one] for one in part)

    others = [
        max(seconds(part) for part in np.split(round_walk, cuts)) for cuts in combinations(range(1, len(round_walk)), 2)
    ]
    assert found <= min(others) + 1e-6


def test_more_teams_than_doors_and_what_cannot_be() -> None:
    walks = share(town(3, 1), [0, 60, 60], 4, pace=1.0)
    assert [len(walk.stops) for walk in walks] == [1, 1, 0, 0]
    assert share(np.zeros((1, 1)), [0], 2, pace=1.0)[0].stops == ()
    for wrong in (np.zeros((2, 3)), np.array([[0.0, -1], [-1, 0]]), np.array([[0.0, 1], [2, 0]])):
        with pytest.raises(ValueError, match="distances"):
            order(wrong)
    with pytest.raises(ValueError, match="teams"):
        share(np.zeros((2, 2)), [0, 0], 0, pace=1.0)
    with pytest.raises(ValueError, match="longitude"):
        metres_between(np.array([114.0, np.nan]), np.array([33.0, 33.0]))


def test_neighbours_are_the_nearest_and_of_equals_those_that_are_given_first() -> None:
    dice = np.random.default_rng(3)
    for many in (4, 5, 12, 60):
        metres = metres_between(dice.integers(0, 4, many) / 10, dice.integers(0, 4, many) / 10)  # many at one place
        most = min(10, many - 1)
        by_sorting = np.argsort(metres + np.diag(np.full(many, np.inf)), axis=1, kind="stable")[:, :most]
        assert (nearest(metres, most) == by_sorting).all()


def test_distances_are_held_once_and_not_in_steps_over_the_whole_square() -> None:
    spots = np.random.default_rng(5).uniform(0, 0.1, (2, 1_500))
    share(metres_between(*spots[:, :20]), [0.0] * 20, 2, pace=1.0)  # compiled
    tracemalloc.start()
    metres = metres_between(*spots)
    order(metres)
    _held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.2 * metres.nbytes
