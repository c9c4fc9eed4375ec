"""A hostile list of thousands of rows, made from a seed, with what must become of every row. Everybody is invented."""

import csv
import io
import random
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter
import xlwt

from shali.foundation.intake.reading import Inspection
from shali.foundation.intake.tests.reading.workbooks import id_number

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030")
NAMES = [
    "例一",
    "例𠮷",
    "𬎆例明",
    "例\ufa0c",
    "买买提·例",
    "阿依•古丽例",
    "古丽・例娜",
    "例\u200b三",
    "\u202e例四",
    "例 五",
    "Ann Example",
    "=例六",
]
DAYS = [
    "2022-08-05", "2022/8/5", "2022.8.5", "2022年8月5日", "20220805", "8月5日", "8.5", "2022-08-05 14:30", "22.8.5",
    "二〇二二年八月五日", "２０２２-８-５", "2022/08/05 09:00:00", "Aug 5 2022",
]  # fmt: skip
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
FIELDS = ("id_number", "name", "phones", "visit_on")


@dataclass
class Cell:
    """A value as it stands in a workbook (`kind`: s text, n number, f formula) and in a text list."""

    value: object
    kind: str = "s"
    plain: str = ""

    @property
    def text(self) -> str:
        return self.plain or str(self.value)


@dataclass
class Line:
    cells: list[Cell]
    state: str
    reason: str = ""
    person: dict[str, object] = field(default_factory=dict)
    hidden: bool = False
    merged: bool = False


@dataclass
class Sheet:
    name: str
    lines: list[Line]
    hidden: bool = False


class Maker:
    """Makes people whose cells are as bad as those of real lists."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._serial = 0
        self._seen: list[Line] = []

    def id_cell(self) -> tuple[Cell, str, str]:
        """Return the cell, the number that may be believed ('' for none) and why none."""
        serial = self._serial
        number = id_number(serial % 1000, born=f"19{50 + serial // 1000:02d}0312", area="411190")
        lost = f"{number[:15]}000"
        x = "41119019870312" + next(
            f"{n:03d}X" for n in range(serial % 900, 1000) if id_number(n, area="411190").endswith("X")
        )
        wrong = number[:17] + str((int(number[17]) + 1) % 10 if number[17].isdigit() else 0)
        return self._dice.choices(
            [
                (Cell(number), number, ""),
                (Cell(x.lower()), x, ""),
                (Cell(f" {number[:6]} {number[6:14]}  {number[14:]}\u00a0"), number, ""),
                (Cell(number.translate(WIDE)), number, ""),
                (Cell("'" + number), number, ""),
                (Cell(number + "(身份证)"), number, ""),
                (Cell("身份证：" + number), number, ""),
                (Cell(number[:10] + "\u200b" + number[10:]), number, ""),
                (Cell(number, "f"), number, ""),
                (Cell(int(lost), "n", f"{int(lost):.5E}"), "", "id_number_lost_digits"),
                (Cell(wrong), "", "id_number_check_failed"),
                (Cell(number[:16]), "", "id_number_length"),
                (Cell(f"{number} / {x}"), "", "id_number_several"),
                (Cell("母亲:" + number), "", "id_number_unreadable"),
                (Cell("E12345678"), "E12345678", ""),
                (Cell("H12345678"), "H12345678", ""),
                (Cell("411190870312123"), "411190870312123", ""),
                (Cell("无"), "", "only_name"),
                (Cell(""), "", "only_name"),
            ],
            weights=[40, 4, 4, 4, 4, 4, 4, 3, 3, 8, 4, 4, 3, 3, 3, 3, 3, 3, 3],
        )[0]

    def phone_cell(self) -> tuple[Cell, list[str]]:
        one, two = f"140{self._serial:08d}", f"144{self._serial:08d}"
        return self._dice.choices(
            [
                (Cell(one), [one]),
                (Cell(float(one), "n", one + ".0"), [one]),
                (Cell(f"{one}/{two}"), [one, two]),
                (Cell(f"{one}、{two}"), [one, two]),
                (Cell(f"+86 {one[:3]}-{one[3:7]}-{one[7:]}"), [one]),
                (Cell(one.translate(WIDE)), [one]),
                (Cell("0395-3120001"), ["0395-3120001"]),
                (Cell("1.4E+10"), []),
                (Cell(""), []),
            ],
            weights=[30, 10, 6, 6, 6, 6, 4, 3, 30],
        )[0]

    def person(self) -> Line:
        self._serial += 1
        if self._seen and self._dice.random() < 0.03:
            return self._dice.choice(self._seen)
        name = self._dice.choice(NAMES)
        cell, number, why = self.id_cell()
        phone, phones = self.phone_cell()
        cells = [
            Cell(self._serial, "n"), Cell(name), cell, phone, Cell(f"源汇区例子路{self._serial}号"),
            Cell(self._dice.choice(DAYS)),
        ]  # fmt: skip
        if not number and not phones:
            return Line(cells, "rejected", why)
        person: dict[str, object] = {"id_number": number, "name": name, "phones": phones, "visit_on": "2022-08-05"}
        line = Line(cells, "taken", person=person, hidden=self._dice.random() < 0.02)
        self._seen.append(line)
        return line


HEAD = ["序号", "姓名", "身份证号", "联系电话", "现住址", "到访时间"]
UPPER = ["序号", "人员信息", "", "", "住址", "轨迹"]
LOWER = ["", "姓名", "证件号码", "手机号码", "现住址", "到访时间"]


def said(words: list[str], reason: str, *, merged: bool = False) -> Line:
    return Line([Cell(word) for word in words], "skipped", reason, merged=merged)


def table(maker: Maker, count: int, *, shuffled: bool = False) -> list[Line]:
    """Return people with blank rows, notes, subtotals and printed headings between them."""
    lines = []
    for number in range(count):
        lines.append(maker.person())
        if number % 97 == 40:
            lines.append(said([], "blank"))
        elif number % 211 == 100:
            lines.append(said(["注：以下人员由派出所提供，请于8月10日18时前反馈核查结果"], "note"))
        elif number % 307 == 200:
            lines.append(said(["小计", "", "", str(number)], "total"))
        elif number % 401 == 300 and not shuffled:
            lines.append(said(["", "备注：此处起为第二批"], "note"))
    if shuffled:
        lines = [
            Line([line.cells[at] if at < len(line.cells) else Cell("") for at in (3, 1, 5, 2, 4)], line.state, line.reason, line.person)
            if line.state != "skipped" else line
            for line in lines
        ]  # fmt: skip
    return lines


def sheets(seed: int, rows: int) -> list[Sheet]:
    maker = Maker(seed)
    main = [
        said(["关于协查2022年8月5日重点人员的函（附件）"], "title", merged=True),
        said(["请各县区核查，8月10日前反馈"], "covering_line", merged=True),
        said(UPPER, "header"), said(LOWER, "header"), *table(maker, rows * 7 // 10),
        said(["合计", "", "", f"{rows}人"], "total"), said(["填表人：例某    审核人：例某某"], "signature"),
    ]  # fmt: skip
    two = [
        said(["2022年第一批"], "title"), said(HEAD, "header"), *table(maker, rows // 10), said([], "blank"),
        said([HEAD[at] for at in (3, 1, 5, 2, 4)], "header"), *table(maker, rows // 10, shuffled=True),
    ]  # fmt: skip
    hidden = [said(HEAD, "header"), *table(maker, rows - rows * 7 // 10 - 2 * (rows // 10))]
    return [Sheet("名单", main), Sheet("两张表", two), Sheet("旧稿2022", hidden, hidden=True)]


def to_xlsx(path: Path, made: list[Sheet]) -> Path:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    for sheet in made:
        page = book.add_worksheet(sheet.name)
        for at, line in enumerate(sheet.lines):
            for column, cell in enumerate(line.cells):
                if cell.kind == "n":
                    page.write_number(at, column, cell.value)
                elif cell.kind == "f":
                    page.write_formula(at, column, '=T("x")', None, cell.value)
                elif cell.value:
                    page.write_string(at, column, cell.value)
            if line.merged:
                page.merge_range(at, 0, at, 5, line.cells[0].value)
            if line.hidden:
                page.set_row(at, None, None, {"hidden": True})
        if sheet.hidden:
            page.hide()
    book.close()
    return path


def to_xls(path: Path, made: list[Sheet]) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    for sheet in made:
        page = book.add_sheet(sheet.name)
        for at, line in enumerate(sheet.lines):
            for column, cell in enumerate(line.cells):
                if cell.value != "" and not (line.merged and column == 0):
                    page.write(at, column, float(cell.value) if cell.kind == "n" else cell.value)
            if line.merged:
                page.write_merge(at, at, 0, 5, line.cells[0].value)
            page.row(at).hidden = line.hidden
        page.visibility = int(sheet.hidden)
    book.save(str(path))
    return path


def to_text(path: Path, made: list[Sheet], encoding: str) -> Path:
    out = io.StringIO()
    writer = csv.writer(out)
    for sheet in made:
        writer.writerows([cell.text for cell in line.cells] or [""] for line in sheet.lines)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def as_one(made: list[Sheet]) -> list[Sheet]:
    return [Sheet("", [line for sheet in made for line in sheet.lines])]


def differences(inspection: Inspection, made: list[Sheet]) -> list[str]:
    """Compare every row with the truth; say where they part."""
    found = {(row.sheet, row.row): row for row in inspection.rows}
    wrong = []
    for index, sheet in enumerate(made):
        for at, line in enumerate(sheet.lines, start=1):
            row = found.pop((index, at), None)
            place = f"{sheet.name}!{at} {[cell.text for cell in line.cells]}"
            if row is None:
                wrong.append(f"{place}: not accounted for")
            elif row.state != line.state or (row.reason != line.reason and line.state == "rejected"):
                wrong.append(f"{place}: {row.state} {row.reason}, expected {line.state} {line.reason}")
            elif line.state == "taken":
                got = {name: row.values.get(name, [] if name == "phones" else "") for name in FIELDS}
                wrong += [f"{place}: {n} is {got[n]!r}, expected {v!r}" for n, v in line.person.items() if got[n] != v]
    return wrong + [f"{place}: not in the file" for place in found]
