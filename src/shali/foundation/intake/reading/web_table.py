"""Tables of a web page that bears the name of a sheet, as many systems export them (.xls that is HTML).

Only text is taken: nothing is fetched, no script runs, definitions of its own are refused. As in Excel the
tables of a page stand one below the other on one sheet, with the lines of text between them.
"""

import codecs
import re
from html.parser import HTMLParser
from typing import BinaryIO

from shali.foundation.intake.reading.limits import MEGABYTE, Limits
from shali.foundation.intake.reading.plain_text import CHUNK, find_encoding, pieces_of
from shali.foundation.intake.reading.records import NUMBER, Book, Merge, RawRow, RawSheet
from shali.foundation.intake.reading.refusals import UnreadableFile

LARGEST = 150 * MEGABYTE  # html is ten times the size of its cells
_SILENT = frozenset({"script", "style", "title", "xml", "template", "noscript"})
_LINES = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "center", "caption", "body", "form"})
_BREAKS = frozenset({"br", "p", "div", "li"})
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{3,20})", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_NAMES = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "utf-8": "utf-8", "utf8": "utf-8"}
_WIDEST = 200
_TALLEST = 2_000

Attributes = dict[str, str]


def open_web_table(file: BinaryIO, limits: Limits) -> Book:
    """Return the one sheet that the tables of a web page make.

    :raises UnreadableFile: it has no table, is too large, or its encoding cannot be told
    """
    file.seek(0, 2)
    if file.tell() > LARGEST:
        raise UnreadableFile("too_large", size=file.tell(), most=LARGEST)
    encoding = _encoding(file)
    page = _Page(limits)
    rows: list[RawRow] = []
    for piece in pieces_of(file, encoding):
        page.feed(piece)
        rows += page.out
        page.out = []
        if len(rows) > limits.rows:
            raise UnreadableFile("too_many_rows", most=limits.rows)
    page.close()
    page.end_of_page()
    rows += page.out
    if not page.tables:
        raise UnreadableFile("web_page")
    return Book("html", encoding, [RawSheet("", 0, False, lambda: iter(rows), page.merges)])


def _encoding(file: BinaryIO) -> str:
    """Return what the bytes prove; the page's own word counts where they leave it open, and must hold throughout."""
    file.seek(0)
    said = _CHARSET.search(file.read(4096))
    try:
        return find_encoding(file)
    except UnreadableFile:
        encoding = _NAMES.get(said[1].decode("ascii").lower(), "") if said else ""
        if not encoding or not _decodes(file, encoding):
            raise
        return encoding


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


class _Page(HTMLParser):
    """Collects rows; a table inside a cell gives rows of its own, so that nothing stands in two of them."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[RawRow] = []
        self.merges: list[Merge] = []
        self.tables = 0
        self._limits = limits
        self._number = 0
        self._depth = 0
        self._silent = 0
        self._row: list[str] | None = None
        self._kinds: dict[int, str] = {}
        self._hidden = False
        self._cell: list[str] | None = None
        self._spans = (1, 1)
        self._exact: str | None = None
        self._busy: dict[int, int] = {}  # column: the last row that a cell above reaches down to
        self._line: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table":
            self._end_row()
            self._end_line()
            self._depth += 1
            self.tables += 1
            self._busy = {}
        elif tag == "tr":
            self._end_row()
            self._end_line()
            self._row, self._kinds = [], {}
            self._hidden = bool(_HIDDEN.search(dict(attrs).get("style") or ""))
        elif tag in ("td", "th") and self._depth:
            self._end_cell()
            self._begin_cell({name: value or "" for name, value in attrs})
        elif tag in _BREAKS and self._cell:
            self._cell.append("\n")
        elif tag in _LINES and not self._depth:
            self._end_line()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _SILENT:
            self.handle_starttag(tag, attrs)
            if tag in ("td", "th", "tr", "table"):
                self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag == "table":
            self._end_row()
            self._depth = max(0, self._depth - 1)
        elif tag in _LINES and not self._depth:
            self._end_line()

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._cell is not None:
            self._cell.append(re.sub(r"[ \t\r\n]+", " ", data))
        elif data.strip():
            self._line.append(data)
            if self._depth:
                self._end_line()

    def unknown_decl(self, data: str) -> None:
        """Pass over what Microsoft writes between tags; it is no definition."""

    def handle_decl(self, decl: str) -> None:
        if "<!entity" in decl.lower():
            raise UnreadableFile("entities")

    def end_of_page(self) -> None:
        self._end_row()
        self._end_line()

    def _begin_cell(self, attributes: Attributes) -> None:
        if self._row is None:
            self._row, self._kinds, self._hidden = [], {}, False
        number = self._number + 1
        while self._busy.get(len(self._row), 0) >= number:
            self._row.append("")
        self._cell = []
        self._spans = (_span(attributes.get("rowspan", ""), _TALLEST), _span(attributes.get("colspan", ""), _WIDEST))
        self._exact = attributes.get("x:num")

    def _end_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        text = re.sub(r" *\n *", "\n", "".join(self._cell)).strip(" \n\xa0")
        self._cell = None
        if len(text) > self._limits.cell_characters:
            raise UnreadableFile("cell_too_long", sheet="1", most=self._limits.cell_characters)
        column, (down, across) = len(self._row), self._spans
        if column + across > self._limits.columns:
            raise UnreadableFile("damaged")
        if self._exact is not None and text:
            # Excel's own export keeps the number behind what was shown; the shown one may be rounded.
            text = self._exact or text
            self._kinds[column] = NUMBER
        self._row += [text] + [""] * (across - 1)
        if down > 1:
            last = self._number + down
            for reached in range(column, column + across):
                self._busy[reached] = last
            self.merges.append(Merge(self._number + 1, column, last, column + across - 1))

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is None:
            return
        texts, self._row = self._row, None
        self._number += 1
        if any(texts):
            self.out.append(RawRow(self._number, texts, self._kinds, hidden=self._hidden))
        else:
            self.out.append(RawRow(self._number, [], {}))

    def _end_line(self) -> None:
        text = " ".join("".join(self._line).split())
        self._line = []
        if text:
            self._number += 1
            self.out.append(RawRow(self._number, [text[: self._limits.cell_characters]]))


def _span(text: str, most: int) -> int:
    return min(max(int(text), 1), most) if text.isascii() and text.isdigit() and len(text) < 7 else 1
