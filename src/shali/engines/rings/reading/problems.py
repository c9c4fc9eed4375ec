"""What is wrong with a row, collected: every one is counted and can be written out, none is dropped silently."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

LEFT_OUT, KEPT = "left out", "kept"
SCHEMA = {
    "file": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "problem": pl.String,
    "taken": pl.String,
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of problem. column: under the name it has in the file. taken: what becomes of the row."""

    file: str
    column: str
    problem: str
    taken: str


@dataclass(frozen=True, slots=True)
class Summed:
    """How often a kind came up, and where first."""

    kind: Kind
    many: int
    row: int | None
    value: str | None


class CannotRead(Exception):
    """A file that cannot be used at all; the message names it, the column, and what to do."""


class Problems:
    """All problems of a run, in the order in which they were met."""

    def __init__(self) -> None:
        self._tables: list[pl.DataFrame] = []
        self._many: Counter[Kind] = Counter()
        self._first: dict[Kind, tuple[int | None, str | None]] = {}

    def add(self, kind: Kind, rows: Sequence[int | None], values: Sequence[object], *, many: int | None = None) -> None:
        """Note rows of a file and what stands in their cell. many: if there are more than are shown."""
        if not len(rows):
            return
        told = [None if value is None else str(value) for value in values]
        self._many[kind] += len(rows) if many is None else many
        self._first.setdefault(kind, (rows[0], told[0]))
        same = {"file": kind.file, "column": kind.column, "problem": kind.problem, "taken": kind.taken}
        table = pl.DataFrame({"row": rows, "value": told}, schema={"row": pl.Int64, "value": pl.String})
        self._tables.append(table.with_columns(**{k: pl.lit(v) for k, v in same.items()}).select(*SCHEMA))

    def __len__(self) -> int:
        return sum(self._many.values())

    def summed(self) -> list[Summed]:
        return [Summed(kind, many, *self._first[kind]) for kind, many in self._many.items()]

    def write(self, path: Path) -> None:
        """Write a row a problem as CSV, with headings even where there is none."""
        pl.concat([pl.DataFrame(schema=SCHEMA), *self._tables]).write_csv(path)
