"""Web pages and XML under the name of a sheet, and small lists in GB18030."""

import pytest

from shali.foundation.intake.reading import UnreadableFile, inspect_file
from shali.foundation.intake.tests.reading.workbooks import HEADINGS, balances, id_number, names, people, taken

PAGE = '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="{0}"><style>td {{}}</style></head><body>{1}</body></html>'
BOOK = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">{}</Workbook>'
)


def web(rows, cell="<td>{}</td>"):
    return "<table>" + "".join("<tr>" + "".join(cell.format(v) for v in row) + "</tr>" for row in rows) + "</table>"


def xml(rows):
    return "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{value}</Data></Cell>' for value in row) + "</Row>"
        for row in rows
    )


def written(tmp_path, content, encoding="utf-8"):
    path = tmp_path / "a.xls"
    path.write_bytes(content.encode(encoding))
    return path


@pytest.mark.parametrize("rare", ["𠮷", "䶮", "㐂", "𬎆"])
def test_a_small_list_in_gb18030_with_characters_of_four_bytes_is_read(tmp_path, rare):
    inspection = inspect_file(
        written(tmp_path, f"姓名,身份证号\n例{rare},{id_number(1)}\n{rare}{rare},{id_number(2)}\n", "gb18030")
    )

    assert (inspection.encoding, names(inspection)) == ("gb18030", ["例" + rare, rare + rare])


def test_lines_of_utf_8_in_a_gb18030_list_are_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("姓名,身份证号,电话,地址\n".encode("gb18030") + f"张伟明国,{id_number(1)}\n".encode())

    with pytest.raises(UnreadableFile) as refusal:
        inspect_file(path)

    assert refusal.value.code == "encoding_unclear"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_web_page_named_xls_is_read_as_the_sheet_that_excel_shows(tmp_path, encoding):
    page = PAGE.format(encoding, "<h1>协查名单 共30人</h1>" + web([HEADINGS, *people(30)]))

    inspection = inspect_file(written(tmp_path, page, encoding))

    assert (inspection.format, inspection.taken, inspection.rejected, inspection.skipped) == ("html", 30, 0, 2)
    assert balances(inspection)


def test_a_web_page_keeps_spans_hidden_rows_and_the_number_behind_a_cell(tmp_path):
    page = PAGE.format(
        "utf-8",
        "<table><tr><td rowspan=2>住址</td><td>姓名</td><td>身份证号</td></tr></table>"
        f"<table><tr><td>姓名<td>身份证号<td>现住址<tr><td>例一<td>{id_number(1)}<td rowspan=2>例子路1号"
        f"<tr style='display: none'><td>例二<td>{id_number(2)}<tr><td>例三<td x:num='4.1110219870312E+17'>411102198703121234<td>x</table>"
        "<script>姓名</script>",
    )

    inspection = inspect_file(written(tmp_path, page))

    assert names(inspection) == ["例一", "例二"]
    assert [row.values["address"] for row in taken(inspection)] == ["例子路1号", "例子路1号"]
    assert "hidden_row" in [mark.code for mark in taken(inspection)[1].marks]
    assert [row.reason for row in inspection.of("rejected")] == ["id_number_lost_digits"]


def test_a_page_without_a_table_or_with_definitions_is_refused(tmp_path):
    for content, code in (
        ("<html><body><p>请登录</p></body></html>", "web_page"),
        ("<!DOCTYPE html [<!ENTITY a 'b'>]><html><table><tr><td>&a;</td></tr></table></html>", "entities"),
        ("<html><frameset><frame src='sheet001.htm'></frameset></html>", "web_page"),
        ("<?xml version='1.0'?><feed><a>1</a></feed>", "xml_data"),
    ):
        with pytest.raises(UnreadableFile) as refusal:
            inspect_file(written(tmp_path, content))
        assert refusal.value.code == code
        assert "另存为" in refusal.value.sentence("zh") or code == "entities"


def test_an_xml_sheet_of_2003_is_read_with_its_places_and_kinds(tmp_path):
    row = people(1)[0]
    book = BOOK.format(
        '<Worksheet ss:Name="名单"><Table><Column ss:Index="3" ss:Hidden="1"/>' + xml([["名单"], HEADINGS, *people(20)])
        + '<Row ss:Index="30" ss:Hidden="1"><Cell ss:Index="2"><Data ss:Type="String">例四</Data></Cell>'
        + '<Cell><Data ss:Type="Number">411102198703121234</Data></Cell></Row>'
        + f'<Row><Cell ss:Index="2" ss:Formula="=A1"><Data ss:Type="String">例五</Data></Cell><Cell><Data ss:Type="String">{id_number(90)}</Data></Cell>'
        + '<Cell ss:Index="6"><Data ss:Type="DateTime">2022-08-05T00:00:00.000</Data></Cell></Row>'
        + '</Table></Worksheet><Worksheet ss:Name="旧"><Table>' + xml([["姓名", "身份证号"], [row[1], id_number(99)]])
        + '</Table><WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet>'
    )  # fmt: skip

    inspection = inspect_file(written(tmp_path, book))

    assert (inspection.format, inspection.taken, inspection.rejected) == ("xml", 22, 1)
    assert [(r.row, r.reason) for r in inspection.of("rejected")] == [(30, "id_number_lost_digits")]
    assert [sheet["hidden"] for sheet in inspection.sheets] == [False, True]
    assert taken(inspection)[20].values["visit_on"] == "2022-08-05"
    assert balances(inspection)


def test_an_xml_sheet_with_definitions_far_inside_or_cut_off_is_refused(tmp_path):
    whole = BOOK.format('<Worksheet ss:Name="a"><Table>' + xml([HEADINGS, *people(20)]) + "</Table></Worksheet>")
    bomb = whole.replace("<Workbook", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><Workbook")
    for content, code in ((whole[:-300], "damaged"), (bomb, "entities")):
        with pytest.raises(UnreadableFile) as refusal:
            inspect_file(written(tmp_path, content))
        assert refusal.value.code == code
