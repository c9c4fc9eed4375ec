"""A packed workbook (.xlsx, .xlsm): its sheets, their names and states, and which styles show days."""

import re
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from shali.foundation.intake.reading.archive import Archive
from shali.foundation.intake.reading.limits import Limits
from shali.foundation.intake.reading.markup import local, parse
from shali.foundation.intake.reading.records import Book, RawRow, RawSheet
from shali.foundation.intake.reading.refusals import UnreadableFile
from shali.foundation.intake.reading.shared_texts import SharedTexts
from shali.foundation.intake.reading.worksheet import SheetReader, Survey, survey

_BUILT_IN_DAYS = {*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)}
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


def open_workbook(file: BinaryIO, limits: Limits) -> Book:
    """Return the book of a zip.

    :raises UnreadableFile: it is another kind of archive, damaged, or hostile
    """
    archive = Archive(file, limits)
    main = _main_part(archive)
    relations = _relations(archive, main)
    listed, is_1904 = _listed_sheets(archive, main)
    folder = main.rpartition("/")[0]
    styles = archive.find(f"{folder}/styles.xml")
    date_styles = _date_styles(archive, styles) if styles else frozenset()
    texts = SharedTexts(limits)
    strings = next((part for kind, part in relations.values() if kind == "sharedStrings"), None)
    if strings and (part := archive.find(_join(folder, strings))):
        texts.load(archive.chunks(part))
    sheets: list[RawSheet] = []
    for index, (name, relation, hidden) in enumerate(listed):
        kind, target = relations.get(relation, ("", ""))
        part = archive.find(_join(folder, target))
        if kind != "worksheet" or part is None:
            continue
        seen = survey(archive, part)
        reader = SheetReader(
            archive=archive, part=part, texts=texts, date_styles=date_styles, is_1904=is_1904, name=name
        )
        sheets.append(
            RawSheet(
                name,
                index,
                hidden,
                partial(_rows, reader, seen, name),
                seen.merges,
                frozenset(seen.hidden_columns),
                seen.filled_rows,
            )
        )
    if not sheets:
        raise UnreadableFile("no_sheets")
    return Book("xlsx", "", sheets, macros=archive.find(f"{folder}/vbaProject.bin") is not None)


def _rows(reader: SheetReader, seen: Survey, name: str) -> Iterator[RawRow]:
    """Yield the rows of one sheet, refused at the end when the parser and the bytes do not agree on their number."""
    yield from reader.rows()
    if reader.filled_rows != seen.filled_rows:
        raise UnreadableFile("two_counts", sheet=name, first=reader.filled_rows, second=seen.filled_rows)


def _main_part(archive: Archive) -> str:
    if archive.find("[Content_Types].xml") is None:
        if (kind := archive.find("mimetype")) and b"opendocument" in archive.read(kind, most=1000):
            raise UnreadableFile("open_document")
        raise UnreadableFile("archive")
    if archive.find("xl/workbook.bin"):
        raise UnreadableFile("binary_workbook")
    if main := archive.find("xl/workbook.xml"):
        return main
    root = archive.find("_rels/.rels")
    for kind, target in _read_relations(archive, root).values() if root else ():
        if kind == "officeDocument" and (part := archive.find(target)) and "word/" not in part and "ppt/" not in part:
            return part
    raise UnreadableFile("document" if any(name.startswith(("word/", "ppt/")) for name in archive.names) else "archive")


def _join(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"


def _relations(archive: Archive, main: str) -> dict[str, tuple[str, str]]:
    folder, _, name = main.rpartition("/")
    part = archive.find(f"{folder}/_rels/{name}.rels")
    if part is None:
        raise UnreadableFile("damaged")
    return _read_relations(archive, part)


def _read_relations(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}

    def start(name: str, attributes: list[str]) -> None:
        values = dict(zip(attributes[::2], attributes[1::2], strict=True))
        # A part outside the file is never fetched.
        if local(name) == "Relationship" and values.get("TargetMode") != "External":
            kind = values.get("Type", "").rpartition("/")[2]
            found[values.get("Id", "")] = (kind, values.get("Target", "").replace("\\", "/"))

    parse([archive.read(part)], start=start, end=lambda _: None)
    return found


def _listed_sheets(archive: Archive, main: str) -> tuple[list[tuple[str, str, bool]], bool]:
    sheets: list[tuple[str, str, bool]] = []
    base = {"1904": False}

    def start(name: str, attributes: list[str]) -> None:
        values = dict(zip(attributes[::2], attributes[1::2], strict=True))
        if local(name) == "sheet":
            relation = next((value for key, value in values.items() if key.endswith(":id")), "")
            sheets.append((values.get("name", ""), relation, values.get("state", "visible") != "visible"))
        elif local(name) == "workbookPr":
            base["1904"] = values.get("date1904") in ("1", "true")

    parse([archive.read(main)], start=start, end=lambda _: None)
    return sheets, base["1904"]


def _date_styles(archive: Archive, part: str) -> frozenset[int]:
    """Return the style numbers under which a number is shown as a day."""
    formats: dict[int, str] = {}
    styles: list[int] = []
    inside = {"cellXfs": False}

    def start(name: str, attributes: list[str]) -> None:
        tag = local(name)
        values = dict(zip(attributes[::2], attributes[1::2], strict=True))
        if tag == "numFmt" and values.get("numFmtId", "").isdigit():
            formats[int(values["numFmtId"])] = values.get("formatCode", "")
        elif tag == "cellXfs":
            inside["cellXfs"] = True
        elif tag == "xf" and inside["cellXfs"]:
            number = values.get("numFmtId", "0")
            styles.append(int(number) if number.isdigit() else 0)

    def end(name: str) -> None:
        if local(name) == "cellXfs":
            inside["cellXfs"] = False

    parse(archive.chunks(part), start=start, end=end)
    return frozenset(at for at, number in enumerate(styles) if _shows_day(number, formats.get(number)))


def _shows_day(number: int, code: str | None) -> bool:
    if code is None:
        return number in _BUILT_IN_DAYS
    plain = _QUOTED.sub("", code).lower().split(";")[0]
    return any(sign in plain for sign in ("y", "d")) or ("m" in plain and "h" not in plain and "0" not in plain)
