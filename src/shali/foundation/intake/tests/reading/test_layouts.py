"""How senders lay out their sheets."""

from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font

from shali.foundation.intake.reading import Inspection, Mapping, SheetMapping, inspect_file
from shali.foundation.intake.tests.reading.workbooks import (
    HEADINGS,
    balances,
    id_number,
    people,
    person,
    raw_sheet,
    taken,
    text,
    xls,
    xlsx,
)


def names(inspection: Inspection) -> list[object]:
    return [row.values.get("name") for row in taken(inspection)]


@pytest.mark.parametrize("make", [lambda p, rows: xlsx(p, {"表": rows}), xls, text])
def test_the_same_list_reads_the_same_in_every_format(tmp_path, make):
    inspection = inspect_file(make(tmp_path / "list.any", [HEADINGS, *people(40)]))

    assert (inspection.taken, inspection.rejected, inspection.skipped) == (40, 0, 1)
    first = taken(inspection)[0].values
    assert (first["name"], first["id_number"], first["phones"], first["visit_on"], first["address"]) == (
        "例二乙", id_number(1), ["14000000001"], "2022-08-05", "源汇区例子路1号",
    )  # fmt: skip
    assert balances(inspection)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_text_lists_in_four_encodings_and_three_separators(tmp_path, encoding, separator):
    inspection = inspect_file(text(tmp_path / "a.txt", [HEADINGS, *people(30)], encoding, separator))

    assert (inspection.taken, inspection.encoding) == (30, encoding)


def test_a_line_break_inside_a_quoted_cell_does_not_make_a_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f'姓名,身份证号,备注\r\n例一,{id_number(1)},"两行\n备注 ""引号"""\r\n例二,{id_number(2)},\r\n')

    inspection = inspect_file(path)

    assert [row.row for row in taken(inspection)] == [2, 3]
    assert taken(inspection)[0].values["remark"] == '两行\n备注 "引号"'


def test_columns_come_in_any_order_and_without_headings(tmp_path):
    shuffled = [[row[3], row[5], row[2], row[1], row[4]] for row in people(30)]

    inspection = inspect_file(xlsx(tmp_path / "a.xlsx", {"a": shuffled}))

    assert (inspection.taken, inspection.skipped) == (30, 0)
    assert [column["field"] for column in inspection.sheets[0]["tables"][0]["columns"]] == [
        "phone",
        "visit_on",
        "id_number",
        "name",
        "address",
    ]


def test_a_column_without_a_heading_is_known_by_its_content(tmp_path):
    rows = [["姓名", "", "联系电话"], *([row[1], row[2], row[3]] for row in people(20))]

    inspection = inspect_file(xlsx(tmp_path / "a.xlsx", {"a": rows}))

    column = inspection.sheets[0]["tables"][0]["columns"][1]
    assert (column["field"], column["how"], inspection.taken) == ("id_number", "content", 20)
    assert "column_guessed" in [warned.code for warned in inspection.warnings]


def test_headings_over_the_wrong_columns_are_noticed(tmp_path):
    rows = [["身份证号", "姓名", "联系电话"], *([row[1], row[2], row[3]] for row in people(20))]

    inspection = inspect_file(xlsx(tmp_path / "a.xlsx", {"a": rows}))

    assert taken(inspection)[0].values["id_number"] == id_number(1)
    assert [warned.code for warned in inspection.warnings].count("heading_contradicts") == 2


def test_tables_stacked_on_a_sheet_are_all_read(tmp_path):
    rows = [
        ["一、密切接触者(3人)"], HEADINGS, *people(3), ["合计", "3人"], [],
        ["二、次密接(2人)"], ["姓名", "电话", "身份证号"], *([row[1], row[3], row[2]] for row in people(2, first=10)), ["合计", "2人"],
    ]  # fmt: skip

    inspection = inspect_file(xlsx(tmp_path / "a.xlsx", {"a": rows}))

    assert (inspection.taken, inspection.rejected, len(inspection.sheets[0]["tables"])) == (5, 0, 2)
    assert (inspection.announced, inspection.announced_in) == (5, "each_table")


def test_tables_side_by_side_are_both_read(tmp_path):
    pairs = [[*left, None, *right] for left, right in zip(people(5), [*people(4, first=20), [None] * 6], strict=True)]

    inspection = inspect_file(xlsx(tmp_path / "a.xlsx", {"a": [[*HEADINGS, None, *HEADINGS], *pairs]}))

    assert (inspection.taken, inspection.rejected) == (9, 0)
    assert balances(inspection)


def test_the_heading_repeated_on_every_printed_page_is_no_person(tmp_path):
    rows = [HEADINGS, *people(3), HEADINGS, *people(3, first=4)]

    inspection = inspect_file(xlsx(tmp_path / "a.xlsx", {"a": rows}))

    assert (inspection.taken, inspection.skipped, len(inspection.sheets[0]["tables"])) == (6, 2, 1)


def test_rows_and_sheets_that_are_hidden_are_read_and_told(tmp_path):
    book = openpyxl.Workbook()
    first = book.active
    second = book.create_sheet("密")
    for sheet, serial in ((first, 1), (second, 50)):
        for row in [HEADINGS, *people(4, first=serial)]:
            sheet.append(row)
    first.row_dimensions[3].hidden = True
    first.column_dimensions["C"].hidden = True
    second.sheet_state = "veryHidden"
    book.save(tmp_path / "a.xlsx")

    inspection = inspect_file(tmp_path / "a.xlsx")

    assert inspection.taken == 8
    assert [(row.sheet, row.row) for row in taken(inspection) if "hidden_row" in [mark.code for mark in row.marks]] == [
        (0, 3)
    ]
    assert {warned.code for warned in inspection.warnings} >= {"hidden_rows", "hidden_columns", "hidden_sheet"}


def test_a_value_merged_over_several_people_holds_for_each_of_them(tmp_path):
    book = openpyxl.Workbook()
    for row in [HEADINGS, *people(3)]:
        book.active.append(row)
    book.active["E2"] = "源汇区共用路9号"
    book.active.merge_cells("E2:E4")
    book.save(tmp_path / "a.xlsx")

    inspection = inspect_file(tmp_path / "a.xlsx")

    assert [row.values["address"] for row in taken(inspection)] == ["源汇区共用路9号"] * 3


def test_a_person_who_goes_on_over_merged_rows_is_one_person(tmp_path):
    book = openpyxl.Workbook()
    for row in [HEADINGS, person(1), [None, None, None, None, None, "2022-08-06"], person(2)]:
        book.active.append(row)
    for column in "ABCDE":
        book.active.merge_cells(f"{column}2:{column}3")
    book.save(tmp_path / "a.xlsx")

    inspection = inspect_file(tmp_path / "a.xlsx")

    assert names(inspection) == ["例二乙", "例三丙"]
    assert [row.reason for row in inspection.of("skipped")] == ["header", "continuation"]


def test_a_heading_of_two_rows_with_a_group_of_other_people(tmp_path):
    rows = [
        ["序号", "基本信息", None, None, "紧急联系人", None, "现住址", None],
        [None, "姓名", "身份证号", "电话", "姓名", "电话", "县区", "详细地址"],
        *([s, f"例{s}乙", id_number(s), f"14{s:09d}", "例联系", f"15{s:09d}", "源汇区", f"例路{s}号"] for s in range(1, 6)),
    ]  # fmt: skip

    inspection = inspect_file(xlsx(tmp_path / "a.xlsx", {"a": rows}))

    first = taken(inspection)[0].values
    assert (first["phones"], first["contact_phones"], first["contact_name"], first["address"]) == (
        ["14000000001"], ["15000000001"], "例联系", "源汇区例路1号",
    )  # fmt: skip


@pytest.mark.parametrize("make", [lambda p, rows: xlsx(p, {"库存": rows}), xls, text])
def test_a_workbook_of_another_trade_gives_no_people_and_accounts_for_every_row(tmp_path, make):
    rows = [
        ["商品名称", "规格", "单价", "库存"],
        *([f"例子商品{n}", "5kg", 12.5, n] for n in range(1, 31)),
        ["合计", "", "", 465],
    ]

    inspection = inspect_file(make(tmp_path / "a.any", rows))

    assert (inspection.taken, inspection.received) == (0, 32)
    assert {row.reason for row in inspection.of("rejected")} == {"no_identity_column"}
    assert balances(inspection)


def test_a_sheet_of_figures_beside_the_list_is_skipped(tmp_path):
    figures = [["县区", "数量"], ["源汇区", 20], ["郾城区", 10]]

    inspection = inspect_file(xlsx(tmp_path / "a.xlsx", {"汇总": figures, "名单": [HEADINGS, *people(30)]}))

    assert (inspection.taken, inspection.rejected) == (30, 0)
    assert [row.reason for row in inspection.of("skipped")] == ["header", "other_table", "other_table", "other_table"]


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
