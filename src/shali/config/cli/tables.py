"""Anybody's CSV files, whatever their encoding, separator and line ends: for the commands that need no installation."""

import csv
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    import polars as pl


class Language(StrEnum):
    """In which language a command says why."""

    zh = "zh"
    en = "en"


_ENCODINGS = ("utf-8-sig", "gb18030", "latin-1")
_SEPARATORS = ",;\t|"
# What stands in a cell and says nothing.
NOTHING = frozenset(
    {"", "na", "n/a", "nan", "null", "none", "unknown", "unk", "-", "--", ".", "?", "不详", "未知", "无"}
)


def read_table(path: Path, *, has_headings: bool = True) -> "pl.DataFrame":
    """Read a CSV of some thousand rows, every cell as text; cells that say nothing are null.

    Row n of the table stands in line n + 2 of a spreadsheet, or n + 1 without headings; columns are 1, 2, 3 ... then.
    Cells beyond the last heading are named on standard error, with their row.
    """
    import polars as pl

    text = read_bytes(path).decode()
    rows = list(csv.reader(text.splitlines(), delimiter=separator_of(text)))
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    heads = rows.pop(0) if has_headings else [str(n + 1) for n in range(max(map(len, rows)))]
    names = one_each(path, heads)
    if not rows:
        refuse(f"{path} has headings but no row below them.")
    note_cells_beyond(path, [heads, *rows], len(names))
    columns = {name: [_cell(row, place) for row in rows] for place, name in enumerate(names)}
    return pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String))


def one_each(path: Path, heads: Sequence[str]) -> list[str]:
    """Return headings without blanks around them, each there once; an empty one is named by its place."""
    names = [name.strip() or f"column {place}" for place, name in enumerate(heads, 1)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        refuse(f'{path} has more than one column "{twice[0]}". Give each its own name.')
    return names


def note_cells_beyond(path: Path, rows: Iterable[Sequence[str]], width: int) -> None:
    """Name the rows whose cells go beyond the last heading; rows begin with the headings."""
    beyond = [place for place, row in enumerate(rows, 1) if any(cell.strip() for cell in row[width:])]
    if beyond:
        shown = ", ".join(map(str, beyond[:10])) + (" ..." if len(beyond) > 10 else "")
        note(f"{path}: {len(beyond)} rows have cells beyond the last heading, which are left out: rows {shown}")


def _cell(row: list[str], place: int) -> str | None:
    cell = row[place].strip() if place < len(row) else ""
    return None if cell.casefold() in NOTHING else cell


def separator_of(text: str) -> str:
    """Return the separator that the first line has most of."""
    return max(_SEPARATORS, key=text.split("\n", 1)[0].count)


def read_bytes(path: Path) -> bytes:
    """Return a file as UTF-8 without a mark in front; its encoding is found out: UTF-8, UTF-16, GB 18030, Latin-1."""
    if not path.is_file():
        refuse(f"There is no file {path}.")
    data = path.read_bytes()
    if not data.strip():
        refuse(f"{path} is empty.")
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        refuse(f"{path} is not a text file; save it as CSV.")
    data = data.decode("utf-16").encode() if data.startswith((b"\xff\xfe", b"\xfe\xff")) else _as_utf8(data)
    return data if b"\n" in data else data.replace(b"\r", b"\n")


def _as_utf8(data: bytes) -> bytes:
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return data if encoding == "utf-8-sig" and not data.startswith(b"\xef\xbb\xbf") else text.encode()
    raise AssertionError("latin-1 decodes everything")


def refuse(sentence: str) -> NoReturn:
    """Say on standard error what is wrong and what to do, and end with exit code 1."""
    print(sentence, file=sys.stderr)
    raise typer.Exit(1)


def note(sentence: str) -> None:
    """Say on standard error what the reader should know of his file."""
    print(sentence, file=sys.stderr)
