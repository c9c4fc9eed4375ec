"""How senders lay out their sheets."""

import openpyxl
import pytest

from shali.foundation.intake.reading import inspect_file
from shali.foundation.intake.tests.reading.workbooks import (
    HEADINGS,
    balances,
    id_number,
    names,
    people,
    person,
    taken,
    text,
    xls,
    xlsx,
)


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


PHONES = ["14000000001", "14000000002"]


@pytest.mark.parametrize(
    "rows",
    [
        [["物资名称", "规格", "联系人", "联系电话"], ["口罩", "N95", "例一甲", PHONES[0]], ["防护服", "L", "例二乙", PHONES[1]]],
        [["订单号", "收货人", "手机", "金额"], ["A-1", "例一甲", PHONES[0], 99], ["A-2", "例二乙", PHONES[1], 12.5]],
        [["车牌号", "车主", "电话", "车型"], ["豫L1", "例一甲", PHONES[0], "轿车"], ["豫L2", "例二乙", PHONES[1], "货车"]],
        [["值班日期", "带班领导", "值班人员", "值班电话"], ["8月1日", "例一甲", "例二乙", PHONES[0]], ["8月2日", "例二乙", "例三丙", PHONES[1]]],
        [["学号", "姓名", "语文", "数学"], ["20220101", "例一甲", 90, 95], ["20220102", "例二乙", 80, 85]],
        [["学生姓名", "父亲姓名", "父亲身份证号", "父亲电话"], ["例一甲", "例二乙", id_number(1), PHONES[0]], ["例三丙", "例四丁", id_number(2), PHONES[1]]],
        [["上报人姓名", "上报人身份证号", "上报人电话", "事项"], ["例一甲", id_number(1), PHONES[0], "垃圾"], ["例二甲", id_number(2), PHONES[1], "噪声"]],
        [["姓名", "监护人", "监护人身份证号", "监护人电话"], ["例一甲", "例二乙", id_number(1), PHONES[0]], ["例三丙", "例四丁", id_number(2), PHONES[1]]],
    ],
)  # fmt: skip
def test_nobody_is_taken_out_of_a_workbook_of_another_trade(tmp_path, rows):
    inspection = inspect_file(xlsx(tmp_path / "a.xlsx", {"a": rows}))

    assert (inspection.taken, inspection.rejected + inspection.skipped) == (0, 3)


def test_the_number_of_a_householder_is_not_that_of_the_family(tmp_path):
    head = ["户主姓名", "户主身份证", "家庭成员姓名", "家庭成员身份证号"]
    rows = [head, ["例一甲", id_number(1), "例二乙", id_number(2)], ["例一甲", id_number(1), "例三丙", "无"]]

    inspection = inspect_file(xlsx(tmp_path / "a.xlsx", {"a": rows}))

    assert [row.values["id_number"] for row in taken(inspection)] == [id_number(2)]


@pytest.mark.parametrize(
    ("extra", "why"),
    [
        (["", "联系人：例某", "", "14000000000"], "signature"),
        (["审核人：例某", "", "", "14000000000"], "signature"),
        (["示例", "例某", id_number(99), "14000000000"], "note"),
    ],
)
def test_signatures_and_examples_become_nobody(tmp_path, extra, why):
    inspection = inspect_file(xlsx(tmp_path / "a.xlsx", {"a": [HEADINGS, *people(5), extra]}))

    assert inspection.taken == 5
    assert [row.reason for row in inspection.of("skipped")] == ["header", why]


def test_a_passport_number_is_no_telephone(tmp_path):
    rows = [
        ["Name", "ID Number", "Phone"],
        ["Ann Example", "E12345678", PHONES[0]],
        ["Bob Example", "E12345679", PHONES[1]],
    ]

    inspection = inspect_file(xlsx(tmp_path / "a.xlsx", {"a": rows}))

    assert [row.values["id_number"] for row in taken(inspection)] == ["E12345678", "E12345679"]


def test_a_number_goes_with_the_name_whose_heading_begins_like_its_own(tmp_path):
    rows = [
        ["姓名", "密接人员姓名", "密接身份证号"],
        ["例一甲", "例二乙", id_number(1)],
        ["例一甲", "例三丙", id_number(2)],
    ]

    inspection = inspect_file(xlsx(tmp_path / "a.xlsx", {"a": rows}))

    assert names(inspection) == ["例二乙", "例三丙"]
