"""Spans as people write them: 14d, 10min, 1h30min."""

import re

_SECONDS = {
    "s": 1, "sec": 1, "second": 1, "seconds": 1,
    "m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60,
    "h": 3600, "hour": 3600, "hours": 3600,
    "d": 86400, "day": 86400, "days": 86400,
    "w": 604800, "week": 604800, "weeks": 604800,
}  # fmt: skip


class NotASpan(ValueError):
    """Text that is not a number with a unit."""


def read_span(text: str) -> int:
    """Return whole seconds.

    :raises NotASpan: there is no number, no unit, or a unit that nobody knows
    """
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*([a-zA-Z]*)", text)
    if not parts or re.sub(r"\d+(?:\.\d+)?\s*[a-zA-Z]*|[\s,]", "", text):
        raise NotASpan(f'"{text}" is not a span of time. Write it like 14d, 10min, 90s or 1h30min.')
    total = 0.0
    for number, unit in parts:
        if float(number) and unit.lower() not in _SECONDS:
            raise NotASpan(
                f'"{text}" has {"no unit" if not unit else f"an unknown unit, {unit}"}. Write 14d, 10min, 90s.'
            )
        total += float(number) * _SECONDS.get(unit.lower(), 0)
    return round(total)
