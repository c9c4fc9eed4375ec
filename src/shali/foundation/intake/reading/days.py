"""Days as senders write them, to ISO."""

import re
from datetime import date, timedelta
from functools import lru_cache

from shali.foundation.intake.reading.text import chinese_number, narrow

_FULL = re.compile(r"(\d{4})\s*[-/.年\\]\s*(\d{1,2})\s*[-/.月\\]\s*(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?:\d{4}(?:\d{2})?)?(?!\d)")
_MONTH_DAY = re.compile(r"(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?(?!\d)")
_BARE = re.compile(r"(\d{1,2})[./\-](\d{1,2})")
_SHORT_YEAR = re.compile(r"(\d{2})[./\-年](\d{1,2})[./\-月](\d{1,2})日?")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
_MONTHS = {
    name: n
    for n, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
_ENGLISH = re.compile(r"(\d{1,2})[\s\-]*([A-Za-z]{3})[a-z]*[\s\-,]*(\d{2,4})?")
_ENGLISH_US = re.compile(r"([A-Za-z]{3})[a-z]*[\s.]+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_CHINESE = re.compile(
    r"(?:([〇零○一二三四五六七八九]{4}|二[〇零○]二[〇零○一二三四五六七八九])年)?([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,4})[日号]?"
)
_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?=\s*[年./\-]|[01]\d[0-3]\d(?!\d))")


@lru_cache(maxsize=50_000)
def read_day(text: str, *, year: int | None = None, is_number: bool = False) -> tuple[str, str]:
    """Return the ISO day of a cell and a reason when there is none or it was guessed.

    year: the list's own year, for days written without one.
    is_number: the cell is a number, so that 44778 is a day counted by the sheet and 8.5 may have been "8.5".
    """
    plain = narrow(text).strip("'`")
    if re.fullmatch(r"\d{5}(?:\.\d+)?", plain) and 20_000 <= float(plain) < 80_000:
        return (date(1899, 12, 30) + timedelta(days=int(float(plain)))).isoformat(), ""
    plain = re.sub(r"\.0$", "", plain) if is_number else plain
    for attempt in (_with_year, _without_year):
        if found := attempt(plain, year):
            return found
    return "", "day_unreadable"


def _with_year(text: str, year: int | None) -> tuple[str, str] | None:
    if hit := _FULL.search(text) or _COMPACT.search(text):
        return _day(hit[1], hit[2], hit[3])
    if hit := _CHINESE.search(text):
        if hit[1]:
            return _day(chinese_number(hit[1]), chinese_number(hit[2]), chinese_number(hit[3]))
        return _guessed(year, chinese_number(hit[2]), chinese_number(hit[3]))
    if hit := _DAY_FIRST.fullmatch(text.split(maxsplit=1)[0]) if text else None:
        first, second = int(hit[1]), int(hit[2])
        if first > 12 or first == second:
            return _day(hit[3], second, first)
        # 5/8/2022 may be May or August: nobody can tell from the cell.
        return _day(hit[3], first, second) if second > 12 else ("", "day_ambiguous")
    if hit := _ENGLISH_US.search(text):
        return _day(hit[3], _MONTHS.get(hit[1].lower()), hit[2])
    if (hit := _ENGLISH.search(text)) and hit[2].lower() in _MONTHS:
        month = _MONTHS[hit[2].lower()]
        if hit[3]:
            return _day(hit[3] if len(hit[3]) == 4 else "20" + hit[3][-2:], month, hit[1])
        return _guessed(year, month, hit[1])
    return None


def _without_year(text: str, year: int | None) -> tuple[str, str] | None:
    if hit := _SHORT_YEAR.fullmatch(text):
        return _day("20" + hit[1], hit[2], hit[3])
    if hit := _MONTH_DAY.search(text):
        return _guessed(year, hit[1], hit[2])
    if hit := _BARE.fullmatch(text.split(maxsplit=1)[0] if text else ""):
        return _guessed(year, hit[1], hit[2])
    return None


def _guessed(year: int | None, month: object, day: object) -> tuple[str, str] | None:
    return _day(year, month, day) if year else ("", "day_without_year")


def _day(year: object, month: object, day: object) -> tuple[str, str] | None:
    try:
        return date(int(str(year)), int(str(month)), int(str(day))).isoformat(), ""
    except ValueError:
        return "", "day_unreadable"


def year_in(text: str) -> int | None:
    """Return the year that a title or a file name speaks of."""
    hit = _YEAR.search(narrow(text))
    return int(hit[1]) if hit else None
