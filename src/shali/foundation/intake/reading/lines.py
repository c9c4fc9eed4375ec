"""Small questions about one line of a sheet."""

import re
from collections import Counter

from shali.foundation.intake.reading.columns import Layout, is_header
from shali.foundation.intake.reading.days import year_in
from shali.foundation.intake.reading.judge import Judge
from shali.foundation.intake.reading.records import RawRow
from shali.foundation.intake.reading.text import is_blank, narrow, squeeze

SIGNATURE = re.compile(
    r"(?:填表|填报|制表|审核|报送|经办|负责|联系|核查|统计|签发|校对|报告)"
    r"(?:人|单位|领导|部门|时间|日期)?(?:[((]?签[字名章]+[))]?)?\s*[::]"
    r"|签[字名章]\s*[::]|盖章|signature|prepared by",
    re.IGNORECASE,
)
NOTE = re.compile(
    r"^\s*(?:注|备注|说明|附|以下|以上|备考|填表说明|温馨|提示|note|remark|\*|※|▲)\s*[::,,]?"
    r"|^[一二三四五六七八九十]+、|^[((][一二三四五六七八九十]+[))]",
    re.IGNORECASE,
)


_EXAMPLE = re.compile(r"[(\[【]?(?:填写|填报)?(?:示例|样例|范例|举例|例如|例|例子)[)\]】]?[::]?\d*")


def is_signature(text: str) -> bool:
    return SIGNATURE.search(narrow(text)) is not None


def is_note(text: str) -> bool:
    return NOTE.match(narrow(text)) is not None


def is_example(text: str) -> bool:
    """Say whether a first cell marks its row as the sender's example of how to fill the sheet in."""
    return _EXAMPLE.fullmatch(narrow(text)) is not None


def is_foreign_heading(texts: list[str], *, least: int) -> bool:
    """Say whether a line looks like headings: several short different words and no figure among them."""
    filled = [squeeze(text) for text in texts if not is_blank(text)]
    return (
        len(filled) >= max(2, least)
        and len(set(filled)) == len(filled)
        and not any(sign.isdigit() for text in filled for sign in text)
        and all(len(text) <= 12 for text in filled)
    )


def is_foreign(lines: list[RawRow], *, least: int, so_far: bool) -> bool:
    """Say whether a heading of another trade stands above, and no blank row since."""
    for line in lines:
        so_far = any(line.texts) and (so_far or is_foreign_heading(line.texts, least=least))
    return so_far


def plain(row: RawRow) -> str:
    return "\x1f".join(text.strip() for text in row.texts).rstrip("\x1f")


def cut(texts: list[str], layout: Layout) -> list[str]:
    """Return the cells of one of several tables side by side, at their own places."""
    return [text if layout.first_column <= column <= layout.last_column else "" for column, text in enumerate(texts)]


def is_count(text: str) -> bool:
    return re.fullmatch(r"\d{1,7}(?:\.0)?", narrow(text)) is not None


def is_person(judge: Judge, row: RawRow) -> bool:
    return any(row.texts) and not judge.judge(row.texts, row.kinds).reason


def is_group_row(above: RawRow, header: RawRow) -> bool:
    """Say whether the line above a heading groups its columns, and is no title over all of them."""
    filled = [column for column, text in enumerate(above.texts) if text.strip()]
    if above.number != header.number - 1 or len(filled) < 2:
        return False
    short = all(
        len(above.texts[column].strip()) <= 16 and not _has_long_number(above.texts[column]) for column in filled
    )
    holes = [column for column in filled if column >= len(header.texts) or not header.texts[column].strip()]
    return short and (bool(holes) or len(filled) >= 2)


def _has_long_number(text: str) -> bool:
    return sum(sign.isdigit() for sign in text) >= 4


def until_next_table(sample: list[RawRow]) -> list[RawRow]:
    end = next((at for at, row in enumerate(sample) if is_header(row.texts)), len(sample))
    return sample[:end]


def year_of(layout: Layout, sample: list[RawRow]) -> int | None:
    """Return the year that most days of the list's own day column have."""
    columns = [column for column, name in layout.fields.items() if name in ("visit_on", "arrived_on")]
    years = Counter(
        year for row in sample for column in columns if column < len(row.texts) and (year := year_in(row.texts[column]))
    )
    return years.most_common(1)[0][0] if years else None
