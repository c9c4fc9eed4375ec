"""`make bench`: who met the cases, by our store, polars and DuckDB on the same parquet, and PostgreSQL's B-tree."""

import argparse
import json
import os
import shutil
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path

import btree
import city
import polars as pl

HERE = Path(__file__).parent
FOLDER = Path("var/bench/rings")
WHO = ("ours", "polars", "duckdb")


def run(*command: object) -> tuple[str, float, float]:
    """Run a program to its end; return what it said, its seconds and its peak memory in MB."""
    out, errors = FOLDER / "out", FOLDER / "err"
    began = time.perf_counter()
    with out.open("w") as said, errors.open("w") as told:
        files = [(os.POSIX_SPAWN_DUP2, said.fileno(), 1), (os.POSIX_SPAWN_DUP2, told.fileno(), 2)]
        words = [str(one) for one in command]
        pid = os.posix_spawn(words[0], words, dict(os.environ), file_actions=files)
        _, status, used = os.wait4(pid, 0)
    if status:
        sys.exit(f"{' '.join(words[:4])} … failed:\n{errors.read_text()[-2000:]}")
    return out.read_text(), time.perf_counter() - began, used.ru_maxrss / 1024


def build(visits: Path, listed: Path, store: Path) -> None:
    """Make the index with the command that a user has, and say what it took."""
    shutil.rmtree(store, ignore_errors=True)
    shali = Path(sys.executable).parent / "shali"
    asked = ("rings", "--visits", visits, "--cases", listed, "--store", store, "--out", FOLDER / "contacts.parquet")
    _, seconds, memory = run(shali, *asked)
    size = sum(one.stat().st_size for one in store.iterdir())
    rows = pl.scan_parquet(visits).select(pl.len()).collect().item()
    print(
        f"{rows:,} visits, {visits.stat().st_size / 1e9:.2f} GB of parquet: index and first answer {seconds:.1f} s, "
        f"{size / 1e9:.2f} GB on disk ({size / rows:.1f} bytes a visit), {memory:,.0f} MB at the peak, mapped pages too"
    )


def compare(visits: Path, listed: Path, store: Path, *, turns: int, second_turns: int) -> None:
    """Run the three in turns; print medians and ratios. Their answers must be the same."""
    said: dict[str, list[dict]] = defaultdict(list)
    for turn in range(turns):
        for who in WHO:
            orders = 2 if turn < second_turns else 1
            text, _, _ = run(sys.executable, HERE / "one.py", who, visits, store, listed, orders)
            said[who].append(json.loads(text.strip().splitlines()[-1]))
            print(f"  turn {turn + 1}, {who}: " + _line(said[who][-1]), flush=True)
    for order in ("first", "second"):
        answers = {who: {tuple(one[f"{order}_answer"]) for one in runs if order in one} for who, runs in said.items()}
        if len(set.union(*answers.values())) != 1:
            sys.exit(f"The answers differ: {answers}")
        rows, _ = next(iter(answers["ours"]))
        print(f"\n{order} order: {rows:,} rows, the same from all; seconds, median of {_many(said, order)}")
        ours = _median(said["ours"], order)
        for who in WHO:
            took = _median(said[who], order)
            memory = _median(said[who], "first_mb" if order == "first" else "mb")
            print(f"  {who:8}{took:10.4f} s{took / ours:10.1f} x{memory:10,.0f} MB")
    cold = _median(said["ours"], "opened") + _median(said["ours"], "cold")
    print(f"\nours in a new process, opening and loading the compiled loops: {cold:.2f} s")


def _line(one: dict) -> str:
    return f"first {one['first']:.4f} s" + (f", second {one['second']:.2f} s" if "second" in one else "")


def _many(said: dict[str, list[dict]], order: str) -> int:
    return sum(order in one for one in said["ours"])


def _median(runs: list[dict], what: str) -> float:
    return statistics.median(one[what] for one in runs if what in one)


def against_btree(*, people: int, days: int, cases: int, turns: int) -> None:
    """The first order beside PostgreSQL, at a size that loads in a minute."""
    visits, listed = city.make(FOLDER, people=people, visits=5, days=days, cases=cases)
    store = FOLDER / "store-btree"
    build(visits, listed, store)
    ours = [json.loads(run(sys.executable, HERE / "one.py", "ours", visits, store, listed, 1)[0]) for _ in range(turns)]
    chosen = pl.read_csv(listed)["person"].to_list()
    theirs, answer, built, size = btree.measure(visits, chosen, turns=turns)
    if list(answer) != ours[0]["first_answer"]:
        sys.exit(f"The answers differ: {answer}, {ours[0]['first_answer']}")
    mine = _median(ours, "first")
    print(
        f"PostgreSQL, B-trees on (place, enter) and (person): {theirs:.4f} s, ours {mine:.4f} s: "
        f"{theirs / mine:.1f} x; loading and indexing {built:.0f} s, {size / 1e9:.2f} GB"
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=200_000)
    asked.add_argument("--visits", type=int, default=5, choices=range(1, 6), help="a person and day")
    asked.add_argument("--days", type=int, default=14)
    asked.add_argument("--cases", type=int, default=100)
    asked.add_argument("--turns", type=int, default=5)
    asked.add_argument("--second-turns", type=int, default=5, help="turns in which the second order is asked as well")
    asked.add_argument("--btree-people", type=int, default=140_000, help="0: without PostgreSQL")
    given = asked.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before we began")
    visits, listed = city.make(FOLDER, people=given.people, visits=given.visits, days=given.days, cases=given.cases)
    store = FOLDER / "store"
    build(visits, listed, store)
    compare(visits, listed, store, turns=given.turns, second_turns=given.second_turns)
    if given.btree_people:
        against_btree(people=given.btree_people, days=given.days, cases=given.cases, turns=given.turns)
    print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
