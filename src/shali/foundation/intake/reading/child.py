"""The process that reads a file nobody trusts. It opens nothing: the file is its standard input.

It writes lines of JSON: ["r", ...] for a row, ["w", ...] for a row as it stands when nothing else was asked for,
["p", rows] now and then, ["x", code, values] when the file is refused, and ["end", {...}] when all was read.
"""

import os
import resource
import sys
from array import array
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import orjson

from shali.foundation.intake.reading.findings import Verdict
from shali.foundation.intake.reading.limits import FORMAT_ROWS, Limits
from shali.foundation.intake.reading.mapping import Mapping
from shali.foundation.intake.reading.recognise import recognise
from shali.foundation.intake.reading.records import Book
from shali.foundation.intake.reading.refusals import UnreadableFile
from shali.foundation.intake.reading.tables import SheetWalk

EVERY = 20_000


def open_book(file: BinaryIO, limits: Limits, mapping: Mapping) -> Book:
    kind = recognise(file)
    if kind == "zip":
        from shali.foundation.intake.reading.workbook import open_workbook

        return open_workbook(file, limits)
    if kind == "ole":
        from shali.foundation.intake.reading.old_workbook import open_old_workbook

        return open_old_workbook(file, limits)
    if kind == "html":
        from shali.foundation.intake.reading.web_table import open_web_table

        return open_web_table(file, limits)
    if kind == "xml_sheet":
        from shali.foundation.intake.reading.xml_sheet import open_xml_sheet

        return open_xml_sheet(file, limits)
    from shali.foundation.intake.reading.plain_text import open_plain_text

    return open_plain_text(file, limits, mapping.encoding)


class Reading:
    """Reads one book, and yields messages."""

    def __init__(self, book: Book, *, mapping: Mapping, year: int | None, limits: Limits, with_cells: bool) -> None:
        self._book, self._mapping, self._year, self._limits = book, mapping, year, limits
        self._with_cells = with_cells
        self._rows = 0
        self._walks: list[SheetWalk] = []

    def messages(self) -> Iterator[list[object]]:
        held: list[tuple[SheetWalk, array[int]]] = []
        for sheet in self._book.sheets:
            walk = SheetWalk(sheet, mapping=self._mapping, year=self._year)
            self._walks.append(walk)
            nobody: array[int] = array("I")
            for verdict in walk.verdicts():
                self._rows += 1
                if self._rows > self._limits.rows:
                    raise UnreadableFile("too_many_rows", most=self._limits.rows)
                if verdict.why == "other_table":
                    nobody.append(verdict.row.number)
                    continue
                yield self._message(walk, verdict)
                if self._rows % EVERY == 0:
                    yield ["p", self._rows]
            held.append((walk, nobody))
        yield from self._of_nobody(held)
        yield ["end", self._summary()]

    def _of_nobody(self, held: list[tuple[SheetWalk, "array[int]"]]) -> Iterator[list[object]]:
        """Settle rows of sheets that name nobody: beside a list they are another table, alone they are rejected."""
        has_people = any(walk.notes.tables for walk in self._walks)
        for walk, rows in held:
            for row in rows:
                if has_people:
                    yield ["r", walk.sheet.index, 0, row, "s", "other_table"]
                else:
                    yield ["r", walk.sheet.index, 0, row, "x", "no_identity_column", -1, {}, [], None]

    def _message(self, walk: SheetWalk, verdict: Verdict) -> list[object]:
        row, judged = verdict.row, verdict.judged
        start: list[object] = ["r", walk.sheet.index, verdict.table, row.number]
        if judged is None:
            return [*start, "s", verdict.why]
        if row.hidden:
            judged.marks.append(("hidden_row", -1))
        if walk.sheet.hidden:
            judged.marks.append(("hidden_sheet", -1))
        if "v" in row.kinds.values():
            judged.marks.append(("merged_value", -1))
        cells = self._cells(walk, verdict) if self._with_cells else None
        return [*start, "x" if judged.reason else "t", judged.reason, judged.column, judged.values, judged.marks, cells]

    def _cells(self, walk: SheetWalk, verdict: Verdict) -> list[str]:
        layout = walk.notes.tables[verdict.table].layout
        texts = verdict.row.texts
        return [
            texts[column] if column < len(texts) else ""
            for column in range(layout.first_column, layout.last_column + 1)
        ]

    def _summary(self) -> dict[str, object]:
        most = FORMAT_ROWS.get(self._book.format, 0)
        return {
            "format": self._book.format,
            "encoding": self._book.encoding,
            "macros": self._book.macros,
            "peak_megabytes": _peak_megabytes(),
            "sheets": [
                {
                    "name": walk.sheet.name,
                    "index": walk.sheet.index,
                    "hidden": walk.sheet.hidden,
                    "hidden_rows": walk.notes.hidden_rows,
                    "hidden_columns": sorted(walk.sheet.hidden_columns),
                    "last_row": walk.notes.last_row,
                    "at_limit": bool(most) and walk.notes.last_row >= most,
                    "far_cell": walk.notes.far_cell,
                    "announcements": [asdict(said) for said in walk.notes.announcements],
                    "tables": [
                        {
                            "header_rows": table.header_rows,
                            "first_row": table.first_row,
                            "last_row": table.last_row,
                            "first_column": table.layout.first_column,
                            "received": table.received,
                            "signature": table.layout.signature,
                            "columns": [{**asdict(column), "letter": column.letter} for column in table.layout.columns],
                            "contradicted": [
                                {**asdict(column), "letter": column.letter} for column in table.layout.contradicted
                            ],
                        }
                        for table in walk.notes.tables
                    ],
                }
                for walk in self._walks
            ],
        }


def as_it_stands(book: Book, limits: Limits) -> Iterator[list[object]]:
    """Yield a book's rows without a judgement: for files whose rows are no people."""
    rows = 0
    for sheet in book.sheets:
        for row in sheet.rows():
            rows += 1
            if rows > limits.rows:
                raise UnreadableFile("too_many_rows", most=limits.rows)
            yield ["w", sheet.name, row.number, row.texts]
    yield ["end", {"rows": rows}]


def _peak_megabytes() -> int:
    """Return the most memory that this process ever held; 0 where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def confine(limits: Limits) -> None:
    """Give up what reading does not need: more memory, more time, files to write, other processes."""
    for what, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.environ.clear()


def main() -> None:
    with os.fdopen(int(sys.argv[1]), "rb") as pipe:
        options = orjson.loads(pipe.read())
    limits = Limits(**options["limits"])
    confine(limits)
    out = sys.stdout.buffer
    write = out.write
    try:
        mapping = Mapping.from_json(options["mapping"])
        with os.fdopen(0, "rb") as file:
            book = open_book(file, limits, mapping)
            reading = Reading(
                book, mapping=mapping, year=options["year"], limits=limits, with_cells=options["with_cells"]
            )
            for message in as_it_stands(book, limits) if options["as_it_stands"] else reading.messages():
                write(orjson.dumps(message))
                write(b"\n")
    except UnreadableFile as refusal:
        write(orjson.dumps(["x", refusal.code, refusal.values], default=str) + b"\n")
    except (MemoryError, RecursionError):
        write(b'["x","too_much_memory",{}]\n')
    out.flush()


if __name__ == "__main__":
    main()
