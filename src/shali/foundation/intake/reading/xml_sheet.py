"""An "XML Spreadsheet 2003": a workbook as one XML file, often under the name of .xls."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from shali.foundation.intake.reading.limits import MEGABYTE, Limits
from shali.foundation.intake.reading.markup import Feeder, local
from shali.foundation.intake.reading.records import (
    BOOLEAN,
    DATE,
    ERROR,
    FORMULA,
    FORMULA_NUMBER,
    NUMBER,
    Book,
    Merge,
    RawRow,
    RawSheet,
)
from shali.foundation.intake.reading.refusals import UnreadableFile

LARGEST = 150 * MEGABYTE
CHUNK = 1 << 18
_KINDS = {"Number": NUMBER, "DateTime": DATE, "Boolean": BOOLEAN, "Error": ERROR}
_WORKBOOK = "Workbook"


@dataclass(slots=True)
class _Sheet:
    name: str
    hidden: bool = False
    merges: list[Merge] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    filled: int = 0


def open_xml_sheet(file: BinaryIO, limits: Limits) -> Book:
    """Return the sheets of the file, which is read once for what they are and once for the rows of each.

    :raises UnreadableFile: it is damaged, too large, brings definitions, or is no workbook
    """
    file.seek(0, 2)
    if file.tell() > LARGEST:
        raise UnreadableFile("too_large", size=file.tell(), most=LARGEST)
    first = _Walk(limits, wanted=-1)
    for _ in first.rows(file):
        pass
    if not first.sheets:
        raise UnreadableFile("no_sheets" if first.is_workbook else "xml_data")

    def reader(index: int, filled: int) -> Iterator[RawRow]:
        seen = 0
        for row in _Walk(limits, wanted=index).rows(file):
            seen += any(row.texts)
            yield row
        if seen != filled:
            raise UnreadableFile("two_counts", sheet=first.sheets[index].name, first=seen, second=filled)

    sheets = [
        RawSheet(
            sheet.name,
            index,
            sheet.hidden,
            lambda index=index, filled=sheet.filled: reader(index, filled),  # type: ignore[misc]  # bound per sheet
            sheet.merges,
            frozenset(sheet.hidden_columns),
            sheet.filled,
        )
        for index, sheet in enumerate(first.sheets)
    ]
    return Book("xml", "", sheets)


class _Walk:
    """One reading of the file; of the wanted sheet (-1: none) it hands on the rows."""

    def __init__(self, limits: Limits, *, wanted: int) -> None:
        self.sheets: list[_Sheet] = []
        self.is_workbook = False
        self._limits, self._wanted = limits, wanted
        self._out: list[RawRow] = []
        self._path: list[str] = []
        self._number = 0
        self._column = -1
        self._next_column = 0
        self._row = RawRow(0, [])
        self._text: list[str] = []
        self._kind = ""
        self._formula = False
        self._span = self._across = 0

    def rows(self, file: BinaryIO) -> Iterator[RawRow]:
        feed = Feeder(start=self._start, end=self._end, text=self._data)
        file.seek(0)
        while chunk := file.read(CHUNK):
            place = file.tell()
            feed(chunk)
            yield from self._out
            self._out = []
            file.seek(place)
        feed.close()
        yield from self._out

    def _start(self, name: str, pairs: list[str]) -> None:
        tag, above = local(name), self._path[-1] if self._path else ""
        self._path.append(tag)
        if len(self._path) > 100:
            raise UnreadableFile("damaged")
        said = {local(pairs[at]): pairs[at + 1] for at in range(0, len(pairs), 2)}
        if tag == _WORKBOOK and not above:
            self.is_workbook = True
        elif tag == "Worksheet" and above == _WORKBOOK:
            self.sheets.append(_Sheet(said.get("Name", "")))
            self._number = 0
        elif tag == "Table" and above == "Worksheet":
            self._next_column = 0
        elif tag == "Column" and above == "Table":
            self._note_column(said)
        elif tag == "Row" and above == "Table":
            self._number = max(_whole(said.get("Index"), self._number + 1), self._number + 1)
            self._row = RawRow(self._number, [], {}, hidden=said.get("Hidden") == "1")
            self._column = -1
            self._span = _whole(said.get("Span"), 0)
        elif tag == "Cell" and above == "Row":
            self._begin_cell(said)
        elif tag == "Data" and above == "Cell":
            self._kind = _KINDS.get(said.get("Type", ""), "")

    def _note_column(self, said: dict[str, str]) -> None:
        first = _whole(said.get("Index"), self._next_column + 1) - 1
        self._next_column = first + 1 + _whole(said.get("Span"), 0)
        if said.get("Hidden") == "1":
            self.sheets[-1].hidden_columns.update(range(first, min(self._next_column, 200)))

    def _begin_cell(self, said: dict[str, str]) -> None:
        self._column = max(_whole(said.get("Index"), self._column + 2) - 1, self._column + 1)
        if self._column >= 16_384:
            raise UnreadableFile("damaged")
        self._text, self._kind, self._formula = [], "", "Formula" in said
        down, self._across = _whole(said.get("MergeDown"), 0), _whole(said.get("MergeAcross"), 0)
        if down and self._wanted < 0:
            last = self._column + self._across
            self.sheets[-1].merges.append(Merge(self._number, self._column, self._number + down, last))

    def _data(self, text: str) -> None:
        if self._path[-1] == "Visible" or "Data" in self._path[-4:]:
            self._text.append(text)

    def _end(self, name: str) -> None:
        tag = local(name)
        self._path.pop()
        above = self._path[-1] if self._path else ""
        if tag == "Cell" and above == "Row":
            self._end_cell()
        elif tag == "Row" and above == "Table":
            self._end_row()
        elif tag == "Visible" and above == "WorksheetOptions":
            self.sheets[-1].hidden = "".join(self._text).strip() in ("SheetHidden", "SheetVeryHidden")
        if tag in ("Cell", "Row", "Visible", "Table"):
            self._text = []

    def _end_cell(self) -> None:
        text = "".join(self._text)
        if len(text) > self._limits.cell_characters:
            name = self.sheets[-1].name
            raise UnreadableFile("cell_too_long", sheet=name, most=self._limits.cell_characters)
        if text and self._column < self._limits.columns:
            self._put(text)
        self._column += self._across
        self._across = 0

    def _put(self, text: str) -> None:
        kind = self._kind
        if kind == DATE:
            text = text.partition("T")[0] if "T00:00:00" in text else text.replace("T", " ").removesuffix(".000")
        if self._formula:
            kind = FORMULA_NUMBER if kind == NUMBER else FORMULA
        row = self._row
        row.texts += [""] * (self._column + 1 - len(row.texts))
        row.texts[self._column] = text
        if kind:
            row.kinds[self._column] = kind

    def _end_row(self) -> None:
        self._number += self._span
        filled = any(self._row.texts)
        self.sheets[-1].filled += filled
        if len(self.sheets) - 1 == self._wanted:
            self._out.append(self._row)


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else otherwise
