"""The demo's pushed lists: workbooks with the damage that real ones bring, made from a seed, about invented people."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from openpyxl import Workbook

from shali.config.demo.residents import AREA, Resident
from shali.foundation.people.rules import check_character

HEADINGS = (
    ("序号", "姓名", "身份证号", "联系电话", "现住址", "备注"),
    ("编号", "被协查人姓名", "证件号码", "手机号", "详细地址", "协查事由"),
)
_STRANGERS = ("路过云", "客自来", "过江鲫", "何许人", "乌衣巷", "江上客", "行者孙", "远来客", "无名氏", "陌上桑")
_OTHER_CITIES = ("河南省郑州市某区某路1号", "河南省许昌市某县某镇", "外省暂住", "")
_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
Cells = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """How a sender's workbook looks, and how many of its rows are which."""

    title: str
    known: int
    strangers: int
    repeated: int = 0
    damaged: int = 0
    doubtful: int = 0
    headings: int = 0


def write_list(path: Path, shape: Shape, people: Sequence[Resident], draw: random.Random) -> int:
    """Write one list about the people and some strangers, and return how many rows it has."""
    rows: list[Cells] = [_resident(one, draw) for one in people[: shape.known]]
    rows += [_stranger(draw) for _ in range(shape.strangers)]
    rows += [_doubtful(one) for one in draw.sample(list(people[shape.known :]), shape.doubtful)]
    draw.shuffle(rows)
    rows += draw.sample(rows, shape.repeated)
    rows += [_damaged(number, draw) for number in range(shape.damaged)]
    book = Workbook()
    for unwanted in book.worksheets:
        book.remove(unwanted)
    sheet = book.create_sheet("协查名单")
    sheet.append([shape.title])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=6)
    sheet.append(list(HEADINGS[shape.headings]))
    for number, row in enumerate(rows, start=1):
        sheet.append([number, *row])
        if number % 90 == 0:
            sheet.append([])
    book.save(path)
    return len(rows)


def _resident(one: Resident, draw: random.Random) -> Cells:
    """A resident as senders write him: digits full-width, blanks between them, a telephone as a number."""
    number: object = one.id_number
    shape = draw.random()
    if shape < 0.04:
        number = one.id_number.translate(_FULL_WIDTH)
    elif shape < 0.08:
        number = f"{one.id_number[:6]} {one.id_number[6:14]} {one.id_number[14:]}"
    elif shape < 0.12:
        number = one.id_number.lower() + " "
    phone: object = one.phones[0] if one.phones else ""
    if phone and draw.random() < 0.3:
        phone = int(str(phone))
    return one.name, number, phone, one.address, "时空伴随"


def _stranger(draw: random.Random) -> Cells:
    born = date(1960, 1, 1) + timedelta(days=draw.randrange(16_000))
    first = f"{AREA}{born:%Y%m%d}{draw.randrange(700, 999)}"
    phone = f"144{draw.randrange(10**8):08d}"
    return draw.choice(_STRANGERS), first + check_character(first), phone, draw.choice(_OTHER_CITIES), "途经"


def _doubtful(one: Resident) -> Cells:
    """A resident whose row may be somebody else's: two digits changed places, the name and the address are his."""
    digits = one.id_number
    turned = digits[:15] + f"{(int(digits[15:17]) + 37) % 100:02d}"
    return one.name, turned + check_character(turned), one.phones[0] if one.phones else "", one.address, "时空伴随"


def _damaged(number: int, draw: random.Random) -> Cells:
    """A row that no rule can read: its number has lost its end, or nothing says who is meant."""
    name = draw.choice(_STRANGERS)
    if number % 3 == 0:
        return name, float(411190198801010000 + draw.randrange(9999)), "", "", "时空伴随"
    if number % 3 == 1:
        return "", "", f"144{draw.randrange(10**8):08d}", "", ""
    return name, f"{AREA}19881332001X", "", "", "时空伴随"
