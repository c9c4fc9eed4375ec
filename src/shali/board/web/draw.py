"""Where the lines of the day's curve and the counties of the map stand. Sizes are attributes; colours are classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shali.board.queries.curve import Curve
from shali.board.queries.figures import UnitLine
from shali.board.queries.outline import Outline
from shali.board.rules import nice_top, ramp_step
from shali.foundation.clocks import city_zone
from shali.foundation.ui.formats import num

LEFT, TOP, RIGHT, BOTTOM = 4, 34, 430, 250


@dataclass(frozen=True, slots=True)
class Drawn:
    """The curve: four lines as SVG paths, the places of their labels, the hours of the axis."""

    handed_over: str
    closed: str
    handed_over_before: str
    closed_before: str
    x: int
    handed_over_y: int
    closed_y: int
    handed_over_label_y: int
    closed_label_y: int
    top: str
    rows: tuple[tuple[str, int | None, int | None, int, int], ...]


def draw_curve(curve: Curve, at: datetime) -> Drawn:
    """Place the curve in a picture of 604 x 300; zero lies on the axis."""
    series = (curve.handed_over, curve.closed, curve.handed_over_before, curve.closed_before)
    most = nice_top(max(max(one, default=0) for one in series))
    local = at.astimezone(city_zone())
    here = local.hour + local.minute / 60

    def y_of(value: int) -> int:
        return round(BOTTOM - (BOTTOM - TOP) * value / most)

    def x_of(hour: float) -> int:
        return round(LEFT + (RIGHT - LEFT) * hour / 24)

    def line(values: Sequence[int], last: float) -> str:
        points = [f"{x_of(0)} {y_of(0)}"]
        points += [f"{x_of(min(hour + 1, last))} {y_of(value)}" for hour, value in enumerate(values)]
        return "M" + "L".join(points)

    first, second = y_of(curve.handed_over[-1]), y_of(curve.closed[-1])
    upper, lower = _apart(first, second)
    return Drawn(
        handed_over=line(curve.handed_over, here),
        closed=line(curve.closed, here),
        handed_over_before=line(curve.handed_over_before, 24),
        closed_before=line(curve.closed_before, 24),
        x=x_of(here),
        handed_over_y=first,
        closed_y=second,
        handed_over_label_y=upper,
        closed_label_y=lower,
        top=num(most),
        rows=tuple(_row(curve, hour) for hour in range(24)),
    )


def _apart(first: int, second: int) -> tuple[int, int]:
    """Keep two labels of 28 px from standing on one another, and above the hours."""
    if abs(first - second) >= 34:
        return first + 10, min(second + 10, BOTTOM - 4)
    middle = min((first + second) // 2, BOTTOM - 30)
    return (middle - 7, middle + 27) if first <= second else (middle + 27, middle - 7)


def _row(curve: Curve, hour: int) -> tuple[str, int | None, int | None, int, int]:
    known = hour < len(curve.closed)
    return (
        f"{hour + 1:02d}:00",
        curve.handed_over[hour] if known else None,
        curve.closed[hour] if known else None,
        curve.handed_over_before[hour],
        curve.closed_before[hour],
    )


def draw_map(rows: Sequence[dict[str, Any]], outlines: dict[str, Outline]) -> list[dict[str, Any]]:
    """Give each county of the table its outline and the ramp's step of its open share."""
    drawn = []
    for row in rows:
        line: UnitLine = row["line"]
        outline = outlines.get(line.path) if line.kind == "child" else None
        if outline is not None:
            asked = line.now.carried + line.now.handed_over
            drawn.append({**row, "outline": outline, "step": ramp_step(line.now.open, asked)})
    return drawn
