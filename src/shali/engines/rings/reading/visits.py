"""Visits out of a file: cleaned batches for the store, and every row that is not a visit named."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from shali.engines.rings.model import UNKNOWN_SEAT, Seats
from shali.engines.rings.reading.headings import VISIT_COLUMNS, find_columns
from shali.engines.rings.reading.problems import KEPT, LEFT_OUT, CannotRead, Kind, Problems
from shali.engines.rings.reading.tables import Table
from shali.engines.rings.reading.times import HOW, UNREADABLE, read_times, since_epoch, to_clock
from shali.engines.rings.store import Batch

LONG_STAY = 7 * 86_400


@dataclass
class VisitFile:
    """A file of visits being read. columns: which of its headings is what. clock: known after the first batch."""

    table: Table
    named: Mapping[str, str]
    problems: Problems
    zone: str
    clock: str = ""
    rows: int = 0
    columns: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.columns = find_columns(
            self.table.headings, VISIT_COLUMNS, self.named, file=str(self.table.path), of="visits"
        )

    def batches(self) -> Iterator[Batch]:
        """Return the visits in pieces; `rows` counts what has been read."""
        for piece in self.table.batches(list(self.columns.values()), self._ragged):
            yield self._batch(piece)
            self.rows += len(piece)

    def _batch(self, piece: pa.RecordBatch) -> Batch:
        columns = {what: pl.Series(piece.column(heading)) for what, heading in self.columns.items()}
        good = np.ones(len(piece), dtype=bool)
        times = {}
        for what in ("person", "place"):
            columns[what] = column = read_ids(columns[what])
            self._set_aside(good, column.is_null().to_numpy(), columns[what], what, f"no {what}")
        for what in ("enter", "leave"):
            times[what] = self._times(columns[what], what, good)
        backwards = times["leave"] < times["enter"]
        self._set_aside(good, backwards, columns["leave"], "leave", "leaves before entering")
        long = good & (times["leave"].astype(np.int64) - times["enter"] > LONG_STAY)
        self._note(long, columns["leave"], "leave", "stays longer than a week: is the time right?", KEPT)
        seat = self._seats(columns["seat"], good) if "seat" in columns else None
        taken = pl.Series(good)
        return Batch(
            person=columns["person"].filter(taken).to_arrow(),
            place=columns["place"].filter(taken).to_arrow(),
            enter=times["enter"][good],
            leave=times["leave"][good],
            seat=None if seat is None else seat[good],
        )

    def _times(self, column: pl.Series, what: str, good: NDArray[np.bool_]) -> NDArray[np.int32]:
        read = read_times(column, end_of_day=what == "leave")
        if read is None:
            raise CannotRead(
                f'{self.table.path}: column "{self.columns[what]}" holds {column.dtype}, which are no times; {HOW}.'
            )
        if not self.clock and (read.seconds != UNREADABLE).any():
            self.clock = "instant" if read.zoned[read.seconds != UNREADABLE][0] else "wall"
        moved = to_clock(read, self.clock or "wall", self.zone)
        empty = column.is_null().to_numpy() | _is_blank(column)
        self._set_aside(good, empty, column, what, f"no time of {'entering' if what == 'enter' else 'leaving'}")
        self._set_aside(good, moved == UNREADABLE, column, what, f"is not a time; {HOW}")
        seconds, fits = since_epoch(moved)
        self._set_aside(good, ~fits, column, what, "lies before 1932 or after 2068")
        return seconds

    def _seats(self, column: pl.Series, good: NDArray[np.bool_]) -> Seats:
        said = ~(column.is_null().to_numpy() | _is_blank(column))
        rows = read_seats(column)
        self._note(good & said & (rows == UNKNOWN_SEAT), column, "seat", "has no number: taken as near to all", KEPT)
        return rows

    def _set_aside(
        self, good: NDArray[np.bool_], bad: NDArray[np.bool_], column: pl.Series, what: str, problem: str
    ) -> None:
        self._note(good & bad, column, what, problem, LEFT_OUT)
        good &= ~bad

    def _note(self, bad: NDArray[np.bool_], column: pl.Series, what: str, problem: str, taken: str) -> None:
        rows = np.flatnonzero(bad)
        if len(rows):
            kind = Kind(str(self.table.path), self.columns[what], problem, taken)
            self.problems.add(kind, (rows + self.rows + 1).tolist(), column.gather(rows).to_list())

    def _ragged(self, row: int | None, text: str) -> None:
        kind = Kind(str(self.table.path), "", "has more or fewer cells than there are headings", LEFT_OUT)
        self.problems.add(kind, [row], [text])


def read_ids(column: pl.Series) -> pl.Series:
    """Return names as int64 or trimmed text; empty ones as null."""
    kind = column.dtype
    if kind == pl.Int64:
        return column
    if kind.is_integer() and kind != pl.UInt64:
        return column.cast(pl.Int64)
    if kind.is_float():
        # Whole numbers become floats where a tool had no other way to say that some are missing.
        whole = column.fill_nan(None)
        return whole.cast(pl.Int64 if (whole.drop_nulls() % 1 == 0).all() else pl.String)
    text = column.cast(pl.String).str.strip_chars()
    return text.set(text == "", None) if text.len() and (text == "").any() else text


def read_seats(column: pl.Series) -> Seats:
    """Return the row of a seat (12 of `12A`, `05-12A`) or whole metres, `UNKNOWN_SEAT` where there is none."""
    if not column.dtype.is_numeric():
        column = column.cast(pl.String).str.extract(r"(\d+)(?:\.\d+)?\s*[A-Za-z]?\s*(?:排|座|号)?\s*$")
    number = column.cast(pl.Float64, strict=False).fill_nan(None).floor()
    fits = number.is_between(-(2**15) + 1, 2**15 - 1)
    return number.set(~fits.fill_null(False), UNKNOWN_SEAT).fill_null(UNKNOWN_SEAT).cast(pl.Int16).to_numpy()


def _is_blank(column: pl.Series) -> NDArray[np.bool_]:
    if column.dtype != pl.String:
        return np.zeros(len(column), dtype=bool)
    return (column.str.strip_chars() == "").fill_null(True).to_numpy()
