"""A cluster's people, a line each: spans and marks by day."""

from dataclasses import dataclass
from datetime import date

from shali.tracing.queries.timeline import Timeline
from shali.tracing.web.draw.axis import Tick, day_ticks

# The timeline: a line of 28 px for each person, days to the right of the names.
T_LEFT, T_TOP, T_ROW = 150, 30, 28


@dataclass(frozen=True, slots=True)
class Strip:
    x: float
    width: float
    kind: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    kind: str
    on: date


@dataclass(frozen=True, slots=True)
class TimeLine:
    y: int
    strips: tuple[Strip, ...]
    dots: tuple[Dot, ...]


def draw_timeline(found: Timeline) -> tuple[int, int, tuple[Tick, ...], list[TimeLine]]:
    """Return width, height, the days of the axis, and for each person's line where its spans and marks stand."""
    days = (found.last - found.first).days + 1
    step = min(44.0, max(18.0, 900 / days))

    def x_of(on: date) -> float:
        return T_LEFT + max(0, (on - found.first).days) * step

    lines = []
    for place, line in enumerate(found.lines):
        strips = tuple(
            Strip(x_of(span.first), max(x_of(span.last) - x_of(span.first) + step, 4), span.kind, span.first, span.last)
            for span in line.spans
            if span.last >= found.first and span.first <= found.last
        )
        dots = tuple(
            Dot(x_of(mark.on) + step / 2, mark.kind, mark.on)
            for mark in line.marks
            if found.first <= mark.on <= found.last
        )
        lines.append(TimeLine(T_TOP + place * T_ROW, strips, dots))
    ticks = day_ticks(found.first, days, step, left=T_LEFT)
    return int(T_LEFT + days * step + 10), T_TOP + len(lines) * T_ROW + 10, ticks, lines
