"""What the readers of all formats hand on: sheets and their raw rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

NUMBER, DATE, FORMULA, ERROR, BOOLEAN, FORMULA_NUMBER = "n", "d", "f", "e", "b", "m"


@dataclass(slots=True)
class RawRow:
    """A row as it stands in the file. `kinds` says of each cell that is not plain text what it is."""

    number: int
    texts: list[str]
    kinds: dict[int, str] = field(default_factory=dict)
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Merge:
    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(slots=True)
class RawSheet:
    """One sheet. Rows are numbered from 1, columns from 0; rows that the file leaves out are not yielded."""

    name: str
    index: int
    hidden: bool
    rows: Callable[[], Iterator[RawRow]]
    merges: list[Merge] = field(default_factory=list)
    hidden_columns: frozenset[int] = frozenset()
    counted: int | None = None  # rows that hold something, counted the second way


@dataclass(slots=True)
class Book:
    format: str
    encoding: str
    sheets: list[RawSheet]
    macros: bool = False
