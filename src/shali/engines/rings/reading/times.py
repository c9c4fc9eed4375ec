"""Times of any form as whole seconds: columns of moments or days, ISO text, seconds since 1970."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shali.engines.rings.model import EARLIEST, EPOCH, LATEST

DAY = 86_400
PARTS = ["year", "month", "day", "hour", "minute", "second"]
UNREADABLE = np.iinfo(np.int64).min
HOW = "write times like 2026-07-05 08:30:00, with or without a zone, or as seconds since 1970"
_TEXT = (
    r"^(?<year>\d{4})[-/.年](?<month>\d{1,2})[-/.月](?<day>\d{1,2})"
    r"(?:日?|(?:日\s*|日?[T\s]+)(?<hour>\d{1,2})"
    r"(?:时|[:时](?<minute>\d{1,2})分?(?::?(?<second>\d{1,2})秒?(?:[.,]\d*)?)?))"
    r"\s*(?<zone>Z|z|UTC|[+-]\d{2}:?\d{2}|[+-]\d{2})?$"
)
_COMPACT = r"^((?:19|20)\d{2})([01]\d)([0-3]\d)(?:[T\s]?(\d{2})(\d{2})(\d{2})?)?$"


@dataclass(frozen=True, slots=True)
class Times:
    """seconds: since 1970, `UNREADABLE` where there is none. zoned: whether they are moments rather than a clock's."""

    seconds: NDArray[np.int64]
    zoned: NDArray[np.bool_]


def read_times(column: pl.Series, *, end_of_day: bool) -> Times | None:
    """Return times, or None where the column's type holds none. A day without an hour begins or ends it, as asked."""
    kind = column.dtype
    if isinstance(kind, pl.Datetime):
        return _times(_floor(column), zoned=kind.time_zone is not None)
    if kind == pl.Date:
        return _times(column.cast(pl.Int64) * DAY + (DAY if end_of_day else 0), zoned=False)
    if kind.is_integer() and column.is_between(19_000_101_000_000, 21_000_101_000_000).all() and len(column):
        return _times(_compact(column.cast(pl.String)), zoned=False)
    if kind.is_numeric():
        return _times(_since_1970(column), zoned=True)
    if kind in {pl.String, pl.Categorical, pl.Enum}:
        return _from_text(column.cast(pl.String).str.strip_chars(), end_of_day)
    if kind == pl.Null:
        return _times(column.cast(pl.Int64), zoned=False)
    return None


def to_clock(times: Times, clock: str, zone: str) -> NDArray[np.int64]:
    """Bring times to one form by a zone: `instant` for moments, `wall` for what a clock without zone shows."""
    other = times.zoned if clock == "wall" else ~times.zoned
    other = other & (times.seconds != UNREADABLE)
    if not other.any():
        return times.seconds
    moments = pl.from_epoch(pl.Series(times.seconds[other]), "s")
    if clock == "wall":
        moved = moments.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.replace_time_zone(None)
    else:
        moved = moments.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    seconds = times.seconds.copy()
    seconds[other] = (moved.dt.timestamp("ms") // 1000).fill_null(UNREADABLE).to_numpy()
    return seconds


def since_epoch(seconds: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Return seconds as the engine counts them, and which of them it can."""
    moved = np.where(seconds == UNREADABLE, UNREADABLE, seconds - EPOCH)
    fits = (moved >= EARLIEST) & (moved <= LATEST)
    return np.where(fits, moved, 0).astype(np.int32), fits


def _times(seconds: pl.Series, *, zoned: bool) -> Times:
    values = seconds.fill_null(UNREADABLE).to_numpy()
    return Times(values, np.full(len(values), zoned))


def _floor(column: pl.Series) -> pl.Series:
    """Return moments in whole seconds; fractions are cut off."""
    parts = {"ms": 10**3, "us": 10**6, "ns": 10**9}[column.dtype.time_unit]  # type: ignore[attr-defined]
    return column.to_physical() // parts


def _since_1970(column: pl.Series) -> pl.Series:
    """Return seconds out of seconds, milli-, micro- or nanoseconds, which their size tells."""
    if column.dtype.is_integer():
        value = column.cast(pl.Int64, strict=False)
        low, high = value.min(), value.max()
        if low is None or (low > -(10**11) and high < 10**11):  # type: ignore[operator]
            return value
    size = column.cast(pl.Float64, strict=False).abs()
    table = pl.DataFrame({"value": column.cast(pl.Float64, strict=False), "exact": column, "size": size})
    exact = pl.col("exact") if column.dtype.is_integer() else pl.col("value")
    scaled = (
        pl.when(pl.col("size") < 1e11)
        .then(exact)
        .when(pl.col("size") < 1e14)
        .then(exact // 1_000)
        .when(pl.col("size") < 1e17)
        .then(exact // 1_000_000)
        .when(pl.col("size").is_finite())
        .then(exact // 1_000_000_000)
    )
    return table.select(
        pl.when(pl.col("size").is_finite()).then(scaled.floor()).cast(pl.Int64, strict=False)
    ).to_series()


def _compact(text: pl.Series) -> pl.Series:
    """Return seconds of 20260705 or 20260705083000."""
    parts = text.str.extract_groups(_COMPACT).struct.unnest()
    parts.columns = PARTS
    return parts.select(_moment())["seconds"]


def _moment() -> pl.Expr:
    """Return seconds since 1970, null where the calendar or the clock has no such moment; 24:00 ends a day."""
    year, month, day = (pl.col(name).cast(pl.Int64, strict=False) for name in PARTS[:3])
    hour, minute, second = (pl.col(name).cast(pl.Int64, strict=False).fill_null(0) for name in PARTS[3:])
    valid = ((hour < 24) & (minute < 60) & (second < 60)) | ((hour == 24) & (minute == 0) & (second == 0))
    valid = valid & month.is_between(1, 12) & day.is_between(1, 31) & (year >= 1)
    safe = pl.when(valid)
    # Days are counted from the first of the month: a date that is not in the calendar lands in another month.
    first = pl.date(safe.then(year), safe.then(month), 1)
    date = first + pl.duration(days=day - 1)
    right = date.dt.month() == first.dt.month()
    total = date.cast(pl.Int64) * DAY + hour * 3600 + minute * 60 + second
    return pl.when(valid & right).then(total).alias("seconds")


def _from_text(text: pl.Series, end_of_day: bool) -> Times:
    quick = text.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False)
    if quick.null_count() == text.null_count():
        return _times(_floor(quick), zoned=False)
    number = text.str.contains(r"^-?\d+(\.\d+)?$")
    compact = text.str.contains(_COMPACT)
    parts = text.str.extract_groups(_TEXT).struct.unnest()
    sign = pl.when(pl.col("zone").str.starts_with("-")).then(-1).otherwise(1)
    digits = pl.col("zone").str.replace_all(r"\D", "")
    ahead = digits.str.slice(0, 2).cast(pl.Int64, strict=False).fill_null(0) * 3600
    ahead = sign * (ahead + digits.str.slice(2, 2).cast(pl.Int64, strict=False).fill_null(0) * 60)
    read = parts.select(
        seconds=_moment() + pl.when(pl.col("hour").is_null() & end_of_day).then(DAY).otherwise(0),
        zoned=pl.col("zone").is_not_null(),
        ahead=ahead.fill_null(0),
    )
    numbers = _since_1970(text.set(~number.fill_null(False) | compact.fill_null(False), None).cast(pl.Float64))
    days = _compact(text.set(~compact.fill_null(False), None))
    if end_of_day:
        days = days + pl.select(pl.when(text.str.len_chars() == 8).then(DAY).otherwise(0)).to_series()
    return Times(
        (read["seconds"] - read["ahead"]).fill_null(numbers).fill_null(days).fill_null(UNREADABLE).to_numpy(),
        (read["zoned"] | numbers.is_not_null()).fill_null(False).to_numpy(),
    )
