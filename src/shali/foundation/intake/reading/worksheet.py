"""One sheet of an .xlsx: a quick count over the bytes first, then row by row through a real XML parser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from shali.foundation.intake.reading.archive import Archive
from shali.foundation.intake.reading.markup import Feeder, local, unescape
from shali.foundation.intake.reading.plain_rows import plain_row, runs
from shali.foundation.intake.reading.records import BOOLEAN, DATE, ERROR, FORMULA, FORMULA_NUMBER, NUMBER, Merge, RawRow
from shali.foundation.intake.reading.refusals import UnreadableFile
from shali.foundation.intake.reading.shared_texts import SharedTexts

_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^>]*)>")
_RANGE = re.compile(rb'\b(min|max|hidden)="(\w+)"')
_PREFIX = re.compile(rb"<(\w+:)?worksheet[\s>]")
_MERGES_READ = 200_000


@dataclass(slots=True)
class Survey:
    """What the bytes of a sheet say without a parser: rows that hold a value, merged cells, hidden columns."""

    filled_rows: int = 0
    merges: list[Merge] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)


def survey(archive: Archive, part: str) -> Survey:
    """Count the rows that hold a value or a text, by cutting the bytes at each row's end."""
    found = Survey()
    tail, prefix = b"", None
    for chunk in archive.chunks(part):
        piece = tail + chunk
        if prefix is None:
            hit = _PREFIX.search(piece)
            prefix = (hit[1] or b"") if hit else b""
            row_end, value, text = b"</" + prefix + b"row>", b"<" + prefix + b"v", b"<" + prefix + b"t"
            signs = [tag + after for tag in (value, text) for after in (b">", b" ", b"/")]
            _note_columns(piece, found)
        parts = piece.split(row_end)
        tail = parts.pop()
        for row in parts:
            if any(sign in row for sign in signs):
                found.filled_rows += 1
        if len(tail) > 64 * 1024 * 1024:
            raise UnreadableFile("damaged")
    for hit in _MERGE.finditer(tail):
        if len(found.merges) >= _MERGES_READ:
            break
        first, last = column_index(hit[1].decode()), column_index(hit[3].decode())
        found.merges.append(Merge(int(hit[2]), first, int(hit[4]), last))
    return found


def _note_columns(head: bytes, found: Survey) -> None:
    for hit in _COLUMN.finditer(head):
        values = {key: value.decode() for key, value in _RANGE.findall(hit[1])}
        if values.get(b"hidden") in ("1", "true"):
            last = min(int(values[b"max"]), 200)
            found.hidden_columns.update(range(int(values[b"min"]) - 1, last))


def column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


class SheetReader:
    """Reads rows as the parser meets them; at most one piece of the file's bytes is in memory."""

    def __init__(
        self, *, archive: Archive, part: str, texts: SharedTexts, date_styles: frozenset[int], is_1904: bool, name: str
    ) -> None:
        self._archive, self._part, self._shared = archive, part, texts
        self._date_styles, self._is_1904, self._name = date_styles, is_1904, name
        self._limits = archive.limits
        self._columns: dict[str, int] = {}
        self._done: list[RawRow] = []
        self._row: RawRow | None = None
        self._row_number = 0
        self._column = -1
        self._type = "n"
        self._style = 0
        self._value: list[str] = []
        self._taking = self._in_hint = self._has_formula = self._row_filled = False
        self.filled_rows = 0

    def rows(self) -> Iterator[RawRow]:
        """Yield the rows of the sheet in the order of the file.

        :raises UnreadableFile: rows counted here and by `survey` differ (checked by the caller), or damage
        """
        feed = Feeder(start=self._start, end=self._end, text=self._text)
        for piece, plain in runs(self._archive.chunks(self._part)):
            if plain and self._stands_between_rows():
                feed.check(piece)
                for row in plain:
                    self._take_plain(row.decode())
            else:
                feed(piece)
            if self._done:
                yield from self._done
                self._done.clear()
        feed.close()
        yield from self._done
        self._done.clear()

    def _stands_between_rows(self) -> bool:
        return self._row is None and not self._taking and not self._in_hint

    def _take_plain(self, text: str) -> None:
        """Take a row as the parser's calls would have said it."""
        number, cells, says_something = plain_row(text)
        row = self._begin_row(number, hidden=False)
        for letters, style, kind, value, in_place in cells:
            known = self._columns.get(letters)
            self._begin_cell(known if known is not None else self._learn(letters))
            if raw := value or in_place:
                self._type, self._style = kind or "n", int(style or 0)
                self._put(raw)
        self.filled_rows += says_something
        self._done.append(row)
        self._row = None

    def _start(self, name: str, attributes: list[str]) -> None:
        if name == "c" or name.endswith(":c"):
            self._start_cell(attributes)
        elif name == "v" or (name == "t" and not self._in_hint):
            self._taking = True
        elif name == "f":
            self._has_formula = True
        elif name == "row" or name.endswith(":row"):
            self._start_row(attributes)
        elif ":" in name:
            self._start_prefixed(local(name))
        elif name == "rPh":
            self._in_hint = True

    def _start_prefixed(self, tag: str) -> None:
        if tag == "v" or (tag == "t" and not self._in_hint):
            self._taking = True
        elif tag == "f":
            self._has_formula = True
        elif tag == "rPh":
            self._in_hint = True

    def _start_row(self, attributes: list[str]) -> None:
        values = dict(zip(attributes[::2], attributes[1::2], strict=True))
        try:
            number = int(values.get("r", self._row_number + 1))
        except ValueError as error:
            raise UnreadableFile("damaged") from error
        self._begin_row(number, hidden=values.get("hidden") in ("1", "true"))

    def _begin_row(self, number: int, *, hidden: bool) -> RawRow:
        if number <= self._row_number or number > 1_048_576:
            raise UnreadableFile("damaged")
        self._row_number, self._column, self._row_filled = number, -1, False
        self._row = RawRow(number, [], hidden=hidden)
        return self._row

    def _start_cell(self, attributes: list[str]) -> None:
        self._type, self._style, self._value, self._has_formula = "n", 0, [], False
        column = self._column + 1
        for at in range(0, len(attributes), 2):
            key, value = attributes[at], attributes[at + 1]
            if key == "r":
                letters = value.rstrip("0123456789")
                known = self._columns.get(letters)
                column = known if known is not None else self._learn(letters)
            elif key == "t":
                self._type = value
            elif key == "s":
                self._style = int(value) if value.isdigit() else 0
        self._begin_cell(column)

    def _begin_cell(self, column: int) -> None:
        if column <= self._column or self._row is None:
            raise UnreadableFile("damaged")
        self._column = column

    def _learn(self, letters: str) -> int:
        if not letters.isalpha() or not letters.isascii() or len(letters) > 3:
            raise UnreadableFile("damaged")
        return self._columns.setdefault(letters, column_index(letters.upper()))

    def _text(self, data: str) -> None:
        if self._taking:
            self._value.append(data)
            if len(self._value) > 64 and sum(map(len, self._value)) > self._limits.cell_characters:
                raise UnreadableFile("cell_too_long", sheet=self._name, most=self._limits.cell_characters)

    def _end(self, name: str) -> None:
        tag = name if ":" not in name else local(name)
        if tag in ("v", "t"):
            self._taking = False
            self._row_filled = self._row_filled or not self._in_hint
        elif tag == "c":
            self._end_cell()
        elif tag == "rPh":
            self._in_hint = False
        elif tag == "row" and self._row is not None:
            self.filled_rows += self._row_filled
            self._done.append(self._row)
            self._row = None

    def _end_cell(self) -> None:
        if self._value or self._has_formula:
            self._put("".join(self._value))

    def _put(self, raw: str) -> None:
        row, column = self._row, self._column
        if row is None or column >= self._limits.columns:
            return
        if len(raw) > self._limits.cell_characters:
            raise UnreadableFile("cell_too_long", sheet=self._name, most=self._limits.cell_characters)
        text, kind = self._read_value(raw)
        if self._has_formula:
            kind = FORMULA_NUMBER if kind == NUMBER else FORMULA
        missing = column - len(row.texts)
        if missing > 0:
            row.texts.extend([""] * missing)
        row.texts.append(text)
        if kind:
            row.kinds[column] = kind

    def _read_value(self, raw: str) -> tuple[str, str]:
        kind = self._type
        if kind == "s":
            if not raw.isdigit():
                raise UnreadableFile("damaged")
            return self._shared[int(raw)], ""
        if kind == "n":
            if self._style in self._date_styles and (day := serial_day(raw, is_1904=self._is_1904)):
                return day, DATE
            return raw, NUMBER if raw else ""
        if kind in ("str", "inlineStr"):
            return unescape(raw), ""
        if kind == "b":
            return raw, BOOLEAN
        if kind == "e":
            return raw, ERROR
        return raw, DATE if kind == "d" else ""


_DAYS: dict[tuple[str, bool], str] = {}


def serial_day(raw: str, *, is_1904: bool) -> str:
    """Return "2022-08-05" or "2022-08-05 16:05:00" for a day counted from 1900 or 1904, '' when it is none."""
    known = _DAYS.get((raw, is_1904))
    if known is not None:
        return known
    try:
        value = float(raw)
    except ValueError:
        return ""
    if not 1 <= value < 2_958_466:
        return ""
    # The sheets' calendar has a 29 February 1900 that never was.
    start = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30) if value >= 60 else datetime(1899, 12, 31)  # noqa: DTZ001 - a sheet's clock has no zone
    moment = start + timedelta(seconds=round(value * 86_400))
    text = moment.date().isoformat() if moment.time() == time(0) else moment.isoformat(sep=" ")
    if len(_DAYS) < 50_000:
        _DAYS[(raw, is_1904)] = text
    return text


def day_text(value: date | datetime) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat()
