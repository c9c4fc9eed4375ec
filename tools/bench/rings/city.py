"""An invented city going about its days, as visits: homes, workrooms, shops, buses, wards; written day by day.

Sizes are skewed as real ones are: most workrooms hold a handful of people and some 150, a few shops take most
customers, a bus holds whoever rode it that morning. One in a hundred lies in a ward for days, one in fifty works at
night. Every evening at home lasts over midnight.
"""

import argparse
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

BEGIN = int(dt.datetime(2026, 7, 1, tzinfo=dt.UTC).timestamp())
DAY = 86_400
Part = tuple[np.ndarray, ...]
SCHEMA = pa.schema(
    [
        ("person", pa.int32()),
        ("place", pa.int32()),
        ("enter", pa.timestamp("us")),
        ("leave", pa.timestamp("us")),
    ]
)


@dataclass(frozen=True)
class City:
    """Who lives and works where. Places are numbered through: homes, firms, shops, buses, wards."""

    home: np.ndarray
    firm: np.ndarray
    bus: np.ndarray
    ward: np.ndarray
    in_ward: np.ndarray
    at_night: np.ndarray
    shops: np.ndarray
    favour: np.ndarray


def settle(people: int, draw: np.random.Generator) -> City:
    """Give everybody a home, a firm or school, a bus, and some a bed in a ward."""
    sizes = np.minimum(draw.zipf(1.7, size=max(1, people // 4)), 150)
    firm = np.repeat(np.arange(len(sizes)), sizes)
    firm = np.resize(firm, people)
    draw.shuffle(firm)
    home = draw.integers(0, max(1, int(people / 2.6)), people)
    base = int(home.max()) + 1
    firms = int(firm.max()) + 1
    shops, buses, wards = max(2, people // 60), max(1, people // 60), max(1, people // 2000)
    favour = np.cumsum(1.0 / np.arange(1, shops + 1) ** 0.5)
    return City(
        home=home,
        firm=base + firm,
        bus=base + firms + shops + draw.integers(0, buses, people),
        ward=base + firms + shops + buses + draw.integers(0, wards, people),
        in_ward=draw.random(people) < 0.01,
        at_night=draw.random(people) < 0.02,
        shops=np.arange(base + firms, base + firms + shops),
        favour=favour / favour[-1],
    )


def one_day(city: City, day: int, visits: int, draw: np.random.Generator) -> list[Part]:
    """Return the visits that begin on a day, a tuple (person, place, enter, leave) for each part of it."""
    many = len(city.home)
    people = np.arange(many, dtype=np.int32)
    midnight = BEGIN + day * DAY

    def around(hour: float, spread: float, earliest: float, latest: float) -> np.ndarray:
        hours = np.clip(draw.normal(hour, spread / 60, many), earliest, latest)
        return (midnight + hours * 3600).astype(np.int64)

    # The limits see to it that nobody is in two places at once: what the others add up is then right without merging.
    night = city.at_night
    start = np.where(night, around(21, 20, 20, 22), around(8.5, 35, 7.75, 11))
    end = start + np.clip(draw.normal(8.5 * 3600, 3600, many), 1800, 10.5 * 3600).astype(np.int64)
    shop_in = np.where(night, around(18, 20, 17.6, 18.3), end + draw.integers(1300, 3900, many))
    shop_out = shop_in + np.clip(draw.gamma(2.0, 600, many), 60, 3600).astype(np.int64)
    evening = np.where(night, end + 3600, shop_out + draw.integers(600, 2400, many))
    morning = np.where(night, evening + 8 * 3600, midnight + DAY + 7 * 3600)
    ride = draw.integers(300, 2400, many)
    parts = [
        (people, city.home, evening, morning),
        (people, city.firm, start, end),
        (people, city.bus, start - ride - 120, start - 120),
        (people, _some_shop(city, many, draw), shop_in, shop_out),
        (people, city.bus, end + 60, end + 60 + ride // 2),
    ]
    return [_with_wards(city, number, part, day, midnight) for number, part in enumerate(parts[:visits])]


def _some_shop(city: City, many: int, draw: np.random.Generator) -> np.ndarray:
    return city.shops[np.searchsorted(city.favour, draw.random(many))]


def _with_wards(city: City, number: int, part: Part, day: int, midnight: int) -> Part:
    """Whoever lies in a ward has one visit that lasts four days, on every fourth day, and nothing else."""
    person, place, enter, leave = part
    out = ~city.in_ward
    if number == 0 and day % 4 == 0:
        place = np.where(out, place, city.ward)
        enter = np.where(out, enter, midnight)
        leave = np.where(out, leave, midnight + 4 * DAY)
        out = np.ones(len(out), dtype=bool)
    return person[out], place[out], enter[out], leave[out]


def make(folder: Path, *, people: int, visits: int, days: int, cases: int, seed: int = 4111) -> tuple[Path, Path]:
    """Write the visits and the cases of a city, once; return their files."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"visits-{people}-{visits}-{days}.parquet"
    listed = folder / f"cases-{people}-{cases}.csv"
    draw = np.random.default_rng(seed)
    chosen = np.sort(draw.choice(people, size=min(cases, people), replace=False))
    pl.DataFrame({"person": chosen}).write_csv(listed)
    if path.is_file():
        return path, listed
    city = settle(people, draw)
    fresh = path.with_suffix(".new")
    with pq.ParquetWriter(fresh, SCHEMA, compression="snappy") as writer:
        for day in range(days):
            for part in one_day(city, day, visits, draw):
                seconds = [pa.array(one.astype(np.int64) * 1_000_000).cast(pa.timestamp("us")) for one in part[2:]]
                codes = [pa.array(one.astype(np.int32)) for one in part[:2]]
                writer.write_table(pa.Table.from_arrays(codes + seconds, schema=SCHEMA), row_group_size=1 << 20)
    fresh.replace(path)
    return path, listed


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--people", type=int, default=100_000)
    asked.add_argument("--visits", type=int, default=5, choices=range(1, 6), help="a day")
    asked.add_argument("--days", type=int, default=14)
    asked.add_argument("--cases", type=int, default=100)
    given = asked.parse_args()
    for made in make(given.folder, people=given.people, visits=given.visits, days=given.days, cases=given.cases):
        print(made)
