"""`python tools/bench/routes`: visits at the doors of a quarter, ours beside OR-Tools on the same distances in one run.

OR-Tools gets the seconds that ours took (at least one), and again ten times as many: guided local search from a first
walk of its own. Metres are those of the whole walk, there and back. Several teams: minutes of the longest walk; none of
OR-Tools' may be more than 5 % longer than our longest.
"""

import argparse
import math
import time

import numpy as np
from numpy.typing import NDArray
from ortools.constraint_solver import pywrapcp, routing_enums_pb2
from rich.console import Console
from rich.table import Table

from shali.engines.routes import length_of, metres_between, nearest_first, order, share

Floats = NDArray[np.float64]
PACE, WORK = 1.25, 240.0  # metres a second on foot; seconds at a door


def quarter(visits: int, seed: int) -> Floats:
    dice = np.random.default_rng(seed)
    estates = dice.uniform(0, 0.02, (max(2, visits // 25), 2))
    spots = estates[dice.integers(0, len(estates), visits + 1)] + dice.normal(0, 0.0012, (visits + 1, 2))
    return metres_between(114.0 + spots[:, 0], 33.6 + spots[:, 1])


def theirs(metres: Floats, teams: int, seconds: int, most: float = math.inf) -> list[NDArray[np.int64]] | None:
    """Return OR-Tools' walks: the sum for one team, the longest for several; None where it had found none in time."""
    whole = np.rint(metres / PACE * 100).astype(np.int64)  # hundredths of a second
    work = np.full(len(metres), round(WORK * 100) if teams > 1 else 0)
    work[0] = 0
    manager = pywrapcp.RoutingIndexManager(len(metres), teams, 0)
    model = pywrapcp.RoutingModel(manager)

    def cost(a: int, b: int) -> int:
        here = manager.IndexToNode(a)
        return int(whole[here, manager.IndexToNode(b)] + work[here])

    arc = model.RegisterTransitCallback(cost)
    model.SetArcCostEvaluatorOfAllVehicles(arc)
    if teams > 1:
        model.AddDimension(arc, 0, round(most * 100), True, "time")
        model.GetDimensionOrDie("time").SetGlobalSpanCostCoefficient(100)
    how = pywrapcp.DefaultRoutingSearchParameters()
    first = routing_enums_pb2.FirstSolutionStrategy
    how.first_solution_strategy = first.PARALLEL_CHEAPEST_INSERTION if teams > 1 else first.PATH_CHEAPEST_ARC
    how.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    how.time_limit.seconds = seconds
    found = model.SolveWithParameters(how)
    if found is None:
        return None
    walks = []
    for team in range(teams):
        at, walk = model.Start(team), []
        while not model.IsEnd(at):
            walk.append(manager.IndexToNode(at))
            at = found.Value(model.NextVar(at))
        walks.append(np.array(walk[1:], np.int64))
    return walks


def longest(metres: Floats, walks: list[NDArray[np.int64]]) -> float:
    return max(length_of(metres, walk) / PACE + WORK * len(walk) for walk in walks) / 60


def one_walk(table: Table, visits: int) -> None:
    metres = quarter(visits, visits)
    began = time.monotonic()
    walk = order(metres)
    took = time.monotonic() - began
    ours = length_of(metres, walk)
    row = [f"{visits}", "1", f"{length_of(metres, nearest_first(metres)):,.0f} m", f"{ours:,.0f} m", f"{took:.2f}"]
    for seconds in (math.ceil(took), 10 * math.ceil(took)):
        found = theirs(metres, 1, seconds)
        if found is None:
            row += ["none yet", f"{seconds}", ""]
            continue
        their = length_of(metres, found[0])
        row += [f"{their:,.0f} m", f"{seconds}", f"{100 * (ours / their - 1):+.1f} %"]
    table.add_row(*row)


def several(table: Table, visits: int, teams: int) -> None:
    metres = quarter(visits, visits)
    began = time.monotonic()
    walks = share(metres, [WORK] * len(metres), teams, pace=PACE)
    took = time.monotonic() - began
    ours = max(walk.seconds for walk in walks) / 60
    row = [f"{visits}", f"{teams}", "", f"{ours:,.1f} min", f"{took:.2f}"]
    for seconds in (math.ceil(took), 10 * math.ceil(took)):
        found = theirs(metres, teams, seconds, 1.05 * 60 * ours)
        if found is None:
            row += ["none yet", f"{seconds}", ""]
            continue
        their = longest(metres, found)
        row += [f"{their:,.1f} min", f"{seconds}", f"{100 * (ours / their - 1):+.1f} %"]
    table.add_row(*row)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--visits", type=int, nargs="+", default=[50, 200, 500])
    options.add_argument("--teams", type=int, nargs="+", default=[3, 8])
    chosen = options.parse_args()
    order(quarter(30, 1)), share(quarter(30, 1), [0.0] * 31, 2, pace=PACE)  # compiled loops are loaded
    table = Table(
        "visits", "teams", "nearest", "ours", "s", "OR-Tools", "s", "ours beside", "OR-Tools", "s", "ours beside"
    )
    for visits in chosen.visits:
        one_walk(table, visits)
    for teams in chosen.teams:
        several(table, chosen.visits[-1], teams)
    Console(width=130).print(table)
    print("One team: metres of the walk. Several: minutes of the longest walk, four minutes at each door.")


if __name__ == "__main__":
    main()
