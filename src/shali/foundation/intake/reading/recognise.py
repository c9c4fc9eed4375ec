"""What a file is, by its first bytes. Its name is not asked."""

from typing import BinaryIO

from shali.foundation.intake.reading.refusals import UnreadableFile

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_REFUSED_STARTS = (
    (b"%PDF", "pdf"),
    (b"{\\rtf", "document"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"PK\x05\x06", "damaged"),
    (b"\x09\x08", "very_old_workbook"),
    (b"\x09\x04", "very_old_workbook"),
    (b"\x09\x02", "very_old_workbook"),
    (b"\x09\x00", "very_old_workbook"),
    (b"MZ", "unknown_content"),
    (b"\x7fELF", "unknown_content"),
    (b"SQLite format 3", "unknown_content"),
)

_PAGES = (
    b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<style", b"<!--", b"<div", b"<body", b"<center",
)  # fmt: skip


def recognise(file: BinaryIO) -> str:
    """Return "zip", "ole", "html", "xml_sheet" or "text".

    :raises UnreadableFile: it is something that no list comes as
    """
    file.seek(0)
    start = file.read(4096)
    file.seek(0)
    if not start:
        raise UnreadableFile("empty")
    if start.startswith(b"PK\x03\x04"):
        return "zip"
    if start.startswith(OLE):
        return "ole"
    for sign, code in _REFUSED_STARTS:
        if start.startswith(sign) and not (len(sign) == 2 and _is_text(start)):
            raise UnreadableFile(code)
    return _markup(start) or "text"


def _is_text(start: bytes) -> bool:
    # A few letters that happen to spell a magic number stay text; control characters decide.
    return not any(byte < 9 or 13 < byte < 27 for byte in start)


def _markup(start: bytes) -> str:
    head = start.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if head.startswith(b"mime-version:"):
        raise UnreadableFile("web_archive")
    if head.startswith((*_PAGES, b"<?xml")) and b"<!entity" in head:
        raise UnreadableFile("entities")
    if head.startswith(_PAGES) or (head.startswith(b"<?xml") and b"<html" in head):
        if b"<frameset" in head:
            raise UnreadableFile("web_page")
        return "html"
    if head.startswith((b"<?xml", b"<workbook", b"<ss:workbook")):
        if b"<!doctype" in head:
            raise UnreadableFile("entities")
        if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
            return "xml_sheet"
        raise UnreadableFile("xml_data")
    return ""
