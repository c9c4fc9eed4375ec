"""The only reader of the clock. Below a door nobody asks what time it is: `at` is passed along.

An exercise runs on a shifted clock: `SHALI_CLOCK_START` says which hour it was when the shift began, and a note in the
key of the installation (`clock-shift`, seconds) keeps the shift over restarts.
"""

import os
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

SHIFT_NOTE = "clock-shift"


def now() -> datetime:
    """Return the hour in UTC; in an exercise, the exercise's hour."""
    return datetime.now(UTC) + shift()


def shift() -> timedelta:
    """Return by how much the exercise's clock differs from the real one; zero outside exercises."""
    return _shift_from(settings.VAR / SHIFT_NOTE) if settings.EXERCISE else timedelta(0)


@cache
def _shift_from(note: Path) -> timedelta:
    return timedelta(seconds=float(note.read_text())) if note.exists() else timedelta(0)


def start_exercise_at(hour: datetime) -> None:
    """Set the exercise's clock so that it is `hour` now; it runs on from there, over restarts too."""
    note = Path(settings.VAR) / SHIFT_NOTE
    note.parent.mkdir(parents=True, exist_ok=True)
    draft = note.with_suffix(f".{os.getpid()}")
    draft.write_text(str((hour - datetime.now(UTC)).total_seconds()))
    draft.replace(note)
    _shift_from.cache_clear()


def day_of(at: datetime) -> date:
    """Return the city's own day of an hour."""
    return at.astimezone(city_zone()).date()


def start_of_day(day: date) -> datetime:
    """Return the hour at which a day of the city begins."""
    return datetime(day.year, day.month, day.day, tzinfo=city_zone())


def city_zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)
