"""Lists as text: which encoding, which separator, and the records."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from shali.foundation.intake.reading.limits import Limits
from shali.foundation.intake.reading.records import Book, RawRow, RawSheet
from shali.foundation.intake.reading.refusals import UnreadableFile

SEPARATORS = ",\t;|，"
CHUNK = 1 << 20
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030")
# What is sent as four bytes: CJK extensions A to H. A pair of headings is proof of a list.
_FOUR_BYTES = re.compile("[\u3400-\u4dbf\U00020000-\U0003ffff]")
_HEADINGS = re.compile("姓名|证件号|身份证|电话|手机|联系方式|地址|住址|序号|性别|备注|单位")
_GARBLED = re.compile(r"锟斤拷|烫烫烫|\ufffd")


def open_plain_text(file: BinaryIO, limits: Limits, encoding: str = "") -> Book:
    """Return the one sheet of a text list.

    :raises UnreadableFile: its encoding cannot be told, or it is no text
    """
    encoding = encoding or find_encoding(file)
    file.seek(0)
    start = next(pieces_of(file, encoding), "")[:200_000]
    if not start.strip("\ufeff \t\r\n,;\x00"):
        raise UnreadableFile("empty")
    separator = _separator(start)
    counted = _count_records(file, encoding, quoted=_is_quoted(start, separator))

    def rows() -> Iterator[RawRow]:
        file.seek(0)
        seen = 0
        for record in _records(
            pieces_of(file, encoding), separator, quoted=_is_quoted(start, separator), limits=limits
        ):
            seen += 1
            if seen > limits.rows:
                raise UnreadableFile("too_many_rows", most=limits.rows)
            yield RawRow(seen, record)
        if seen != counted:
            raise UnreadableFile("two_counts", sheet="1", first=seen, second=counted)

    return Book("csv", encoding, [RawSheet("", 0, False, rows)])


def find_encoding(file: BinaryIO) -> str:
    """Return the encoding: by its mark, else UTF-8 when every byte agrees, else GB18030 when it reads as Chinese.

    :raises UnreadableFile: none of these; the sender is asked rather than guessed at
    """
    file.seek(0)
    start = file.read(4)
    if start.startswith(codecs.BOM_UTF8):
        return _must_decode(file, "utf-8-sig")
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise UnreadableFile("encoding_unclear")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _must_decode(file, "utf-16")
    sample = start + file.read(65_536)
    if sample.count(0) * 20 > len(sample):
        raise UnreadableFile("encoding_unclear" if sample.count(0) * 4 > len(sample) else "unknown_content")
    if _control_share(sample) > 0.02:
        raise UnreadableFile("unknown_content")
    if re.search(rb"~\{[!-~]{2,}~\}", sample):
        raise UnreadableFile("encoding_unclear")
    if (text := _decodes(file, "utf-8")) is not None:
        if _GARBLED.search(text):
            raise UnreadableFile("encoding_unclear")
        return "utf-8"
    if (text := _decodes(file, "gb18030")) is not None and reads_as_chinese(text) and not _is_mixed(file):
        return "gb18030"
    raise UnreadableFile("encoding_unclear")


def _must_decode(file: BinaryIO, encoding: str) -> str:
    if _decodes(file, encoding) is None:
        raise UnreadableFile("damaged")
    return encoding


def _decodes(file: BinaryIO, encoding: str) -> str | None:
    """Return the first characters when the whole file decodes strictly, else None."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    start = ""
    try:
        while chunk := file.read(CHUNK):
            text = decoder.decode(chunk)
            if len(start) < 400_000:
                start += text
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return start


def _control_share(sample: bytes) -> float:
    return sum(byte < 32 and byte not in (9, 10, 13, 26) for byte in sample) / max(len(sample), 1)


def reads_as_chinese(text: str) -> bool:
    """Say whether decoded text uses the characters that Chinese is written with.

    Of real lists nearly all characters lie in the first level of GB 2312 (3,755 common ones) or in its signs;
    Big5 or other bytes read as GB18030 scatter over the rare ones. Han characters of four bytes are no sign
    against it: no other encoding makes them by chance. Where headings of a list stand, names may be rarer.
    """
    letters = [sign for sign in text if ord(sign) > 127 and not _FOUR_BYTES.match(sign)]
    if not letters:
        return True
    common = 0
    for sign, times in Counter(letters).items():
        try:
            first = sign.encode("gb2312")[0]
        except UnicodeEncodeError:
            continue
        if 0xA1 <= first <= 0xA3 or 0xB0 <= first <= 0xD7:
            common += times
    return common / len(letters) >= (0.6 if len(set(_HEADINGS.findall(text[:20_000]))) >= 2 else 0.85)


def _is_mixed(file: BinaryIO) -> bool:
    """Say whether single lines are UTF-8 that only by chance reads as GB18030 too."""
    file.seek(0)
    for line in file.read(CHUNK).splitlines():
        if line.isascii():
            continue
        try:
            other = line.decode("utf-8")
            mine = line.decode("gb18030", "replace")
        except UnicodeDecodeError:
            continue
        letters = sum(ord(sign) > 127 for sign in other)
        if letters >= 3 and reads_as_chinese(other) and not reads_as_chinese(mine):
            return True
    return False


def pieces_of(file: BinaryIO, encoding: str) -> Iterator[str]:
    file.seek(0)
    chunks = iter(lambda: file.read(CHUNK), b"")
    return codecs.iterdecode(chunks, "utf-8-sig" if encoding == "utf-8" else encoding, "strict")


def _separator(start: str) -> str:
    lines = [line for line in start.splitlines()[:60] if line.strip()]

    def most_regular(sign: str) -> tuple[int, int]:
        counts = Counter(line.count(sign) for line in lines if sign in line)
        if not counts:
            return (0, 0)
        number, lines_with = max(counts.items(), key=lambda pair: (pair[1] * min(pair[0], 3), pair[0]))
        return (lines_with * min(number, 3), number)

    return max(SEPARATORS, key=most_regular)


def _is_quoted(start: str, separator: str) -> bool:
    """Say whether quotation marks enclose fields here, or are only letters in them."""
    return re.search(rf'(?:^|{re.escape(separator)}|\n)"', start) is not None


def _lines(pieces: Iterable[str]) -> Iterator[str]:
    """Yield lines cut at CR, LF or both only; other separators of Unicode may stand inside a cell."""
    rest = ""
    for chunk in pieces:
        piece = rest + chunk
        # A CR at the very end may be half of a CR LF.
        held = "\r" if piece.endswith("\r") else ""
        piece = piece[: len(piece) - len(held)]
        lines = piece.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        rest = lines.pop() + held
        for line in lines:
            yield line + "\n"
    if rest:
        yield rest.rstrip("\r") + "\n"


def _records(pieces: Iterable[str], separator: str, *, quoted: bool, limits: Limits) -> Iterator[list[str]]:
    csv.field_size_limit(limits.cell_characters)
    reader = csv.reader(
        _lines(pieces), delimiter=separator, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE, strict=quoted
    )
    try:
        for record in reader:
            yield record[: limits.columns]
    except csv.Error as error:
        raise UnreadableFile("open_quote", line=reader.line_num) from error


def _count_records(file: BinaryIO, encoding: str, *, quoted: bool) -> int:
    """Count line ends outside quotation marks: the second way, without the csv module."""
    count, inside, last = 0, False, ""
    for line in _lines(pieces_of(file, encoding)):
        if quoted:
            inside ^= line.count('"') % 2 == 1
        count += not inside
        last = line
    return count + (inside and last != "")
