"""An old workbook (.xls): cells by calamine, rows counted and hidden ones found in the records themselves."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import BinaryIO

from shali.foundation.intake.reading.compound import Compound
from shali.foundation.intake.reading.limits import Limits
from shali.foundation.intake.reading.records import (
    BOOLEAN,
    DATE,
    FORMULA,
    FORMULA_NUMBER,
    NUMBER,
    Book,
    Merge,
    RawRow,
    RawSheet,
)
from shali.foundation.intake.reading.refusals import UnreadableFile
from shali.foundation.intake.reading.worksheet import day_text

_BOF, _EOF, _FILEPASS, _BOUNDSHEET = 0x809, 0x0A, 0x2F, 0x85
_ROW, _COLINFO, _FORMULA = 0x208, 0x7D, 0x06
# Cell records that carry a value: LABELSST, NUMBER, RK, MULRK, LABEL, RSTRING, BOOLERR, FORMULA.
_VALUES = frozenset({0xFD, 0x203, 0x27E, 0xBD, 0x204, 0xD6, 0x205, _FORMULA})
_WORKSHEET = 0


@dataclass(slots=True)
class _Seen:
    rows: set[int] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: set[tuple[int, int]] = field(default_factory=set)


def open_old_workbook(file: BinaryIO, limits: Limits) -> Book:
    """Return the book of an OLE file.

    :raises UnreadableFile: it is a document, locked, damaged or older than Excel 97
    """
    import python_calamine

    file.seek(0)
    content = file.read()
    compound = Compound(content)
    stream = _stream_of(compound)
    records = compound.read(stream)
    sheets = _sheets_of(records)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise UnreadableFile("damaged") from error
    if not book.sheet_names:
        raise UnreadableFile("no_sheets")
    found: list[RawSheet] = []
    for index, about in enumerate(book.sheets_metadata):
        if about.typ != python_calamine.SheetTypeEnum.WorkSheet or index >= len(sheets):
            continue
        seen = _walk(records, sheets[index])
        hidden = about.visible != python_calamine.SheetVisibleEnum.Visible
        reader = _Rows(book, about.name, seen, index)
        found.append(
            RawSheet(
                about.name, index, hidden, reader.rows, reader.merges(), frozenset(seen.hidden_columns), len(seen.rows)
            )
        )
    if not found:
        raise UnreadableFile("no_sheets")
    return Book("xls", "", found, macros="_VBA_PROJECT" in compound.streams)


def _stream_of(compound: Compound) -> str:
    names = compound.streams
    if "EncryptedPackage" in names or "EncryptionInfo" in names:
        raise UnreadableFile("encrypted")
    if "Workbook" in names:
        return "Workbook"
    if "Book" in names:
        raise UnreadableFile("very_old_workbook")
    if "WordDocument" in names or "PowerPoint Document" in names:
        raise UnreadableFile("document")
    raise UnreadableFile("unknown_content")


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield kind, place and length of each record from a place on."""
    while at + 4 <= len(stream):
        kind = int.from_bytes(stream[at : at + 2], "little")
        length = int.from_bytes(stream[at + 2 : at + 4], "little")
        yield kind, at + 4, length
        at += 4 + length


def _sheets_of(stream: bytes) -> list[int]:
    """Return where each sheet begins in the stream, in the order of the tabs."""
    starts: list[int] = []
    for kind, at, length in _records(stream, 0):
        if kind == _FILEPASS:
            raise UnreadableFile("encrypted")
        if kind == _BOUNDSHEET and length >= 6:
            starts.append(int.from_bytes(stream[at : at + 4], "little"))
        elif kind == _EOF:
            break
    return starts


def _walk(stream: bytes, start: int) -> _Seen:
    """Count rows with values, and note what is hidden and which cells are formulas. Charts inside are passed over."""
    seen, depth = _Seen(), 0
    for kind, at, _length in _records(stream, start):
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif depth == 1:
            _note(seen, stream, kind, at)
    return seen


def _note(seen: _Seen, stream: bytes, kind: int, at: int) -> None:
    if kind in _VALUES:
        row, column = int.from_bytes(stream[at : at + 2], "little"), int.from_bytes(stream[at + 2 : at + 4], "little")
        seen.rows.add(row)
        if kind == _FORMULA:
            seen.formulas.add((row, column))
    elif kind == _ROW and stream[at + 12] & 0x20:
        seen.hidden_rows.add(int.from_bytes(stream[at : at + 2], "little"))
    elif kind == _COLINFO and stream[at + 8] & 0x01:
        first, last = int.from_bytes(stream[at : at + 2], "little"), int.from_bytes(stream[at + 2 : at + 4], "little")
        seen.hidden_columns.update(range(first, min(last, 199) + 1))


class _Rows:
    def __init__(self, book: object, name: str, seen: _Seen, index: int) -> None:
        self._book, self._name, self._seen, self._index = book, name, seen, index

    def _sheet(self) -> object:
        import python_calamine

        try:
            return self._book.get_sheet_by_index(self._index)  # type: ignore[attr-defined]  # calamine has no types
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise UnreadableFile("damaged") from error

    def merges(self) -> list[Merge]:
        ranges = self._sheet().merged_cell_ranges or []  # type: ignore[attr-defined]  # calamine has no types
        return [Merge(a[0] + 1, a[1], b[0] + 1, b[1]) for a, b in ranges]

    def rows(self) -> Iterator[RawRow]:
        table = self._sheet().to_python(skip_empty_area=False)  # type: ignore[attr-defined]  # calamine has no types
        filled = 0
        for number, cells in enumerate(table):
            texts: list[str] = []
            kinds: dict[int, str] = {}
            for column, value in enumerate(cells):
                text, kind = _cell(value)
                if (number, column) in self._seen.formulas:
                    kind = FORMULA_NUMBER if kind == NUMBER else FORMULA
                texts.append(text)
                if kind:
                    kinds[column] = kind
            filled += any(texts) or number in self._seen.rows
            yield RawRow(number + 1, texts, kinds, hidden=number in self._seen.hidden_rows)
        # A row that calamine left out, or found where no record is, would be silent otherwise.
        if filled != len(self._seen.rows):
            raise UnreadableFile("two_counts", sheet=self._name, first=filled, second=len(self._seen.rows))


def _cell(value: object) -> tuple[str, str]:
    if isinstance(value, str):
        return value, ""
    if isinstance(value, bool):
        return ("1" if value else "0"), BOOLEAN
    if isinstance(value, int):
        return str(value), NUMBER
    if isinstance(value, float):
        return (str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)), NUMBER
    if isinstance(value, date | datetime):
        return day_text(value), DATE
    if isinstance(value, time | timedelta):
        return str(value), DATE
    return ("" if value is None else str(value)), ""
