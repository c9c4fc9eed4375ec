"""What stands in the cells: formulas, numbers that lost their end, rare characters, days."""

from pathlib import Path

import openpyxl
from openpyxl.styles import Font

from shali.foundation.intake.reading import Mapping, SheetMapping, inspect_file
from shali.foundation.intake.tests.reading.workbooks import (
    HEADINGS,
    id_number,
    names,
    people,
    raw_sheet,
    taken,
    text,
    xls,
    xlsx,
)


def test_formulas_are_taken_as_text_and_marked(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["姓名", "身份证号", "联系电话", "备注"])
    book.active.append(["例一", id_number(1), "14000000001", "普通"])
    for cell in ("=cmd|' /C calc'!A0", "@SUM(1)", "+1+cmd", "-2+3", "\t=1"):
        book.active.append(["例二", id_number(2), "14000000002", ""])
        book.active.cell(book.active.max_row, 4).value = cell
        book.active.cell(book.active.max_row, 4).data_type = "s"
    book.save(tmp_path / "a.xlsx")

    inspection = inspect_file(tmp_path / "a.xlsx")

    marked = [("looks_like_formula" in [mark.code for mark in row.marks]) for row in taken(inspection)]
    assert marked == [False, True, True, True, True, True]


def test_a_formula_gives_its_stored_result(tmp_path):
    number = id_number(7)
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c><c r="B1" t="inlineStr"><is><t>身份证号</t></is></c></row>'
        f'<row r="2"><c r="A2" t="inlineStr"><is><t>例一</t></is></c><c r="B2" t="str"><f>C2&amp;D2</f><v>{number}</v></c></row>'
        "</sheetData></worksheet>"
    )

    inspection = inspect_file(raw_sheet(tmp_path / "a.xlsx", sheet))

    assert taken(inspection)[0].values["id_number"] == number
    assert "formula" in [mark.code for mark in taken(inspection)[0].marks]


def test_leading_zeros_in_the_file_stay(tmp_path):
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c><c r="B1" t="inlineStr"><is><t>身份证号</t></is></c>'
        '<c r="C1" t="inlineStr"><is><t>备注</t></is></c></row>'
        f'<row r="2"><c r="A2" t="inlineStr"><is><t>例一</t></is></c><c r="B2" t="inlineStr"><is><t>{id_number(1)}</t></is></c>'
        '<c r="C2"><v>0001</v></c></row></sheetData></worksheet>'
    )

    assert taken(inspect_file(raw_sheet(tmp_path / "a.xlsx", sheet)))[0].values["remark"] == "0001"


def test_a_strict_workbook_with_other_prefixes_is_read(tmp_path):
    sheet = (
        '<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData>'
        '<x:row><x:c t="inlineStr"><x:is><x:t>姓名</x:t></x:is></x:c><x:c t="inlineStr"><x:is><x:t>身份证号</x:t></x:is></x:c></x:row>'
        f'<x:row><x:c t="inlineStr"><x:is><x:t>例一</x:t></x:is></x:c><x:c t="inlineStr"><x:is><x:t>{id_number(1)}</x:t></x:is></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )

    assert names(inspect_file(raw_sheet(tmp_path / "a.xlsx", sheet))) == ["例一"]


def test_an_id_typed_as_a_number_is_refused_with_the_cure_and_never_used(tmp_path):
    rows = [
        ["姓名", "身份证号"],
        ["例一", int(id_number(1)[:17] + "0")],
        ["例二", 411025601219955],
        ["例三", id_number(3)],
    ]

    inspection = inspect_file(xlsx(tmp_path / "a.xlsx", {"a": rows}))

    assert [(row.row, row.column, row.reason) for row in inspection.of("rejected")] == [
        (2, "B", "id_number_lost_digits")
    ]
    assert [row.values["id_number"] for row in taken(inspection)] == ["411025601219955", id_number(3)]


def test_names_are_kept_as_received(tmp_path):
    odd = ["𠮷田", "﨑本", "阿依古丽•买买提", "王\u202e小", "例\u3000一", "<script>alert(1)</script>", "O'Brien\u200b"]
    rows = [["姓名", "身份证号"], *([name, id_number(serial)] for serial, name in enumerate(odd, start=1))]

    assert names(inspect_file(xlsx(tmp_path / "a.xlsx", {"a": rows}))) == odd


def test_a_nul_in_a_name_is_rejected(tmp_path):
    inspection = inspect_file(
        text(tmp_path / "a.csv", [["姓名", "身份证号"], ["例\x00一", id_number(1)], ["例二", id_number(2)]])
    )

    assert [(row.row, row.reason) for row in inspection.of("rejected")] == [(2, "nul_character")]


def test_a_mapping_said_by_hand_is_followed(tmp_path):
    path = xlsx(
        tmp_path / "a.xlsx", {"a": [["标题"], ["甲", "乙", "丙"], *([row[1], row[2], row[3]] for row in people(3))]}
    )
    said = Mapping(sheets={"a": SheetMapping({0: "name", 1: "id_number", 2: "ignore"}, (2,))})

    inspection = inspect_file(path, mapping=Mapping.from_json(said.to_json()))

    assert inspection.taken == 3
    assert "phones" not in taken(inspection)[0].values
    assert [(row.row, row.reason) for row in inspection.of("skipped")] == [(1, "title"), (2, "header")]


def test_a_mapping_is_remembered_by_the_headings(tmp_path):
    rows = [["姓名", "身份证号", "电话", "特别列"], *([row[1], row[2], row[3], "2022-08-01"] for row in people(3))]
    signature = inspect_file(xlsx(tmp_path / "a.xlsx", {"a": rows})).sheets[0]["tables"][0]["signature"]

    mapping = Mapping(remembered={signature: {0: "name", 1: "id_number", 2: "phone", 3: "arrived_on"}})
    inspection = inspect_file(xlsx(tmp_path / "b.xlsx", {"other": [["名单"], *rows]}), mapping=mapping)

    assert taken(inspection)[0].values["arrived_on"] == "2022-08-01"
    assert inspection.sheets[0]["tables"][0]["columns"][3]["how"] == "remembered"


def test_days_shown_as_days_are_read_from_the_style(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["姓名", "身份证号", "到访时间"])
    book.active.append(["例一", id_number(1), 44778])
    book.active["C2"].number_format = 'yyyy"年"m"月"d"日"'
    book.active["A2"].font = Font(bold=True)
    book.save(tmp_path / "a.xlsx")

    assert taken(inspect_file(tmp_path / "a.xlsx"))[0].values["visit_on"] == "2022-08-05"


def test_an_old_workbook_at_its_last_row_alarms(tmp_path):
    rows = [["姓名", "电话"], *([["例甲", "14000000001"]] * 65_535)]

    inspection = inspect_file(xls(tmp_path / "a.xls", rows))

    assert inspection.taken == 65_535
    assert "at_format_limit" in [warned.code for warned in inspection.warnings]


def test_rows_only_of_a_running_number_are_blank(tmp_path):
    inspection = inspect_file(xlsx(tmp_path / "a.xlsx", {"a": [HEADINGS, *people(2), [3], [4]]}))

    assert [row.reason for row in inspection.of("skipped")] == ["header", "numbered_blank", "numbered_blank"]


def test_the_year_of_a_day_without_one_is_the_lists_own(tmp_path: Path):
    rows = [["协查名单(2022.08.11)"], ["姓名", "身份证号", "到访时间"], ["例一", id_number(1), "8月5日"]]

    assert taken(inspect_file(xlsx(tmp_path / "a.xlsx", {"a": rows})))[0].values["visit_on"] == "2022-08-05"
