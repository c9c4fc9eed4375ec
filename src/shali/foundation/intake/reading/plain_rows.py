"""Rows of a sheet as most programs write them, told by a pattern: a parser calls back seven times for each cell.

A pattern is no judge of XML. Whoever takes rows from here lets the parser see the same bytes, and takes them only
where it would have met the same rows; all else is left to the parser alone.
"""

import re
from collections.abc import Iterator

ROW_END = b"</row>"
# Without a row's end in so many bytes this is no sheet of plain rows.
LONGEST_ROW = 1 << 20
_UTF_8 = re.compile(rb"\xef\xbb\xbf|<\?xml [^<>?]*?\?>", re.IGNORECASE)
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)")
_CELL = (
    r'<c r="([A-Z]{1,3})[0-9]{1,7}"(?: s="([0-9]{1,6})")?(?: t="([a-zA-Z]+)")?'
    r'(?:/>|>(?:<v>([^<&]*)</v>|<is><t(?: xml:space="preserve")?>([^<&]*)</t></is>)?</c>)'
)
_CELLS = re.compile(_CELL)
# No entities, no formulas, nothing hidden, no line ends that a parser would change.
_ROW = re.compile(
    rb'<row r="[0-9]{1,7}"(?:(?! hidden)[^<>\r&])*(?<!/)>(?:%s)*+'
    % _CELL.replace("(?:", "\0").replace("(", "(?:").replace("\0", "(?:").replace("[^<&]", r"[^<&\r]").encode()
)
_NUMBER = re.compile(r'<row r="([0-9]+)"')

Cell = tuple[str, str, str, str, str]  # letters of the column, style, type, value, text in place


def plain_row(row: str) -> tuple[int, list[Cell], bool]:
    """Return a plain row's number, its cells, and whether any of them says something."""
    number = _NUMBER.match(row)
    assert number is not None
    return int(number[1]), _CELLS.findall(row), "</v>" in row or "</t>" in row


def runs(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, list[bytes]]]:
    """Cut a sheet's bytes behind rows: (bytes, the plain rows that they are, none where only the parser can tell)."""
    tail, is_first = b"", True
    for chunk in chunks:
        piece = tail + chunk
        if not _may_be_plain(piece, is_first=is_first) or len(piece) > LONGEST_ROW + len(chunk):
            yield piece, []
            yield from ((rest, []) for rest in chunks)
            return
        is_first = False
        *rows, tail = piece.split(ROW_END)
        yield from _grouped(rows)
    yield tail, []


def _may_be_plain(piece: bytes, *, is_first: bool) -> bool:
    """Say whether every row in these bytes is one: none stands in a comment, in other signs than UTF-8's, and so on."""
    if is_first:
        said = _ENCODING.search(piece[:200])
        if said is not None and said[1].lower() not in (b"utf-8", b"us-ascii"):
            return False
        piece = _UTF_8.sub(b"", piece, count=2)
    return b"<!" not in piece and b"<?" not in piece


def _grouped(rows: list[bytes]) -> Iterator[tuple[bytes, list[bytes]]]:
    plain: list[bytes] = []
    for row in rows:
        if _ROW.fullmatch(row):
            plain.append(row)
            continue
        if plain:
            yield ROW_END.join([*plain, b""]), plain
            plain = []
        yield row + ROW_END, []
    if plain:
        yield ROW_END.join([*plain, b""]), plain
