"""The lists that the demo city receives: workbooks as senders make them, with the damage that real ones have."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from shali.config.demo.residents import Resident

HEADINGS = ("序号", "姓名", "性别", "身份证号码", "联系电话", "现住址", "到访时间", "备注")
PLACES = ("某商场负一层超市", "某饭店二楼", "某客运站", "某批发市场", "某婚宴")
# People of other cities and people whom no register knows; nobody is meant.
STRANGERS = "乌有无名子虚莫须佚何若某"
SAME_SOUND = {"伟": "炜", "静": "靖", "丽": "莉", "杰": "洁", "芳": "方", "军": "君", "明": "铭", "平": "萍"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list to be written: title line, people of the register, how many strangers, and how much damage.

    damage: share of rows that come with some
    """

    title: str
    people: Sequence[Resident]
    strangers: int
    damage: float


def write_list(path: Path, wanted: Wanted, *, seed: int) -> int:
    """Write a list as a workbook and return how many data rows it has."""
    draw = random.Random(seed)  # noqa: S311  # the same files on two machines, nothing secret
    rows = [_row(draw, one) for one in wanted.people]
    rows += [_stranger(draw, number) for number in range(wanted.strangers)]
    draw.shuffle(rows)
    for place in range(len(rows)):
        if draw.random() < wanted.damage:
            _damage(draw, rows[place])
    rows += [list(rows[draw.randrange(len(rows))]) for _ in range(max(1, len(rows) // 40))]
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("协查名单")
    page.merge_range(0, 0, 0, len(HEADINGS) - 1, wanted.title)
    page.write_row(1, 0, HEADINGS)
    for line, row in enumerate(rows, start=2):
        page.write_number(line, 0, line - 1)
        for column, cell in enumerate(row, start=1):
            if isinstance(cell, float):
                page.write_number(line, column, cell)
            else:
                page.write_string(line, column, str(cell))
    page.write_row(len(rows) + 2, 0, ["合计", f"{len(rows)}人"])
    page.set_column(3, 5, 24)
    book.close()
    return len(rows)


def _row(draw: random.Random, one: Resident) -> list[object]:
    phone = one.phones[0] if one.phones else ""
    visit = f"8月{draw.randrange(5, 9)}日"
    return [one.name, "男" if one.sex == 1 else "女", one.id_number, phone, one.address, visit, draw.choice(PLACES)]


def _stranger(draw: random.Random, number: int) -> list[object]:
    name = draw.choice(STRANGERS) + draw.choice(STRANGERS) + draw.choice(STRANGERS)
    phone = f"14{draw.randrange(5)}{draw.randrange(10**8):08d}"
    return [name, draw.choice("男女"), "", phone, "", f"8月{draw.randrange(5, 9)}日", f"来漯人员{number + 1}"]


def _damage(draw: random.Random, row: list[object]) -> None:
    """Do to a row what senders do: numbers typed as numbers, digits swapped, full width, names by ear, no telephone."""
    number = str(row[2])
    kind = draw.randrange(6)
    if kind == 0 and number[:17].isdigit():
        row[2] = float(number[:17] + ("0" if number[17:] == "X" else number[17:]))
    elif kind == 1 and len(number) == 18:
        place = draw.randrange(14, 16)
        row[2] = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    elif kind == 2:
        row[2] = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in number)
    elif kind == 3:
        row[0] = "".join(SAME_SOUND.get(c, c) for c in str(row[0]))
        row[2] = ""
    elif kind == 4:
        row[2] = f"'{number.lower()} "
    else:
        row[3] = float(str(row[3])) if str(row[3]).isdigit() else row[3]
