"""`make orlib`: files of the OR-Library's two forms, each searched by a process of its own, as anybody would call it.

Forty networks and twenty capacitated files of the library's sizes are made here from seeds. Each is given to
`shali sites --orlib FILE --seconds 1` (3 for the capacitated), and again for many times as long: whatever the long
search finds cheaper was not the best after the short one. HiGHS then has a limit to prove the small capacitated ones.
The command says by its status whether the short search was ever beaten.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import orjson
from highs import fewest_ways
from rich.console import Console
from rich.progress import track
from rich.table import Table

from shali.engines.siting import read_customers

NETWORKS = [
    (n, p)
    for n in range(100, 1000, 100)
    for p in (5, 10, n // 10, n // 5, n // 3)
    if p <= {700: 140, 800: 80, 900: 90}.get(n, n)
]
CLUSTERS = [(50, 5)] * 10 + [(100, 10)] * 10
ROOM, FULL, MOST_DEMAND = 120, 0.95, 20
SECONDS = {"network": 1.0, "capacitated": 3.0}


def network(n: int, p: int, seed: int) -> str:
    """Return a chain through all nodes and random edges to n * n / 50, costs 1 to 100."""
    dice = np.random.default_rng(seed)
    order = dice.permutation(n) + 1
    edges = [(a, b, dice.integers(1, 101)) for a, b in pairwise(order)]
    while len(edges) < n * n // 50:
        a, b = dice.integers(1, n + 1, 2)
        if a != b:
            edges.append((a, b, dice.integers(1, 101)))
    return "\n".join([f"{n} {len(edges)} {p}", *(f"{a} {b} {c}" for a, b, c in edges)])


def clusters(n: int, p: int, seed: int) -> str:
    """Return customers in a square of 100, who ask for 1 to 20 each and fill at most 95 % of the rooms together."""
    dice = np.random.default_rng(seed)
    demand = dice.integers(1, MOST_DEMAND + 1, n)
    while demand.sum() > FULL * p * ROOM:
        demand[demand.argmax()] -= 1
    where = dice.integers(1, 101, (n, 2))
    lines = [f"{i} {x} {y} {d}" for i, ((x, y), d) in enumerate(zip(where, demand, strict=True), 1)]
    return "\n".join([f"{seed} 0", f"{n} {p} {ROOM}", *lines])


def files(folder: Path) -> Iterator[tuple[str, int, int, Path]]:
    """Write every file; yield its form, its sizes and where it lies."""
    for form, sizes, made in (("network", NETWORKS, network), ("capacitated", CLUSTERS, clusters)):
        for seed, (n, p) in enumerate(sizes):
            path = folder / f"{form}-{seed}.txt"
            path.write_text(made(n, p, seed))
            yield form, n, p, path


def searched(path: Path, form: str, seconds: float) -> tuple[dict[str, float], float]:
    """Return what the command says of a file, and the seconds of its whole process.

    :raises SystemExit: the command failed; with what it said
    """
    command = [str(Path(sys.executable).parent / "shali"), "sites", "--orlib", str(path), "--seconds", str(seconds)]
    began = time.monotonic()
    said = subprocess.run(
        [*command, "--json", *(["--capacitated"] if form == "capacitated" else [])], capture_output=True, check=False
    )
    if said.returncode:
        raise SystemExit(said.stderr.decode())
    return orjson.loads(said.stdout), time.monotonic() - began


def compared(form: str, path: Path, *, longer: float, peer_seconds: float) -> tuple[list[str], bool, bool]:
    """Return the cells of one file, whether its short search proved its plan, and whether the plan was beaten.

    :raises SystemExit: HiGHS proves a plan dearer than ours
    """
    short, took = searched(path, form, SECONDS[form])
    long, _ = searched(path, form, SECONDS[form] * longer)
    is_proven, best = bool(short["optimal"]), long["cost"]
    row = [f"{short['cost']:.0f}", f"{short['bound']:.1f}", f"{100 * short['gap']:.2f}", _yes(is_proven)]
    row += [f"{took:.1f}", f"{long['cost']:.0f}"]
    if peer_seconds:
        theirs, is_best = fewest_ways(read_customers(path.read_text()), seconds=peer_seconds)
        row += [f"{theirs:.0f}", _yes(is_best)]
        if is_best and round(theirs) > short["cost"]:
            raise SystemExit(f"{path.name}: HiGHS proves {theirs:.0f}, ours is {short['cost']:.0f}")
        best = min(best, round(theirs, 6))
    return row, is_proven, best < short["cost"]


def _yes(what: bool) -> str:
    return "yes" if what else "no"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--longer", type=float, default=20.0, help="times as long for the second search")
    options.add_argument("--peer-seconds", type=float, default=60.0, help="of HiGHS for a capacitated file; 0: none")
    options.add_argument("--peer-to", type=int, default=50, help="customers of the largest file that HiGHS is given")
    chosen = options.parse_args()
    table = Table("form", "n", "p", "cost", "bound", "gap %", "proven", "process s", "longer", "HiGHS", "proven")
    beaten = proven = 0
    with tempfile.TemporaryDirectory() as folder:
        given = list(files(Path(folder)))
        for form, _n, _p, path in (given[0], given[-1]):
            searched(path, form, 1.0)  # a process that has to compile its loops is not measured
        for form, n, p, path in track(given, "files", console=Console(stderr=True), transient=True):
            peer_seconds = chosen.peer_seconds if form == "capacitated" and n <= chosen.peer_to else 0.0
            row, is_proven, is_beaten = compared(form, path, longer=chosen.longer, peer_seconds=peer_seconds)
            table.add_row(form, str(n), str(p), *row)
            proven += is_proven
            beaten += is_beaten
    Console(width=120).print(table)
    print(
        f"{len(given)} files, {SECONDS['network']:g} s and {SECONDS['capacitated']:g} s each: {proven} proven at once; "
        f"{beaten} beaten by a search {chosen.longer:g} times as long or by HiGHS."
    )
    if beaten:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
