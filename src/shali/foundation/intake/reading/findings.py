"""What a walk over a sheet finds: verdicts on rows, tables, numbers announced."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from shali.foundation.intake.reading.columns import Layout
from shali.foundation.intake.reading.judge import Judge, Judged
from shali.foundation.intake.reading.records import RawRow


@dataclass(slots=True)
class Verdict:
    """What one row of one table is. `judged` is None for a row that is skipped."""

    row: RawRow
    table: int
    why: str = ""
    judged: Judged | None = None


@dataclass(slots=True)
class Table:
    number: int
    layout: Layout
    header_rows: list[int]
    judge: Judge
    first_row: int = 0
    last_row: int = 0
    received: int = 0


@dataclass(slots=True)
class Announcement:
    where: str
    number: int
    table: int


@dataclass(slots=True)
class SheetNotes:
    """What was learnt of a sheet besides its rows."""

    tables: list[Table] = field(default_factory=list)
    announcements: list[Announcement] = field(default_factory=list)
    hidden_rows: int = 0
    last_row: int = 0
    year: int | None = None
    far_cell: int = 0


class Ahead:
    """An iterator that can be looked ahead of."""

    def __init__(self, rows: Iterator[RawRow]) -> None:
        self._rows = rows
        self._held: list[RawRow] = []

    def next(self) -> RawRow | None:
        return self._held.pop(0) if self._held else next(self._rows, None)

    def peek(self, count: int) -> list[RawRow]:
        self._held += islice(self._rows, max(0, count - len(self._held)))
        return self._held[:count]
