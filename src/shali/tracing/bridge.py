"""The only way to the engines: cases as a chain, days as series, hours of visits."""

from collections.abc import Sequence
from datetime import UTC, datetime

from shali.engines.capacity import (
    Estimates,
    Growth,
    Nowcast,
    discrete_serial_interval,
    estimate,
    estimate_uncertain,
    growth,
    nowcast,
)
from shali.engines.chains import Case as ChainCase
from shali.engines.chains import Chain, Contact, Fit, build, fit, graphml, svg

__all__ = [
    "Chain",
    "ChainCase",
    "Contact",
    "Estimates",
    "Fit",
    "Growth",
    "Nowcast",
    "build",
    "discrete_serial_interval",
    "estimate",
    "estimate_uncertain",
    "fit",
    "graphml",
    "growth",
    "nowcast",
    "read_hours",
    "svg",
]


def read_hours(texts: Sequence[str], *, zone: str, end_of_day: bool = False) -> list[datetime | None]:
    """Read hours of any form as moments, by a zone's clock where they name none; None for what nobody can read.

    end_of_day: a day without an hour is its end, else its beginning
    """
    # Loaded by the few who need it: the library is larger than the rest of the desk.
    import polars as pl

    from shali.engines.rings.reading.times import UNREADABLE, read_times, to_clock

    narrow = pl.Series(texts, dtype=pl.String).str.normalize("NFKC")
    read = read_times(narrow, end_of_day=end_of_day)
    if read is None:
        return [None] * len(texts)
    seconds = to_clock(read, "instant", zone).tolist()
    return [None if one == UNREADABLE else datetime.fromtimestamp(one, UTC) for one in seconds]
