"""Sealed events through HTTP, each batch acknowledged after its commit: ours, Django's bulk_create, FastAPI.

All three get the same bytes from the same client, turn about, on one PostgreSQL of the same settings, two web processes
each. Ours checks each batch's signature, its numbers and the hash over all events; theirs write a row an event.
Then: the inbox emptied (opened, matched with the register, in their tubes) while a clerk's list is read.
"""

import argparse
import statistics
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

PEERS = ("bulk_create", "FastAPI + asyncpg")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=40_000, help="residents of the round")
    asked.add_argument("--stations", type=int, default=40)
    asked.add_argument("--batches", type=int, default=25, help="batches of 100 events a station and turn")
    asked.add_argument("--turns", type=int, default=4)
    asked.add_argument("--connections", type=int, default=8)
    options = asked.parse_args()
    from shali.config.cli.installation import installation
    from shali.config.running import var_of_its_own

    with var_of_its_own("ingest", SHALI_LOG_LEVEL="WARNING") as var, installation(role="owner", prepared=True):
        _bench(options, var)


def _bench(options: argparse.Namespace, folder: Path) -> None:
    from tools.bench.ingest import client, process, world
    from tools.bench.ingest.servers import Servers

    console = Console()
    with console.status("A round, its people, its stations"):
        made = world.make(people=options.people, stations=options.stations)
        turns = [world.batches(made, each=options.batches) for _turn in range(options.turns)]
    events = sum(one.n for one in turns[0])
    said = f"{events:,} events a turn in batches of 100, {sum(len(one.body) for one in turns[0]) / 1e6:.0f} MB"
    console.print(f"{said}; {options.turns} turns; {options.connections} connections; 2 web processes.")
    seconds: dict[str, list[float]] = {"ours": [], **{peer: [] for peer in PEERS}}
    with Servers(folder) as servers:
        for turn in turns:
            for name, took in seconds.items():
                began = time.perf_counter()
                kept = client.send(servers.ports[name], turn, connections=options.connections)
                took.append(time.perf_counter() - began)
                assert kept == len(turn), f"{name} kept {kept} of {len(turn)}"
    _show(console, seconds, events)
    world.check(made, events * options.turns)
    process.measure(console, workers=(1, 2))


def _show(console: Console, seconds: dict[str, list[float]], events: int) -> None:
    ours = statistics.median(seconds["ours"])
    table = Table("", "events/s, median", "slowest turn", "ours is", title="Acknowledged after commit")
    for name, took in seconds.items():
        middle = statistics.median(took)
        ratio = "" if name == "ours" else f"{middle / ours:.2f} times as fast"
        table.add_row(name, f"{events / middle:,.0f}", f"{events / max(took):,.0f}", ratio)
    console.print(table)


if __name__ == "__main__":
    main()
