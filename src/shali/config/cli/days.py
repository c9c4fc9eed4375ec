"""Dates of anybody's columns, as numbers of days: how they are written is found out for a whole column at once."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shali.engines.chains import Problem

# In this order where several fit: what is plain first; of day/month and month/day the first, and it is said.
SHAPES = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"),
    *("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y", "%d/%m/%y", "%m/%d/%y"),
    *("%d-%b-%Y", "%d %b %Y", "%d-%b-%y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d%b%Y"),
)
SWAPPED = {"%d/%m/%Y": "%m/%d/%Y", "%d-%m-%Y": "%m-%d-%Y", "%d/%m/%y": "%m/%d/%y"}
EPOCH = date(1970, 1, 1)


# These cannot be mistaken for another day.
PLAIN = 5


def plain_day(text: str) -> date | None:
    """Return the day of a date whose form leaves no doubt; None for anything else."""
    return next((day for shape in SHAPES[:PLAIN] if (day := _parsed(text, shape)) is not None), None)


class Days:
    """The days of some columns. `is_dates`: they are dates, and not numbers counted from a day nobody names."""

    def __init__(self, cells: Mapping[str, list[float | None]], *, is_dates: bool) -> None:
        self.cells, self.is_dates = cells, is_dates

    def read(self, column: str, place: int) -> float | None:
        return self.cells[column][place]

    def word(self, day: float) -> str:
        """Write a day as a date, or as the number that it is."""
        return (EPOCH + timedelta(days=int(day))).isoformat() if self.is_dates else f"{day:g}"


def read_days(
    file: str, columns: Mapping[str, Sequence[str | None]], shape: str | None, problems: "list[Problem]"
) -> Days:
    """Read columns of days; a cell that is none is named and counts as not known.

    shape: how dates are written, where the reader knows; else the one that most cells of all columns together fit
    """
    from shali.engines.chains import Problem

    texts = [str(cell) for cells in columns.values() for cell in cells if cell is not None]
    numbers = sum(_number(text) is not None and not _fits(text, "%Y%m%d") for text in texts)
    if not shape and 2 * numbers > len(texts):
        found = {
            name: _named(file, name, cells, {cell: _number(cell) for cell in cells if cell is not None}, problems)
            for name, cells in columns.items()
        }
        return Days(found, is_dates=False)
    chosen = shape or max(SHAPES, key=lambda one: sum(_fits(text, one) for text in set(texts)), default=SHAPES[0])
    other = SWAPPED.get(chosen)
    dates = [text for text in texts if _fits(text, chosen)]
    if not shape and other and dates and all(_fits(text, other) for text in dates):
        did = f"read as {chosen}; say date_format in the map if it is {other}"
        problems.append(Problem("day_or_month_first", file, 1, "", ", ".join(columns), dates[0], did))
    found = {}
    for name, cells in columns.items():
        # Many cells, few different days: each is read once.
        days = {cell: _day(cell, chosen) for cell in set(cells) if cell is not None}
        found[name] = _named(file, name, cells, days, problems)
    return Days(found, is_dates=bool(texts))


def _named(
    file: str, name: str, cells: Sequence[str | None], days: Mapping[str, float | None], problems: "list[Problem]"
) -> list[float | None]:
    """Return what each cell was read as; one that says something and is no day is named."""
    from shali.engines.chains import Problem

    for place, cell in enumerate(cells):
        if cell is not None and days[cell] is None:
            problems.append(Problem("no_date", file, place + 2, "", name, cell, "taken as not known"))
    return [None if cell is None else days[cell] for cell in cells]


def _day(text: str, shape: str) -> float | None:
    for one in (shape, *SHAPES[:PLAIN]):
        parsed = _parsed(text, one)
        if parsed is not None:
            return float((parsed - EPOCH).days)
    return None


def _fits(text: str, shape: str) -> bool:
    return _parsed(text, shape) is not None


def _parsed(text: str, shape: str) -> date | None:
    # A time of day behind the date is left off: "2015-05-11T00:00:00Z", "2015-05-11 08:30".
    head = text.split("T", maxsplit=1)[0].strip() if "T" in text[4:] and text[:4].isdigit() else text.strip()
    for candidate in dict.fromkeys((head, head.split(" ")[0])):
        try:
            return datetime.strptime(candidate, shape).date()  # noqa: DTZ007  a day, not an instant
        except ValueError:
            continue
    return None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if isfinite(value) else None
