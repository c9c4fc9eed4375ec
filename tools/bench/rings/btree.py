"""PostgreSQL with B-trees on (place, enter) and (person), out of the wheel that Shali brings: first order only."""

import os
import statistics
import tempfile
import time
from pathlib import Path

import polars as pl
import psycopg
import queries

from shali.config.postgres import Server


def measure(visits: Path, cases: list[int], *, turns: int) -> tuple[float, tuple[int, int], float, int]:
    """Return the median seconds of a first order, its rows and seconds, the seconds of building, and the bytes."""
    os.environ.setdefault("SHALI_VAR", "var/bench")
    with tempfile.TemporaryDirectory(dir="var/bench") as folder:
        server = Server(Path(folder).absolute() / "postgres", lasting=False)
        server.take("bench")
        server.start()
        try:
            with server.administrator() as run:
                return _measured(run, visits, cases, turns)
        finally:
            server.stop()


def _measured(run: psycopg.Connection, visits: Path, cases: list[int], turns: int) -> tuple:
    table = pl.read_parquet(visits).with_columns(pl.col("enter", "leave").dt.epoch("s"))
    latest = int(table["leave"].max())
    longest = int((table["leave"] - table["enter"]).max())
    began = time.perf_counter()
    run.execute("create unlogged table visits (person int, place int, enter bigint, leave bigint)")
    with run.cursor().copy("copy visits from stdin (format csv)") as copy:
        for piece in table.iter_slices(1_000_000):
            copy.write(piece.write_csv(include_header=False))
    run.execute("set maintenance_work_mem = '1GB'; set work_mem = '256MB'; set jit = off")
    run.execute("create index on visits (place, enter) include (leave, person)")
    run.execute("create index on visits (person) include (place, enter, leave)")
    run.execute("create table cases (person int)")
    run.execute("insert into cases select unnest(%s::int[])", [cases])
    run.execute(
        "create table windows as select %s::bigint as start, %s::bigint as stop", [latest - queries.WITHIN, latest]
    )
    run.execute("vacuum analyze")
    built = time.perf_counter() - began
    # The longest stay of all bounds how early an overlapping visit can begin; without it the index cannot be used.
    names = {
        "visits": "visits",
        "cases": "cases",
        "windows": "windows",
        "limit": queries.LIMIT,
        "seconds": "stop - start",
    }
    asked = queries.FIRST.format(**names, range=f"and v.enter >= s.since - {longest}")
    took, answer = [], (0, 0)
    for _ in range(turns + 1):
        began = time.perf_counter()
        rows = run.execute(asked).fetchall()
        took.append(time.perf_counter() - began)
        answer = len(rows), int(sum(row[2] for row in rows))
    size = run.execute("select pg_total_relation_size('visits')").fetchone()
    return statistics.median(took[1:]), answer, built, size[0]
