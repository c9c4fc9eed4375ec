"""What a user would write instead, each as well as we could: sums per pair, first and last contact; no places.

None of them merges visits that overlap (there are none here), so their answer is the same with less work than ours.
"""

from pathlib import Path

WITHIN = 14 * 86_400
LIMIT = 600

# DuckDB and PostgreSQL read the same sentence. Times are timestamps there, seconds here.
FIRST = """
with source as (
    select v.person, v.place, greatest(v.enter, w.start) as since, least(v.leave, w.stop) as until
    from {visits} v join {cases} c on v.person = c.person cross join {windows} w
    where v.leave >= w.start and v.enter <= w.stop
), pair as (
    select s.person as source, v.person as target,
        greatest(s.since, v.enter) as start, least(s.until, v.leave) as stop
    from source s join {visits} v
        on v.place = s.place and v.enter <= s.until and v.leave >= s.since and v.person <> s.person {range}
)
select source, target, sum({seconds}) as seconds, min(start) as first, max(stop) as last
from pair group by source, target having sum({seconds}) >= {limit}
"""
SECOND = """
with carrier as (
    select f.source, v.person, v.place, greatest(v.enter, f.first) as since, v.leave as until
    from {visits} v join first_ring f on v.person = f.target where v.leave >= f.first
), pair as (
    select s.source, s.person as through, v.person as target,
        greatest(s.since, v.enter) as start, least(s.until, v.leave) as stop
    from carrier s join {visits} v
        on v.place = s.place and v.enter <= s.until and v.leave >= s.since and v.person <> s.person {range}
), total as (
    select source, through, target, sum({seconds}) as seconds, min(start) as first, max(stop) as last
    from pair where target <> source group by source, through, target having sum({seconds}) >= {limit}
)
select * from total t
where not exists (select 1 from first_ring f where f.source = t.source and f.target = t.target)
"""


class DuckDB:
    """SQL straight on the parquet file."""

    def __init__(self, visits: Path, cases: list[int], latest: int) -> None:
        import duckdb

        self.run = duckdb.connect()
        self.run.execute("set preserve_insertion_order = false")
        self.run.execute("create temp table cases as select unnest(?::int[]) as person", [cases])
        self.run.execute(
            f"create temp table windows as select make_timestamp({latest - WITHIN}::bigint * 1000000) as start, "
            f"make_timestamp({latest}::bigint * 1000000) as stop"
        )
        self.names = {"visits": f"'{visits}'", "cases": "cases", "windows": "windows", "limit": LIMIT, "range": ""}
        self.names["seconds"] = "epoch_us(stop) - epoch_us(start)"
        self.names["limit"] = LIMIT * 1_000_000

    def first(self) -> tuple[int, int]:
        self.run.execute("create or replace temp table first_ring as " + FIRST.format(**self.names))
        return self._counted("first_ring")

    def second(self) -> tuple[int, int]:
        self.run.execute("create or replace temp table second_ring as " + SECOND.format(**self.names))
        return self._counted("second_ring")

    def _counted(self, table: str) -> tuple[int, int]:
        rows, total = self.run.execute(f"select count(*), coalesce(sum(seconds), 0) // 1000000 from {table}").fetchone()
        return int(rows), int(total)


class Polars:
    """The lazy engine, streaming, straight on the parquet file."""

    def __init__(self, visits: Path, cases: list[int], latest: int) -> None:
        import datetime as dt

        import polars as pl

        self.pl, self.visits = pl, pl.scan_parquet(visits)
        self.cases = pl.LazyFrame({"person": pl.Series(cases, dtype=pl.Int32)})
        self.stop = dt.datetime.fromtimestamp(latest, dt.UTC).replace(tzinfo=None)
        self.start = self.stop - dt.timedelta(seconds=WITHIN)

    def first(self) -> tuple[int, int]:
        pl = self.pl
        source = (
            self.visits.join(self.cases, on="person", how="semi")
            .filter(pl.col("leave") >= self.start, pl.col("enter") <= self.stop)
            .select(
                "place",
                source="person",
                carrier="person",
                since=pl.max_horizontal("enter", pl.lit(self.start, pl.Datetime("us"))),
                until=pl.min_horizontal("leave", pl.lit(self.stop, pl.Datetime("us"))),
            )
            .collect(engine="streaming")
        )
        self.ring = self._together(source, ["source"]).rename({"person": "target"})
        return len(self.ring), int(self.ring["seconds"].sum())

    def second(self) -> tuple[int, int]:
        pl = self.pl
        ring = self.ring.select("source", carrier="target", first="first")
        carrier = (
            self.visits.join(ring.lazy(), left_on="person", right_on="carrier", coalesce=False)
            .filter(pl.col("leave") >= pl.col("first"))
            .select("place", "source", "carrier", since=pl.max_horizontal("enter", "first"), until="leave")
            .collect(engine="streaming")
        )
        met = self._together(carrier, ["source", "carrier"])
        found = met.filter(pl.col("person") != pl.col("source")).join(
            self.ring, left_on=["source", "person"], right_on=["source", "target"], how="anti"
        )
        return len(found), int(found["seconds"].sum())

    def _together(self, carrier, by):
        pl = self.pl
        places = carrier.lazy().select("place").unique()
        low, high = carrier["since"].min(), carrier["until"].max()
        others = self.visits.filter(pl.col("leave") >= low, pl.col("enter") <= high).join(
            places, on="place", how="semi"
        )
        return (
            others.join(carrier.lazy(), on="place")
            .filter(
                pl.col("enter") <= pl.col("until"),
                pl.col("leave") >= pl.col("since"),
                pl.col("person") != pl.col("carrier"),
            )
            .with_columns(start=pl.max_horizontal("enter", "since"), stop=pl.min_horizontal("leave", "until"))
            .group_by(*by, "person")
            .agg(
                seconds=(pl.col("stop") - pl.col("start")).sum().dt.total_seconds(),
                first=pl.col("start").min(),
                last=pl.col("stop").max(),
            )
            .filter(pl.col("seconds") >= LIMIT)
            .collect(engine="streaming")
        )
