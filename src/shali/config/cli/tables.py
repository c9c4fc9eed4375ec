"""Anybody's CSV files, whatever their encoding, separator and line ends: for the commands that need no installation."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    import polars as pl

_ENCODINGS = ("utf-8-sig", "gb18030", "latin-1")
_SEPARATORS = ",;\t|"
# What stands in a cell and says nothing.
NOTHING = frozenset(
    {"", "na", "n/a", "nan", "null", "none", "unknown", "unk", "-", "--", ".", "?", "不详", "未知", "无"}
)


def read_table(path: Path, *, has_headings: bool = True) -> "pl.DataFrame":
    """Read a CSV, every cell as text; cells that say nothing are null. Without headings columns are 1, 2, 3 ..."""
    import polars as pl

    text = read_text(path)
    head = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=head.count)
    try:
        table = pl.read_csv(
            text.encode(),
            infer_schema=False,
            separator=separator,
            truncate_ragged_lines=True,
            has_header=has_headings,
        )
    except pl.exceptions.PolarsError as error:
        refuse(f"{path} cannot be read as CSV: {str(error).splitlines()[0]}")
    names = [column.strip() for column in table.columns] if has_headings else [str(n + 1) for n in range(table.width)]
    table.columns = [name or f"column {place}" for place, name in enumerate(names, 1)]
    if not len(table):
        refuse(f"{path} has headings but no row below them.")
    trimmed = pl.all().str.strip_chars()
    return table.select(pl.when(~trimmed.str.to_lowercase().is_in(list(NOTHING))).then(trimmed))


def read_text(path: Path) -> str:
    """Return a file's text; its encoding is found out: UTF-8, UTF-16, GB 18030, Latin-1."""
    if not path.is_file():
        refuse(f"There is no file {path}.")
    data = path.read_bytes()
    if not data.strip():
        refuse(f"{path} is empty.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16")
    elif b"\0" in data[:4096]:
        refuse(f"{path} is not a text file; save it as CSV.")
    else:
        text = _decoded(data)
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n") + "\n"


def _decoded(data: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AssertionError("latin-1 decodes everything")


def refuse(sentence: str) -> NoReturn:
    """Say on standard error what is wrong and what to do, and end with exit code 1."""
    print(sentence, file=sys.stderr)
    raise typer.Exit(1)


def note(sentence: str) -> None:
    """Say on standard error what the reader should know of his file."""
    print(sentence, file=sys.stderr)
