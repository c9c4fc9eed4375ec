"""Workbooks for tests, made cell by cell. Everybody in them is invented."""

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import xlwt

from shali.foundation.intake.reading import Inspection, RowRead
from shali.foundation.intake.reading.documents import check_digit

HEADINGS = ["序号", "姓名", "身份证号", "联系电话", "现住址", "到访时间"]


def id_number(serial: int, *, born: str = "19870312", area: str = "411102") -> str:
    seventeen = f"{area}{born}{serial:03d}"
    return seventeen + check_digit(seventeen)


def person(serial: int) -> list[object]:
    name = "例" + "一二三四五六七八九十"[serial % 10] + "甲乙丙丁戊己庚辛"[serial % 8]
    return [
        serial,
        name,
        id_number(serial),
        f"1{40000000000 + serial:d}"[:1] + f"4{serial:09d}",
        f"源汇区例子路{serial}号",
        "2022-08-05",
    ]


def people(count: int, *, first: int = 1) -> list[list[object]]:
    return [person(serial) for serial in range(first, first + count)]


def xlsx(path: Path, sheets: dict[str, Sequence[Sequence[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def xls(path: Path, rows: Sequence[Sequence[object]], name: str = "Sheet1") -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(name)
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(at, column, value)
    book.save(str(path))
    return path


def text(path: Path, rows: Sequence[Sequence[object]], encoding: str = "utf-8", separator: str = ",") -> Path:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def raw_sheet(path: Path, sheet_xml: str, **parts: str) -> Path:
    """Write a workbook whose one sheet is exactly this XML."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    content = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets><sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet_xml,
    }
    content.update({name.replace("__", "/"): value for name, value in parts.items()})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in content.items():
            archive.writestr(name, value)
    return path


def taken(inspection: Inspection) -> list[RowRead]:
    return list(inspection.of("taken"))


def balances(inspection: Inspection) -> bool:
    """Say whether every row has one place and the counts are those of the rows."""
    places = [(row.sheet, row.table, row.row) for row in inspection.rows]
    return (
        len(set(places)) == len(places)
        and len(taken(inspection)) == inspection.taken
        and len(list(inspection.of("rejected"))) == inspection.rejected
        and len(list(inspection.of("skipped"))) == inspection.skipped
        and all(row.reason for row in inspection.rows if row.state != "taken")
    )


def names(inspection: Inspection) -> list[object]:
    return [row.values.get("name") for row in taken(inspection)]
