"""What a file holds, as an inspection that a person or a script can check: every row is in it exactly once."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TypedDict

from shali.foundation.intake.reading.limits import Limits
from shali.foundation.intake.reading.mapping import Mapping
from shali.foundation.intake.reading.parent import Reading, RowRead
from shali.foundation.intake.reading.sentences import MARKS, REJECTIONS, WARNINGS


class ColumnFound(TypedDict):
    index: int
    letter: str
    heading: str
    field: str
    how: str
    share: float


class TableFound(TypedDict):
    header_rows: list[int]
    first_row: int
    last_row: int
    first_column: int
    received: int
    signature: str
    columns: list[ColumnFound]
    contradicted: list[ColumnFound]


class AnnouncementFound(TypedDict):
    where: str
    number: int
    table: int


class SheetFound(TypedDict):
    name: str
    index: int
    hidden: bool
    hidden_rows: int
    hidden_columns: list[int]
    last_row: int
    at_limit: bool
    far_cell: int
    announcements: list[AnnouncementFound]
    tables: list[TableFound]


@dataclass(frozen=True, slots=True)
class Warned:
    code: str
    values: dict[str, object]

    def message(self, language: str) -> str:
        return WARNINGS[self.code].message(language, **self.values)


@dataclass(slots=True)
class Inspection:
    """`rows` are kept only when asked for; the counts always balance: seen = taken + rejected + skipped."""

    file: str
    format: str
    encoding: str
    sha256: str
    announced: int | None
    announced_in: str
    sheets: list[SheetFound]
    taken: int
    rejected: int
    skipped: int
    warnings: list[Warned]
    peak_megabytes: int = 0  # of the child
    rows: list[RowRead] = field(default_factory=list)

    @property
    def received(self) -> int:
        return self.taken + self.rejected

    def of(self, state: str) -> Iterator[RowRead]:
        return (row for row in self.rows if row.state == state)


def inspect_file(
    path: Path,
    *,
    mapping: Mapping | None = None,
    limits: Limits | None = None,
    name: str = "",
    source: BinaryIO | None = None,
    keep: bool = True,
    each: Callable[[RowRead], None] | None = None,
    reading: Reading | None = None,
) -> Inspection:
    """Read a whole file and say how each of its rows would be taken, storing nothing.

    reading: of this file, where the caller has asked more of it than this does
    keep: hold the rows in memory; a caller of very large files takes them through `each` instead.
    :raises UnreadableFile: the file cannot be read safely
    """
    reading = reading or Reading(source or path, name=name or path.name, mapping=mapping, limits=limits)
    counts = {"taken": 0, "rejected": 0, "skipped": 0}
    lost = 0
    kept: list[RowRead] = []
    for row in reading.rows():
        counts[row.state] += 1
        lost += row.reason == "id_number_lost_digits" or any(
            mark.code == "id_number_lost_digits" for mark in row.marks if not row.reason
        )
        if each:
            each(row)
        if keep:
            kept.append(row)
    sheets: list[SheetFound] = reading.summary["sheets"]  # type: ignore[assignment]  # the child's own words
    announced, where = announced_of(sheets, reading.announced_in_name)
    received = counts["taken"] + counts["rejected"]
    warnings = _warnings(sheets, announced, received, reading.announced_in_name)
    if lost:
        warnings.append(Warned("lost_digits", {"count": lost}))
    if reading.summary["macros"]:
        warnings.append(Warned("macros", {}))
    return Inspection(
        file=reading.name,
        format=str(reading.summary["format"]),
        encoding=str(reading.summary["encoding"]),
        sha256=_sha256(path, source),
        announced=announced,
        announced_in=where,
        sheets=sheets,
        warnings=warnings,
        peak_megabytes=int(str(reading.summary["peak_megabytes"])),
        rows=kept,
        **counts,
    )


def _sha256(path: Path, source: BinaryIO | None) -> str:
    if source is None:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    source.seek(0)
    digest = hashlib.sha256()
    while piece := source.read(1 << 20):
        digest.update(piece)
    return digest.hexdigest()


def announced_of(sheets: list[SheetFound], in_name: int | None) -> tuple[int | None, str]:
    """Return the number that the sender announces for the whole file, and where.

    Of one table the title counts before the covering line, the totals row, a note and the file's name; when several
    tables each have their own number, the whole is their sum.
    """
    order = ("title", "covering_line", "total", "note")
    of_table: dict[tuple[int, int], AnnouncementFound] = {}
    for sheet in sheets:
        for said in sorted(sheet["announcements"], key=lambda said: order.index(said["where"])):
            of_table.setdefault((sheet["index"], said["table"]), said)
    with_people = sum(1 for sheet in sheets for table in sheet["tables"] if table["received"])
    if len(of_table) > 1 and len(of_table) == with_people and in_name is None:
        return sum(said["number"] for said in of_table.values()), "each_table"
    if len(of_table) >= 1 and (len(of_table) == 1 or in_name is None):
        best = min(of_table.values(), key=lambda said: order.index(said["where"]))
        return best["number"], best["where"]
    return (in_name, "file_name") if in_name is not None else (None, "")


def _warnings(sheets: list[SheetFound], announced: int | None, received: int, in_name: int | None) -> list[Warned]:
    found: list[Warned] = []
    if announced is not None and announced != received:
        found.append(Warned("announced_differs", {"announced": announced, "received": received}))
    numbers = {said["number"] for sheet in sheets for said in sheet["announcements"]} | ({in_name} - {None})
    if len(numbers) > 1 and announced not in (None, sum(n for n in numbers if n)):
        found.append(
            Warned(
                "announcements_differ", {"numbers": ", ".join(map(str, sorted(n for n in numbers if n is not None)))}
            )
        )
    has_people = any(sheet["tables"] for sheet in sheets)
    for sheet in sheets:
        found += _warnings_of_sheet(sheet, has_people)
    return found


def _warnings_of_sheet(sheet: SheetFound, has_people: bool) -> Iterator[Warned]:
    name = sheet["name"] or "1"
    if sheet["at_limit"]:
        yield Warned("at_format_limit", {"sheet": name, "rows": sheet["last_row"]})
    if sheet["hidden"] and sheet["last_row"]:
        yield Warned("hidden_sheet", {"sheet": name})
    if sheet["hidden_rows"]:
        yield Warned("hidden_rows", {"sheet": name, "count": sheet["hidden_rows"]})
    if sheet["far_cell"]:
        yield Warned("far_cell", {"sheet": name, "row": sheet["far_cell"]})
    if not has_people and sheet["last_row"]:
        yield Warned("no_identity_column", {"sheet": name})
    hidden = set(sheet["hidden_columns"])
    for table in sheet["tables"]:
        shown = [column["letter"] for column in table["columns"] if column["index"] in hidden]
        if shown:
            yield Warned("hidden_columns", {"sheet": name, "columns": ", ".join(shown)})
        for column in table["contradicted"]:
            yield Warned(
                "heading_contradicts", {"sheet": name, "letter": column["letter"], "heading": column["heading"]}
            )
        for column in table["columns"]:
            if column["how"] == "content":
                yield Warned("column_guessed", {"sheet": name, "letter": column["letter"], "field": column["field"]})
            elif not column["field"] and column["heading"]:
                yield Warned(
                    "column_not_used", {"sheet": name, "letter": column["letter"], "heading": column["heading"]}
                )


def as_json(inspection: Inspection, language: str) -> dict[str, object]:
    """Return the inspection for a script, all but its rows (see `row_json`)."""
    return {
        "file": inspection.file,
        "format": inspection.format,
        "encoding": inspection.encoding,
        "sha256": inspection.sha256,
        "announced": inspection.announced,
        "announced_in": inspection.announced_in,
        "sheets": [
            {
                "name": sheet["name"],
                "hidden": sheet["hidden"],
                "last_row": sheet["last_row"],
                "hidden_rows": sheet["hidden_rows"],
                "tables": [
                    {
                        "header_rows": table["header_rows"],
                        "first_row": table["first_row"],
                        "last_row": table["last_row"],
                        "rows": table["received"],
                        "columns": [
                            {key: column[key] for key in ("index", "letter", "heading", "field", "how")}
                            for column in table["columns"]
                            if column["heading"] or column["field"]
                        ],
                    }
                    for table in sheet["tables"]
                ],
            }
            for sheet in inspection.sheets
        ],
        "rows": {
            "received": inspection.received,
            "taken": inspection.taken,
            "rejected": inspection.rejected,
            "skipped": inspection.skipped,
        },
        "warnings": [{"code": warned.code, "message": warned.message(language)} for warned in inspection.warnings],
    }


def row_json(row: RowRead, names: dict[int, str], language: str) -> dict[str, object]:
    """Return one row for a script: `names` gives the sheet's name by its number."""
    place: dict[str, object] = {"sheet": names.get(row.sheet, ""), "row": row.row}
    if row.state == "skipped":
        return {**place, "why": row.reason}
    if row.table:
        place["table"] = row.table
    marks = [
        {"code": mark.code, "column": mark.column, "message": MARKS[mark.code].message(language)}
        for mark in row.marks
        if mark.code in MARKS
    ]
    if row.state == "taken":
        return {**place, "values": row.values, "marks": marks}
    said = REJECTIONS[row.reason]
    return {
        **place,
        "column": row.column,
        "reason": row.reason,
        "message": said.message(language),
        "cure": said.cure(language),
        "values": row.values,
        "marks": marks,
    }
