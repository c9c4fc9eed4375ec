"""`python tools/bench/siting`: p-medians of the OR-Library's form, ours beside HiGHS on the same files in one run.

The instances are made in forms.py, in the library's forty sizes. HiGHS gets the strong formulation through scipy and a
limit; where it proves, both costs must agree.
A whole city comes first (city.py): the gaps that are proven, with rooms and for coverage. Then spopt with HiGHS beside
ours, on towns that it can solve (peer.py).
Every instance is then searched ten times longer from another seed: whether anything better is found is counted.
"""

import argparse
import time

import numpy as np
from city import whole_city
from forms import NETWORKS, network
from highs import medians as highs
from peer import beside
from rich.console import Console
from rich.table import Table

from shali.engines.siting import find_medians, nearest, read_network


def ours(distance: np.ndarray, p: int, *, seconds: float, seed: int = 1) -> tuple[float, float, bool, float]:
    """Return cost, bound, whether it is proven, seconds: building the rows of near candidates included."""
    began = time.monotonic()
    near = nearest(distance, np.ones(len(distance)))
    plan = find_medians(near, p, seconds=seconds, elapsed=lambda: time.monotonic() - began, is_whole=True, seed=seed)
    return plan.cost, plan.bound, plan.is_optimal, time.monotonic() - began


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--peer-to", type=int, default=200, help="largest n that HiGHS is given")
    options.add_argument("--peer-seconds", type=float, default=60.0)
    options.add_argument("--seconds", type=float, default=1.0)
    options.add_argument("--city", type=float, default=1.0, help="of the whole city's time for each search; 0: none")
    options.add_argument("--seeds", type=int, nargs="+", default=[1], help="of the whole cities")
    options.add_argument("--rounds", type=int, default=3, help="of spopt and ours in turns; 0: none")
    options.add_argument("--no-medians", action="store_true", help="leave the forty instances out")
    chosen = options.parse_args()
    if chosen.city:
        whole_city(scale=chosen.city, seeds=tuple(chosen.seeds))
    if chosen.rounds:
        beside(rounds=chosen.rounds, limit=chosen.peer_seconds)
    if not chosen.no_medians:
        medians(chosen)


def medians(chosen: argparse.Namespace) -> None:
    """Print the instances of the OR-Library's form, ours and HiGHS."""
    ours(np.array([[0.0, 1, 2], [1, 0, 1], [2, 1, 0]]), 1, seconds=0.1)  # compiled loops are loaded
    table = Table("n", "p", "ours", "bound", "proven", "s", "HiGHS", "proven", "s", "HiGHS / ours")
    proven = improved = 0
    for place, (n, p) in enumerate(NETWORKS):
        distance = read_network(network(n, p, place)).distances()
        cost, bound, is_proven, took = ours(distance, p, seconds=chosen.seconds)
        proven += is_proven
        if not is_proven:
            improved += ours(distance, p, seconds=10 * chosen.seconds, seed=977)[0] < cost
        row = [str(n), str(p), f"{cost:.0f}", f"{bound:.0f}", "yes" if is_proven else "no", f"{took:.2f}"]
        if n <= chosen.peer_to:
            theirs, is_best, theirs_took = highs(distance, p, seconds=chosen.peer_seconds)
            if is_best and round(theirs) != cost:
                raise SystemExit(f"n = {n}, p = {p}: HiGHS proves {theirs:.0f}, ours is {cost:.0f}")
            row += [f"{theirs:.0f}", "yes" if is_best else "no", f"{theirs_took:.1f}", f"{theirs_took / took:.0f}"]
        table.add_row(*row)
    Console().print(table)
    print(
        f"{len(NETWORKS)} instances, {chosen.seconds:g} s each: {proven} proven; of the others {improved} were "
        "improved by a search ten times as long from another seed"
    )


if __name__ == "__main__":
    main()
