"""Rejected rows go back as a workbook, with a reason for each cell; mended and sent again, only they are taken."""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import xlsxwriter
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shali.foundation.intake.models import Batch, Row, RowState
from shali.foundation.intake.reading.sentences import REJECTIONS
from shali.foundation.journal.access import record_access
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.ui.refusal import NotInScope
from shali.foundation.vault.sealing import open_bytes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A cell that begins so would be a formula to a spreadsheet.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


@dataclass(frozen=True, slots=True)
class MadeFile:
    content: io.BytesIO
    file_name: str
    content_type: str = XLSX


@transaction.atomic
def rejected_workbook(*, scope: Scope, batch: str, by: str, at: datetime) -> MadeFile:
    """Return the rejected rows of a batch as they came, with sheet, row, column, reason and cure beside each."""
    found = Batch.objects.filter(within(scope.path), public_id=batch).first()
    if found is None:
        raise NotInScope
    rows = list(Row.objects.filter(batch=found, state=RowState.REJECTED).order_by("sheet", "row_no", "id"))
    record_access(
        scope=scope,
        act="export",
        purpose="answer_sender",
        subject_kind="batch",
        subject=found.pk,
        fields=["row"],
        at=at,
    )
    return MadeFile(_write(found, rows), f"rejected-{found.public_id}.xlsx")


def _write(batch: Batch, rows: list[Row]) -> io.BytesIO:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "bottom": 1})
    text = book.add_format({"num_format": "@"})
    wrong = book.add_format({"num_format": "@", "bg_color": "#FCE5E3", "font_color": "#B01520"})
    for title, table in tables_of(batch).items():
        here = [row for row in rows if title_of(row.sheet, table=row.table) == title]
        if here:
            _write_table(book.add_worksheet(title), table, here, formats=(bold, text, wrong))
    book.close()
    content.seek(0)
    return content


def _write_table(
    page: xlsxwriter.worksheet.Worksheet, table: dict[str, Any], rows: list[Row], *, formats: tuple[object, ...]
) -> None:
    bold, text, wrong = formats
    headings = [column["heading"] or column["letter"] for column in table["columns"]]
    shown = [*headings, _("Sheet"), _("Row"), _("Column"), _("Reason"), _("What to do")]
    for column, heading in enumerate(shown):
        page.write_string(0, column, heading, bold)
    page.set_column(0, max(len(headings) - 1, 0), 18, text)
    page.set_column(len(headings), len(shown) - 1, 22)
    for line, row in enumerate(rows, start=1):
        _write_row(page, line, row, width=len(headings), formats=(text, wrong))


def title_of(sheet: int, *, table: int) -> str:
    """Return the title of the worksheet that holds the rejected rows of a table; by it they are known again."""
    return f"{sheet + 1}-{table + 1}"


def tables_of(batch: Batch) -> dict[str, dict[str, Any]]:
    """Return the tables of a batch's file, as inspected, by the titles of their worksheets."""
    return {
        title_of(sheet["index"], table=number): table
        for sheet in batch.inspection.get("sheets", [])
        for number, table in enumerate(sheet["tables"])
    }


def _write_row(page: object, line: int, row: Row, *, width: int, formats: tuple[object, object]) -> None:
    text, wrong = formats
    cells = orjson.loads(open_bytes(row.cells_sealed, table="intake_row", column="cells", row=row.pk))["cells"]
    first = row.reasons[0]
    bad = _index(first["column"])
    write = page.write_string  # type: ignore[attr-defined]  # xlsxwriter has no types
    for column, cell in enumerate(cells[:width]):
        write(line, column, safe(cell), wrong if column == bad else text)
    said = REJECTIONS.get(first["code"])
    language = get_language() or "zh"
    write(line, width, str(row.sheet + 1))
    write(line, width + 1, str(row.row_no))
    write(line, width + 2, first["column"])
    write(line, width + 3, said.message(language) if said else first["code"])
    write(line, width + 4, said.cure(language) if said else "")


def _index(letter: str) -> int:
    number = 0
    for character in letter:
        number = number * 26 + ord(character) - 64
    return number - 1


def safe(cell: str) -> str:
    """Return a cell's text so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell
