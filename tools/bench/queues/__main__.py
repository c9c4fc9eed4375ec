"""`python tools/bench/queues`: a city's day of sampling, ours beside simpy on the same people in one run.

simpy gets a share of the sites (a whole city takes it minutes); its seconds are those of that share, and so are ours
beside it. Every person's wait must agree. The whole city is timed too.
"""

import argparse
import time

import numpy as np
import simpy
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from shali.engines.queues import Day, Desks, come, simulate

CITY, SLOTS, SLOT, OPENS = 2_367_490, 24, 1_800.0, 25_200.0
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def day_of_a_city(people: int, sites: int) -> tuple[Floats, Ints, Floats]:
    dice = np.random.default_rng(8)
    invited = dice.multinomial(people, np.full(sites * SLOTS, 1 / (sites * SLOTS))).reshape(sites, SLOTS)
    arrivals, where = come(invited, slot=SLOT, begins=OPENS, spread=600.0, no_show=0.03, dice=dice)
    return arrivals, where, dice.gamma(4.0, 8.0, len(arrivals))


def ours(arrivals: Floats, where: Ints, service: Floats, desks: Ints) -> tuple[Day, float]:
    began = time.monotonic()
    return simulate(arrivals, where, service, Desks.alike(desks, opens=OPENS)), time.monotonic() - began


def theirs(arrivals: Floats, where: Ints, service: Floats, desks: Ints) -> tuple[Floats, float]:
    """Return each person's wait as simpy has it: a process a person, a resource a site."""
    begins = np.empty(len(arrivals))
    began = time.monotonic()
    world = simpy.Environment()
    places = [simpy.Resource(world, int(count)) for count in desks]

    def person(i: int):  # type: ignore[no-untyped-def]
        yield world.timeout(arrivals[i])
        with places[where[i]].request() as desk:
            yield desk
            begins[i] = world.now
            yield world.timeout(service[i])

    def opening(place: simpy.Resource):  # type: ignore[no-untyped-def]
        with place.request() as desk:
            yield desk
            yield world.timeout(OPENS)

    for place, count in zip(places, desks, strict=True):
        for _ in range(int(count)):
            world.process(opening(place))
    for i in range(len(arrivals)):
        world.process(person(i))
    world.run()
    return begins - arrivals, time.monotonic() - began


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--people", type=int, default=CITY)
    options.add_argument("--sites", type=int, default=1_000)
    options.add_argument("--peer-sites", type=int, default=40, help="sites that simpy is given")
    chosen = options.parse_args()
    arrivals, where, service = day_of_a_city(chosen.people, chosen.sites)
    desks = np.full(chosen.sites, 2)
    ours(arrivals[:1], np.zeros(1, np.int64), service[:1], desks[:1])  # compiled loops are loaded
    whole, seconds = ours(arrivals, where, service, desks)
    some = where < chosen.peer_sites
    share, fast = ours(arrivals[some], where[some], service[some], desks[: chosen.peer_sites])
    waits, slow = theirs(arrivals[some], where[some], service[some], desks[: chosen.peer_sites])
    apart = float(np.abs(waits - share.waits).max())
    if apart > 1e-6:
        raise SystemExit(f"simpy and ours differ by {apart:.3g} s for one person")
    table = Table("people", "sites", "ours, s", "simpy, s", "simpy / ours", "largest difference of a wait, s")
    table.add_row(f"{len(arrivals):,}", f"{chosen.sites:,}", f"{seconds:.2f}", "", "", "")
    table.add_row(
        f"{int(some.sum()):,}",
        f"{chosen.peer_sites:,}",
        f"{fast:.4f}",
        f"{slow:.1f}",
        f"{slow / fast:.0f}",
        f"{apart:.1e}",
    )
    Console().print(table)
    print(f"95 % of waits are under {np.quantile(whole.waits, 0.95) / 60:.1f} minutes; {whole.turned_away} turned away")


if __name__ == "__main__":
    main()
