"""One contender, one turn, in a process of its own: open, first order, second order; seconds and sizes as JSON."""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

WITHIN, LIMIT = 14 * 86_400, 600


class Ours:
    """The store. An answer is the whole table, with names and places."""

    def __init__(self, folder: Path, cases: list[int]) -> None:
        from shali.engines.rings import Store, Thresholds, Windows

        self.store = Store(folder)
        codes = np.array(self.store.people.find(cases), np.int32)
        latest = self.store.latest
        start, end = (np.full(len(codes), one, np.int32) for one in (latest - WITHIN, latest))
        self.windows = Windows(codes, start, end)
        self.cases, self.thresholds = set(codes.tolist()), Thresholds(LIMIT)

    def first(self) -> tuple[int, int]:
        from shali.engines.rings import first_contacts
        from shali.engines.rings.answer import from_store

        self.ring = first_contacts(self.store, self.windows, self.thresholds)
        table = from_store(self.store, self.ring, self.cases, zone="UTC")
        return len(table), int(self.ring.seconds.sum())

    def second(self) -> tuple[int, int]:
        from shali.engines.rings import second_contacts
        from shali.engines.rings.answer import from_store

        rows = total = 0
        for piece in second_contacts(self.store, self.ring, self.thresholds):
            rows += len(from_store(self.store, piece, self.cases, zone="UTC"))
            total += int(piece.seconds.sum())
        return rows, total


def main() -> None:
    who, visits, store, listed, orders = sys.argv[1:]
    cases = pl.read_csv(listed)["person"].to_list()
    began = time.perf_counter()
    if who == "ours":
        contender = Ours(Path(store), cases)
    else:
        import queries

        latest = int(pl.scan_parquet(visits).select(pl.col("leave").max().dt.epoch("s")).collect().item())
        contender = {"polars": queries.Polars, "duckdb": queries.DuckDB}[who](Path(visits), cases, latest)
    opened = time.perf_counter() - began
    said: dict[str, object] = {"opened": opened}
    began = time.perf_counter()
    contender.first()
    said["cold"] = time.perf_counter() - began
    began = time.perf_counter()
    said["first_answer"] = contender.first()
    said["first"] = time.perf_counter() - began
    said["first_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if orders == "2":
        began = time.perf_counter()
        said["second_answer"] = contender.second()
        said["second"] = time.perf_counter() - began
    said["mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(said))


if __name__ == "__main__":
    main()
