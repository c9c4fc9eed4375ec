"""Files that want to do harm, and files that are not what their name says."""

import io
import random
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shali.foundation.intake.reading import Limits, UnreadableFile, inspect_file
from shali.foundation.intake.reading.refusals import FILE_REASONS
from shali.foundation.intake.tests.reading.workbooks import HEADINGS, balances, people, raw_sheet, text, xlsx

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LISTS = Path(__file__).parents[1] / "lists"


def refused(path: Path, **limits: int) -> str:
    """Return the code under which a file is refused, which must come within two seconds."""
    begun = time.monotonic()
    with pytest.raises(UnreadableFile) as refusal:
        inspect_file(path, limits=Limits(**limits))
    assert time.monotonic() - begun < 2.0 * 3  # the machine of the tests has other work to do
    assert refusal.value.sentence("zh")
    assert refusal.value.sentence("en")
    return refusal.value.code


def zipped(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"   \r\n ,, \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"%PDF-1.7 ...", "pdf"),
        (b"{\\rtf1 text}", "document"),
        (b"Rar!\x1a\x07\x00", "archive"),
        (b"7z\xbc\xaf\x27\x1c", "archive"),
        (b"\x1f\x8b\x08\x00", "archive"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"<html><p>x</p></html>", "web_page"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><html></html>", "web_page"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "web_archive"),
        (b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>", "no_sheets"),
        (b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "entities"),
        (b"PK\x03\x04" + b"\x00" * 100, "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "damaged"),
        (b"\x09\x08\x10\x00\x00\x06\x05\x00" + b"\x00" * 64, "very_old_workbook"),
        (bytes(range(256)) * 40, "unknown_content"),
        ("姓名,电话\n例一,14000000001\n".encode("utf-16-le"), "encoding_unclear"),
        ("姓名,電話,備註\n測試員,14000000001,這是繁體中文的內容說明\n".encode("big5"), "encoding_unclear"),
        ("姓名,电话\n例一,14000000001\n".encode("hz"), "encoding_unclear"),
        ("姓名,电话\n".encode() + "例一二三四五,1\n".encode("gb18030"), "encoding_unclear"),
        ("姓名,备注\n锟斤拷锟斤拷,烫烫烫\n".encode(), "encoding_unclear"),
        ('姓名,电话\n"例一,14000000001\n例二,14000000002\n'.encode(), "open_quote"),
    ],
)
def test_what_is_no_list_is_refused_by_its_content(tmp_path, content, code):
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)

    assert refused(path) == code


def test_other_office_files_are_told_by_name(tmp_path):
    ods = zipped(
        tmp_path / "a.xlsx", {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}
    )
    xlsb = zipped(tmp_path / "b.xlsx", {"[Content_Types].xml": b"<a/>", "xl/workbook.bin": b"x"})
    docx = zipped(tmp_path / "c.xlsx", {"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"})
    nested = zipped(tmp_path / "d.xlsx", {"list.xlsx": (LISTS / "03_教育专班名单.xlsx").read_bytes()})

    assert [refused(path) for path in (ods, xlsb, docx, nested)] == [
        "open_document",
        "binary_workbook",
        "document",
        "archive",
    ]


def test_a_packed_bomb_is_refused_before_it_unpacks(tmp_path):
    path = raw_sheet(tmp_path / "a.xlsx", "<worksheet/>")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"<sst>" + b" " * 300_000_000)

    assert refused(path, memory_bytes=200 * 1024 * 1024) == "packed_bomb"


def test_a_directory_that_lies_about_sizes_is_refused(tmp_path):
    path = raw_sheet(tmp_path / "a.xlsx", "<worksheet>" + "<!-- -->" * 200_000 + "</worksheet>")
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    path.write_bytes(content.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little")))

    assert refused(path) in ("packed_bomb", "damaged")


def test_a_hundred_thousand_parts_are_refused(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<a/>")
        for number in range(20_000):
            archive.writestr(f"xl/{number}", "")
    (tmp_path / "a.xlsx").write_bytes(buffer.getvalue())

    assert refused(tmp_path / "a.xlsx") == "too_many_parts"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "xl\\..\\..\\x", "C:/x"])
def test_a_path_out_of_the_folder_is_refused(tmp_path, name):
    path = raw_sheet(tmp_path / "a.xlsx", "<worksheet/>")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "x")

    assert refused(path) == "dangerous_path"


LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("dtd", [LAUGHS, OUTSIDE, '<!DOCTYPE l SYSTEM "http://127.0.0.1:9/x.dtd">'])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_definitions_inside_the_xml_are_refused(tmp_path, dtd, part):
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    path = raw_sheet(tmp_path / "a.xlsx", sheet, **({} if part != "xl/worksheets/sheet1.xml" else {part: dtd + sheet}))
    if part != "xl/worksheets/sheet1.xml":
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        parts[part] = dtd.encode() + parts.get(part, b"<styleSheet/>")
        zipped(path, parts)

    assert refused(path) == "entities"


def test_a_locked_entry_is_told_as_locked(tmp_path):
    content = bytearray(raw_sheet(tmp_path / "a.xlsx", "<worksheet/>").read_bytes())
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    (tmp_path / "a.xlsx").write_bytes(bytes(content))

    assert refused(tmp_path / "a.xlsx") == "encrypted"


def test_a_sheet_whose_rows_can_be_counted_two_ways_is_refused(tmp_path):
    row = '<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>姓名</t></is></c></row>'
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{row.format(n=1)}<!--{row.format(n=9)}-->{row.format(n=2)}</sheetData></worksheet>'

    assert refused(raw_sheet(tmp_path / "a.xlsx", sheet)) == "two_counts"


def test_a_workbook_without_a_sheet_is_refused(tmp_path):
    path = raw_sheet(tmp_path / "a.xlsx", "<worksheet/>", xl__workbook_xml="")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if "workbook_xml" not in name}
    parts["xl/workbook.xml"] = f'<workbook xmlns="{MAIN}"><sheets/></workbook>'.encode()

    assert refused(zipped(path, parts)) == "no_sheets"


def test_a_file_larger_than_allowed_is_not_even_opened(tmp_path):
    assert refused(text(tmp_path / "a.csv", [HEADINGS, *people(50)]), file_bytes=1000) == "too_large"


def test_more_rows_than_allowed_are_refused(tmp_path):
    assert refused(text(tmp_path / "a.csv", [HEADINGS, *people(50)]), rows=20) == "too_many_rows"


def test_a_child_that_takes_too_long_is_ended(tmp_path):
    begun = time.monotonic()
    with pytest.raises(UnreadableFile) as refusal:
        inspect_file(text(tmp_path / "a.csv", [HEADINGS, *people(50)]), limits=Limits(wall_seconds=0))

    assert refusal.value.code == "too_slow"
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("name", ["01_公安大数据专班协查名单.xlsx", "04_交通查验组协查名单.xls"])
def test_a_file_cut_off_on_its_way_is_refused(tmp_path, name, share):
    content = (LISTS / name).read_bytes()
    path = tmp_path / "a.bin"
    path.write_bytes(content[: int(len(content) * share)])

    with pytest.raises(UnreadableFile):
        inspect_file(path)


@pytest.mark.parametrize(
    "name", ["02_省推送专班协查人员核查表.xlsx", "04_交通查验组协查名单.xls", "06_省推送专班协查名单.csv"]
)
def test_flipped_bytes_are_refused_or_still_balance(tmp_path, name):
    chance = random.Random(20220810)
    content = (LISTS / name).read_bytes()
    path = tmp_path / "a.bin"
    for _ in range(25):
        changed = bytearray(content)
        for _ in range(chance.randint(1, 40)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        path.write_bytes(bytes(changed))
        try:
            assert balances(inspect_file(path))
        except UnreadableFile as refusal:
            assert refusal.code in FILE_REASONS
            assert refusal.code != "reader_failed"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "姓名,身份证号\n".encode()]),
    rest=st.binary(max_size=2000),
)
def test_any_bytes_are_read_or_refused_and_nothing_else(tmp_path, start, rest):
    path = tmp_path / "fuzz.bin"
    path.write_bytes(start + rest)
    try:
        assert balances(inspect_file(path))
    except UnreadableFile as refusal:
        assert refusal.code != "reader_failed"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(
            st.sampled_from(
                [
                    "",
                    "姓名",
                    "身份证号",
                    "合计",
                    "14000000001",
                    "例一",
                    "注：",
                    "5人",
                    "411102198703120018",
                    "8月5日",
                    "x",
                ]
            ),
            max_size=8,
        ),
        max_size=30,
    )
)
def test_any_table_of_odd_cells_balances(tmp_path, rows):
    path = text(tmp_path / "odd.csv", [*rows, ["y"]])

    assert balances(inspect_file(path))


def test_fifty_thousand_rows_take_bounded_memory(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", {"a": [HEADINGS, *people(999)]})
    big = text(tmp_path / "b.csv", [HEADINGS, *(people(999) * 50)])
    inspect_file(path)

    inspection = inspect_file(big, keep=False)

    assert inspection.taken == 49_950
    assert 0 < inspection.peak_megabytes < 100
