"""Plans against every plan there is, on small random cities; bounds that no plan beats; files that are wrong."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from shali.engines.siting import (
    Impossible,
    Unreadable,
    find_clusters,
    find_medians,
    find_rooms,
    nearest,
    reach_all,
    reach_most,
    reach_of,
    read_customers,
    read_network,
)


def clock(step: float = 0.01):
    """A clock that moves by each look at it: tests take the same turns on every machine."""
    looks = iter(range(1_000_000))
    return lambda: next(looks) * step


seeds = st.integers(0, 10_000)


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1, 4))
def test_medians_are_those_of_all_plans(seed: int, p: int) -> None:
    dice = np.random.default_rng(seed)
    distance, weight = dice.integers(0, 50, (12, 8)).astype(float), dice.integers(1, 9, 12).astype(float)
    fixed = np.zeros(8, bool)
    fixed[dice.integers(0, 8)] = True

    plan = find_medians(nearest(distance, weight), p, seconds=1, elapsed=clock(), fixed=fixed, is_whole=True)

    def cost(sites: tuple[int, ...]) -> float:
        return float((weight * distance[:, sites].min(axis=1)).sum())

    every = [one for one in combinations(range(8), p) if fixed[list(one)].sum() == 1]
    assert plan.cost == min(map(cost, every)) == cost(tuple(plan.sites))
    assert plan.bound <= plan.cost
    assert np.isclose((weight * distance[np.arange(12), plan.site_of]).sum(), plan.cost)
    assert fixed[plan.sites].sum() == 1


def test_medians_are_those_of_an_exact_solver_on_a_network() -> None:
    text = network(60, 4, seed=3)
    distance = read_network(text).distances()
    n = len(distance)

    plan = find_medians(nearest(distance, np.ones(n)), 4, seconds=1, elapsed=clock(), is_whole=True)

    assert plan.cost == pytest.approx(exact_median(distance, 4))


def exact_median(distance: np.ndarray, p: int) -> float:
    """Solve the p-median with HiGHS: x[i, j] serves, y[j] is open."""
    n = len(distance)
    cost = np.r_[distance.ravel(), np.zeros(n)]
    once = np.c_[np.kron(np.eye(n), np.ones(n)), np.zeros((n, n))]
    opened = np.c_[np.eye(n * n), -np.kron(np.ones((n, 1)), np.eye(n))]
    number = np.r_[np.zeros(n * n), np.ones(n)]
    found = milp(
        cost,
        constraints=[
            LinearConstraint(once, 1, 1),
            LinearConstraint(opened, -np.inf, 0),
            LinearConstraint(number, p, p),
        ],
        bounds=Bounds(0, 1),
        integrality=np.r_[np.zeros(n * n), np.ones(n)],
    )
    return float(found.fun)


def network(n: int, p: int, *, seed: int) -> str:
    dice = np.random.default_rng(seed)
    order = dice.permutation(n) + 1
    edges = [(a, b, dice.integers(1, 100)) for a, b in pairwise(order)]
    edges += [(*dice.choice(n, 2, replace=False) + 1, dice.integers(1, 100)) for _ in range(3 * n)]
    return "\n".join([f"{n} {len(edges)} {p}", *(f"{a} {b} {c}" for a, b, c in edges)])


def test_distances_are_shortest_ways_and_the_last_of_a_repeated_edge_counts() -> None:
    found = read_network("3 4 1\n1 2 5\n2 3 5\n1 3 50\n1 2 1\n")

    assert found.repeated == 1
    assert found.distances().tolist() == [[0, 1, 6], [1, 0, 5], [6, 5, 0]]


@settings(max_examples=15, deadline=None)
@given(seeds)
def test_clusters_keep_to_capacity_and_are_those_of_an_exact_solver(seed: int) -> None:
    dice = np.random.default_rng(seed)
    n, p = 9, 3
    where, demand = dice.integers(0, 30, (n, 2)), dice.integers(1, 10, n).astype(float)
    distance = np.floor(np.hypot(*(where[:, None] - where).transpose(2, 0, 1)))
    capacity = float(max(np.ceil(demand.sum() / p * 1.2), demand.max()))
    best = exact_clusters(distance, demand, capacity, p)
    try:
        plan = find_clusters(distance, demand, capacity, p, seconds=0.5, elapsed=clock())
    except Impossible:
        assert best is None
        return

    assert best is not None
    loads = np.bincount(plan.site_of, demand, n)
    assert loads.max() <= capacity
    assert plan.cost == pytest.approx(distance[np.arange(n), plan.site_of].sum()) == pytest.approx(best)
    assert plan.bound <= plan.cost
    assert set(plan.site_of) <= set(plan.sites)


def exact_clusters(distance: np.ndarray, demand: np.ndarray, capacity: float, p: int) -> float | None:
    n = len(demand)
    once = np.c_[np.kron(np.eye(n), np.ones(n)), np.zeros((n, n))]
    room = np.c_[np.kron(demand, np.eye(n)), -capacity * np.eye(n)]
    number = np.r_[np.zeros(n * n), np.ones(n)]
    found = milp(
        np.r_[distance.ravel(), np.zeros(n)],
        constraints=[LinearConstraint(once, 1, 1), LinearConstraint(room, -np.inf, 0), LinearConstraint(number, p, p)],
        bounds=Bounds(0, 1),
        integrality=np.ones(n * n + n),
    )
    return float(found.fun) if found.x is not None else None


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1, 4))
def test_most_people_are_reached_of_all_plans_and_everybody_by_the_fewest(seed: int, p: int) -> None:
    dice = np.random.default_rng(seed)
    near, weight = dice.random((15, 8)) < 0.25, dice.integers(1, 9, 15).astype(float)
    points, candidates = np.nonzero(near)
    reach = reach_of(points, candidates, weight, many=8)

    plan = reach_most(reach, p, seconds=0.3, elapsed=clock())

    def reached(sites: tuple[int, ...]) -> float:
        return float(weight[near[:, sites].any(axis=1)].sum())

    assert plan.cost == max(reached(one) for one in combinations(range(8), p)) == reached(tuple(plan.sites))
    assert plan.bound >= plan.cost
    served = plan.site_of >= 0
    assert weight[served].sum() == plan.cost
    assert near[np.flatnonzero(served), plan.site_of[served]].all()
    if len(reach.unreached):
        with pytest.raises(Impossible, match=f"{len(reach.unreached)} points"):
            reach_all(reach, seconds=0.3, elapsed=clock())
        return
    fewest = next(k for k in range(1, 9) if any(near[:, one].any(axis=1).all() for one in combinations(range(8), k)))
    everybody = reach_all(reach, seconds=0.3, elapsed=clock())
    assert everybody.cost == fewest >= everybody.bound
    assert (everybody.site_of >= 0).all()


def test_what_cannot_be_is_refused_in_both_numbers() -> None:
    with pytest.raises(Impossible, match=r"2 sites of 10 serve 20; 27 are asked for. At least 3 sites"):
        find_clusters(np.zeros((3, 3)), np.array([9.0, 9, 9]), 10, 2, seconds=1, elapsed=clock())
    with pytest.raises(Impossible, match="asks for 11, and a site serves 10"):
        find_clusters(np.zeros((2, 2)), np.array([11.0, 1]), 10, 2, seconds=1, elapsed=clock())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Line 1 should hold n m p"),
        ("3 2 1\n1 2 5\n", "announces 2 edges; the file holds 1"),
        ("3 1 1\n1 4 5\n", "names node 4; nodes are 1 to 3"),
        ("3 1 1\n1 2 -5\n", "a cost must not be below 0"),
        ("3 1 5\n1 2 5\n", "asks for 5 sites among 3 nodes"),
        ("3 1 1\n1 2 x\n", '"x" is no number'),
        ("3 1 1\n1 2\n", "an edge is three"),
    ],
)
def test_a_wrong_network_is_refused_by_its_line(text: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read_network(text)


def test_a_network_in_parts_names_what_cannot_be_reached() -> None:
    with pytest.raises(Unreadable, match="1 of 3 nodes cannot be reached from node 1: 3"):
        read_network("3 1 1\n1 2 5\n").distances()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1\n", "begins with two"),
        ("1 700\n2 1 10\n1 0 0 4\n", "announces 2 customers; the file holds 1"),
        ("1 700\n2 1 10\n1 0 0 4\n1 1 1 4\n", "stands in the file already"),
        ("1 700\n2 1 10\n1 0 0 11\n2 1 1 4\n", "is not within 0 to the capacity"),
        ("1 700\n2 1 10\n1 0 0 9\n2 1 1 9\n", "At least 2 sites"),
        ("1 700\n1 1 10\n1 0 0 9\n2 1 1 9\n", "Give one problem a file"),
    ],
)
def test_wrong_customers_are_refused_by_their_line(text: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read_customers(text)


def _city(points: int, candidates: int, seed: int):
    dice = np.random.default_rng(seed)
    where, there = dice.uniform(0, 1000, (points, 2)), dice.uniform(0, 1000, (candidates, 2))
    distance = np.hypot(where[:, None, 0] - there[None, :, 0], where[:, None, 1] - there[None, :, 1])
    return distance, dice.integers(1, 40, points).astype(float)


def test_a_city_with_capacities_is_served_whole_within_them_and_above_its_bound() -> None:
    distance, people = _city(600, 80, 4)
    room = np.full(80, np.ceil(people.sum() / 20 * 1.15))

    plan = find_rooms(nearest(distance, people), room, 20, seconds=6, elapsed=clock())

    load = np.bincount(plan.site_of, weights=people, minlength=80)
    assert len(plan.sites) == 20
    assert set(plan.site_of) <= set(plan.sites)
    assert (load <= room).all()
    assert plan.cost == pytest.approx((people * distance[np.arange(600), plan.site_of]).sum())
    assert plan.gap < 0.03


@pytest.mark.parametrize("seed", range(3))
def test_the_bound_with_capacities_is_below_the_best_plan_that_highs_finds(seed: int) -> None:
    """Small enough for the whole problem, each point at one site, to be solved as it stands."""
    distance, people = _city(14, 7, seed)
    p, room = 3, np.full(7, np.ceil(people.sum() / 3 * 1.25))
    best = _by_highs(distance, people, room, p)
    if best is None:
        return

    plan = find_rooms(nearest(distance, people), room, p, seconds=2, elapsed=clock())

    assert plan.bound <= best + 1e-6
    assert plan.cost >= best - 1e-6


def _by_highs(distance, people, room, p) -> float | None:
    n, m = distance.shape
    cost = np.concatenate([(people[:, None] * distance).ravel(), np.zeros(m)])
    rows, low, high = [], [], []
    for i in range(n):
        row = np.zeros(n * m + m)
        row[i * m : (i + 1) * m] = 1
        rows.append(row), low.append(1), high.append(1)
    for j in range(m):
        row = np.zeros(n * m + m)
        row[j : n * m : m] = people
        row[n * m + j] = -room[j]
        rows.append(row), low.append(-np.inf), high.append(0)
    row = np.zeros(n * m + m)
    row[n * m :] = 1
    rows.append(row), low.append(p), high.append(p)
    found = milp(cost, constraints=LinearConstraint(np.array(rows), low, high), integrality=1, bounds=Bounds(0, 1))
    return float(found.fun) if found.success else None


def test_too_little_room_is_refused_in_both_numbers() -> None:
    distance, people = _city(50, 10, 1)

    with pytest.raises(Impossible, match="people are to be served; the 2 largest candidates together hold 20"):
        find_rooms(nearest(distance, people), np.full(10, 10.0), 2, seconds=1, elapsed=clock())
