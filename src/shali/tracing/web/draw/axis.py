"""Days on an axis."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from shali.foundation.ui.formats import day as day_word
from shali.foundation.ui.formats import is_chinese


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str
    is_last: bool


def day_ticks(first: date, days: int, step: float, *, left: float) -> tuple[Tick, ...]:
    """Name days so far apart that no two names touch; a month is said with its first day there."""
    every = max(1, ceil(60 / step))
    ticks = []
    for place in range(0, days, every):
        on = first + timedelta(days=place)
        short = f"{on.day}日" if is_chinese() else str(on.day)
        label = day_word(on) if place == 0 or on.day <= every else short  # type: ignore[arg-type]  # a day is enough
        ticks.append(Tick(left + place * step, label, place + every >= days))
    return tuple(ticks)
