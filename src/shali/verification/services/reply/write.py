"""Two ways to write a reply: into the sender's own workbook, or row by row into a new one when that cannot be kept."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import openpyxl
import xlsxwriter
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import load_workbook as load_old_workbook

from shali.verification.queries.reply import ReplyRow

# A sheet's title has a limit of its own, and these characters may not be in it.
LONGEST_TITLE = 31
NOT_IN_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))
WIDEST = 400


@dataclass(frozen=True, slots=True)
class Added:
    """What a reply adds: headings, a row's cells, the count sheet's title and lines."""

    headings: list[str]
    cells: Callable[[ReplyRow], list[str]]
    title: str
    lines: list[tuple[str, int | str]]


Sheets = list[dict[str, Any]]  # of an inspection: the reader's own JSON


def into_own_workbook(path: Path, *, form: str, sheets: Sheets, rows: Iterable[ReplyRow], added: Added) -> io.BytesIO:
    """Return the sender's workbook with our columns right of his; an old .xls comes back as .xlsx."""
    # As a file already open: the original lies without an ending to its name, and openpyxl goes by that.
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file) if form == "xlsx" else _from_old(file)
    pages = {sheet["index"]: book[sheet["name"]] for sheet in sheets if sheet["tables"]}
    starts = {index: _first_free(pages[index], sheets) for index in pages}
    blocks = {sheet["index"]: _blocks(sheet["tables"]) for sheet in sheets if sheet["tables"]}
    bold, fill = Font(bold=True), PatternFill("solid", fgColor="E8EEF6")
    for sheet in sheets:
        for number, table in enumerate(sheet["tables"]):
            column = starts[sheet["index"]] + blocks[sheet["index"]][number] * len(added.headings)
            heading_row = table["header_rows"][-1] if table["header_rows"] else max(table["first_row"] - 1, 1)
            for place, heading in enumerate(added.headings):
                cell = pages[sheet["index"]].cell(heading_row, column + place, heading)
                cell.font, cell.fill, cell.alignment = bold, fill, Alignment(wrap_text=True, vertical="center")
                letter = get_column_letter(column + place)
                pages[sheet["index"]].column_dimensions[letter].width = 16
    for row in rows:
        column = starts[row.sheet] + blocks[row.sheet][row.table] * len(added.headings)
        for place, text in enumerate(added.cells(row)):
            # openpyxl names the merged kind too; one right of everything is never merged.
            cell = cast(Cell, pages[row.sheet].cell(row.row_no, column + place))
            # As a text whatever it begins with: an address that begins with "=" is no formula.
            cell.value, cell.data_type = text or None, "s" if text else "n"
    _count_sheet(book, added)
    content = io.BytesIO()
    book.save(content)
    content.seek(0)
    return content


def _from_old(file: BinaryIO) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name in (old := load_old_workbook(file)).sheet_names:
        page = book.create_sheet(name)
        for line in old.get_sheet_by_name(name).to_python(skip_empty_area=False):
            page.append([None if value == "" else value for value in line])
    return book


def _first_free(page: Worksheet, sheets: Sheets) -> int:
    """Return the first column right of everything; a stray format far out counts for nothing."""
    if page.max_column < WIDEST:
        return page.max_column + 1
    tables = [table for sheet in sheets for table in sheet["tables"] if sheet["name"] == page.title]
    return max(column_index_from_string(column["letter"]) for table in tables for column in table["columns"]) + 1


def _blocks(tables: list[dict[str, Any]]) -> list[int]:
    """Give tables that stand side by side blocks of columns of their own."""
    blocks: list[int] = []
    for number, table in enumerate(tables):
        taken = {
            blocks[other]
            for other in range(number)
            if tables[other]["first_row"] <= table["last_row"] and table["first_row"] <= tables[other]["last_row"]
        }
        blocks.append(next(block for block in range(number + 1) if block not in taken))
    return blocks


def _count_sheet(book: openpyxl.Workbook, added: Added) -> None:
    title = added.title
    while title in book.sheetnames:
        title += "_"
    page = book.create_sheet(title)
    for line in added.lines:
        page.append(line)
    page.column_dimensions["A"].width = 38


def row_by_row(sheets: Sheets, *, rows: Iterable[ReplyRow], added: Added) -> io.BytesIO:
    """Return a new workbook with the rows in their places: for text files, and for those too long to hold at once."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"constant_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF6", "text_wrap": True})
    found = {sheet["index"]: sheet for sheet in sheets if sheet["tables"]}
    pages = {
        index: book.add_worksheet(sheet["name"].translate(NOT_IN_TITLE)[:LONGEST_TITLE] or None)
        for index, sheet in found.items()
    }
    starts = {index: _width(sheet) for index, sheet in found.items()}
    for index, sheet in found.items():
        _write_heading(pages[index], sheet["tables"][0], starts[index], added, bold)
    for row in rows:
        page, table = pages[row.sheet], found[row.sheet]["tables"][row.table]
        for column, cell in zip(table["columns"], row.cells, strict=False):
            page.write_string(row.row_no - 1, column_index_from_string(column["letter"]) - 1, cell)
        for place, text in enumerate(added.cells(row)):
            page.write_string(row.row_no - 1, starts[row.sheet] + place, text)
    count = book.add_worksheet(added.title)
    count.set_column(0, 0, 38)
    for place, (what, number) in enumerate(added.lines):
        count.write(place, 0, what)
        count.write(place, 1, number)
    book.close()
    content.seek(0)
    return content


def _width(sheet: dict[str, Any]) -> int:
    return max(column_index_from_string(c["letter"]) for table in sheet["tables"] for c in table["columns"])


def _write_heading(page: Any, table: dict[str, Any], start: int, added: Added, bold: object) -> None:  # untyped library
    line = (table["header_rows"][-1] if table["header_rows"] else max(table["first_row"] - 1, 1)) - 1
    for column in table["columns"]:
        page.write_string(line, column_index_from_string(column["letter"]) - 1, column["heading"], bold)
    for place, heading in enumerate(added.headings):
        page.write_string(line, start + place, heading, bold)
    page.set_column(0, start + len(added.headings), 16)
