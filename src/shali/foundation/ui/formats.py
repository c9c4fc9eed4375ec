"""How numbers, hours and masked values are written, in both languages."""

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def is_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def num(value: int | float | None) -> str:
    """1234567 -> '1,234,567'; nothing known -> '—', which is not zero."""
    return "—" if value is None else f"{value:,}"


def whole(value: float | None) -> int | None:
    """1565.2 -> 1565: a measure whose fraction nobody needs; what is unknown stays unknown."""
    return None if value is None else round(value)


@lru_cache(maxsize=4)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(at: datetime) -> datetime:
    return at.astimezone(_zone(settings.TIME_ZONE))


def day_time(at: datetime | None) -> str:
    """8月10日20:15, or 10 Aug 20:15."""
    if at is None:
        return "—"
    here = local(at)
    if is_chinese():
        return f"{here.month}月{here.day}日{here:%H:%M}"
    return f"{here.day} {MONTHS[here.month - 1]} {here:%H:%M}"


def day(at: datetime | None) -> str:
    if at is None:
        return "—"
    if is_chinese():
        return f"{at.month}月{at.day}日"
    return f"{at.day} {MONTHS[at.month - 1]}"


def hour(at: datetime | None) -> str:
    return "—" if at is None else f"{local(at):%H:%M}"


def span(length: timedelta) -> str:
    """Hours and minutes without sign: 2:35."""
    minutes = int(abs(length.total_seconds()) // 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def share(part: int, whole: int) -> str:
    """A share of people, rounded down: 99.96 % is not 100."""
    if not whole:
        return "—"
    return f"{int(1000 * part / whole) / 10:.1f}"


def mask_name(name: str) -> str:
    """Keep the first character; a name in Latin letters keeps its first letter."""
    kept = name.strip()[:1]
    return f"{kept}{'*' * min(max(len(name.strip()) - 1, 1), 3)}" if kept else "—"


def mask_number(number: str) -> str:
    """A document's number: first 4, last 2."""
    if len(number) <= 6:
        return "*" * len(number)
    return f"{number[:4]}{'*' * (len(number) - 6)}{number[-2:]}"


def mask_phone(number: str) -> str:
    """A telephone's number: first 3, last 2."""
    if len(number) <= 5:
        return "*" * len(number)
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"
