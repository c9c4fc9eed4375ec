"""spopt with HiGHS beside ours, on cases that it can solve: the same numbers to both, in turns, medians of the rounds.

spopt's seconds are those of its model (written in Python for pulp) and of HiGHS together, as its user waits for them.
Where it says that its plan is the best there is, no plan of ours may be better and no bound of ours may exclude it.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import TypeVar

import highspy  # noqa: F401 - pulp finds it by itself; without it no round would begin
import numpy as np
import pulp
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from spopt.locate import MCLP, PMedian

from shali.engines.siting import Plan, find_medians, find_rooms, nearest, reach_most, reach_of

Floats = NDArray[np.float64]
WALK = 1_000.0
# Points, candidates, sites.
MEDIANS = ((100, 100, 5), (150, 150, 15), (200, 200, 20))
COVERAGES = ((1_000, 100, 10), (2_000, 200, 20))
ROOMS = ((60, 20, 5), (100, 30, 8))
SPARE = 1.3
T = TypeVar("T")


def beside(*, rounds: int, limit: float) -> None:
    """Print cost and seconds of both. limit: seconds of HiGHS for one case."""
    table = Table("question", "points", "sites", "ours", "gap %", "s", "spopt", "best", "s", "spopt / ours")
    for question, sizes, seconds in (("medians", MEDIANS, 5.0), ("coverage", COVERAGES, 5.0), ("rooms", ROOMS, 5.0)):
        for points, candidates, p in sizes:
            case = (question, *_town(points, candidates), p)
            mine, theirs, is_best = [], [], False
            for _round in range(rounds):
                plan, took = _timed(lambda: _ours(*case, seconds=seconds))  # noqa: B023 - used at once
                mine.append(took)
                (cost, is_best), took = _timed(lambda: _spopt(*case, limit=limit))  # noqa: B023
                theirs.append(took)
                if is_best:
                    _refuse_wrong(question, plan, cost)
            table.add_row(
                question, f"{points} x {candidates}", str(p), f"{plan.cost:,.0f}", f"{100 * plan.gap:.2f}",
                f"{median(mine):.2f}", f"{cost:,.0f}", "yes" if is_best else "no", f"{median(theirs):.1f}",
                f"{median(theirs) / median(mine):.1f}",
            )  # fmt: skip
    Console(width=120).print(table)


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.monotonic()
    return work(), time.monotonic() - began


def _town(points: int, candidates: int) -> tuple[Floats, Floats]:
    dice = np.random.default_rng(points)
    where, there = dice.uniform(0, 8_000, (points, 2)), dice.uniform(0, 8_000, (candidates, 2))
    people = np.maximum(5.0, dice.gamma(2, 60, points)).round()
    return np.hypot(where[:, None, 0] - there[None, :, 0], where[:, None, 1] - there[None, :, 1]), people


def _room(people: Floats, p: int) -> float:
    return float(np.ceil(SPARE * people.sum() / p))


def _ours(question: str, distance: Floats, people: Floats, p: int, *, seconds: float) -> Plan:
    began = time.monotonic()

    def elapsed() -> float:
        return time.monotonic() - began

    if question == "coverage":
        reach = reach_of(*np.nonzero(distance <= WALK), people, many=distance.shape[1])
        return reach_most(reach, p, seconds=seconds, elapsed=elapsed)
    near = nearest(distance, people)
    if question == "medians":
        return find_medians(near, p, seconds=seconds, elapsed=elapsed)
    return find_rooms(near, np.full(distance.shape[1], _room(people, p)), p, seconds=seconds, elapsed=elapsed)


def _spopt(question: str, distance: Floats, people: Floats, p: int, *, limit: float) -> tuple[float, bool]:
    """Return what its plan costs, or whom it reaches, and whether it says that no plan is better."""
    rooms = np.full(distance.shape[1], _room(people, p)) if question == "rooms" else None
    if question == "coverage":
        model = MCLP.from_cost_matrix(distance, people, WALK, p_facilities=p)
    else:
        model = PMedian.from_cost_matrix(distance, people, p_facilities=p, facility_capacities=rooms)
    try:
        model.solve(pulp.HiGHS(msg=False, timeLimit=limit), results=False)
    except RuntimeError:  # so spopt says that nothing was found in that time
        return np.nan, False
    value = pulp.value(model.problem.objective)
    is_best = model.problem.status == pulp.LpStatusOptimal and model.problem.sol_status == pulp.LpSolutionOptimal
    return (np.nan if value is None else float(value)), is_best


def _refuse_wrong(question: str, plan: Plan, best: float) -> None:
    sign = -1.0 if question == "coverage" else 1.0
    slack = 1e-4 * abs(best) + 1e-6  # HiGHS calls a plan the best within a ten-thousandth
    if sign * (plan.cost - best) < -slack or sign * (plan.bound - best) > slack:
        raise SystemExit(f"{question}: spopt proves {best:,.3f}; ours is {plan.cost:,.3f}, bound {plan.bound:,.3f}")
