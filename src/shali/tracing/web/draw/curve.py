"""The curve as bars by day, split by class, and R under it on the same days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from shali.tracing.queries.curve import CurveView, Reproduction
from shali.tracing.web.draw.axis import Tick, day_ticks

# The curve: bars by day above an axis, and R below it on the same days.
C_LEFT, C_RIGHT, C_TOP, C_BOTTOM, R_TOP, R_BOTTOM = 56, 20, 20, 240, 20, 200


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    width: float
    pieces: tuple[tuple[float, float, int, int], ...]  # y, height, class, count
    on: date
    total: int
    expected_y: float | None
    expected_low: float | None
    expected_high: float | None


@dataclass(frozen=True, slots=True)
class CurveDrawing:
    width: int
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    levels: tuple[tuple[float, int], ...]
    area: str
    line: str
    one_y: float
    r_levels: tuple[tuple[float, float], ...]


def draw_curve(view: CurveView) -> CurveDrawing | None:
    """Place the bars of a curve, split by class, with what the last days are expected to have; and R under them."""
    daily = view.daily
    if daily is None:
        return None
    days = len(daily.all)
    step = min(72.0, max(7.0, 1200 / days))
    width = int(C_LEFT + days * step + C_RIGHT)
    expected = view.expected
    most = max([*daily.all, 1])
    if expected is not None:
        # An interval may reach far above what anybody expects: it is cut at the picture's top.
        most = max(most, *(ceil(float(one)) for one in expected.expected))
    top = _nice(most)

    def y_of(value: float) -> float:
        return C_BOTTOM - (C_BOTTOM - C_TOP) * min(value, top) / top

    bars = []
    for place, (on, total) in enumerate(zip(daily.days, daily.all, strict=True)):
        pieces, below = [], 0
        for code, series in daily.by_class.items():
            if count := series[place]:
                pieces.append((y_of(below + count), y_of(below) - y_of(below + count), code, count))
                below += count
        open_days = expected is not None and expected.share[place] < 0.995
        bars.append(
            Bar(
                C_LEFT + place * step + 1,
                step - 2,
                tuple(pieces),
                on,
                total,
                y_of(float(expected.expected[place])) if expected is not None and open_days else None,
                y_of(float(expected.low[place])) if expected is not None and open_days else None,
                y_of(float(expected.high[place])) if expected is not None and open_days else None,
            )
        )
    r_top = _r_top(view.reproduction)
    area, line = _band(view.reproduction, daily.first, step, r_top)
    levels = tuple((y_of(top * part / 4), top * part // 4) for part in range(5)) if top >= 4 else ((y_of(top), top),)
    r_levels = tuple((_r_y(value, r_top), value) for value in (1.0, r_top / 2, r_top))
    ticks = day_ticks(daily.first, days, step, left=C_LEFT + step / 2)
    return CurveDrawing(width, tuple(bars), ticks, levels, area, line, _r_y(1.0, r_top), r_levels)


def _nice(value: int) -> int:
    for top in (4, 8, 12, 20, 40, 60, 80, 100, 200, 400, 800, 1000, 2000, 4000, 10_000):
        if value <= top:
            return top
    return value


def _r_top(found: Reproduction | None) -> float:
    return min(12.0, max(2.0, *(ceil(one) for one in found.high))) if found else 2.0


def _r_y(value: float, top: float) -> float:
    return R_BOTTOM - (R_BOTTOM - R_TOP) * min(value, top) / top


def _band(found: Reproduction | None, first: date, step: float, top: float) -> tuple[str, str]:
    """Return the interval of R as an area and its median as a line, each point on the last day of its window."""
    if found is None:
        return "", ""
    xs = [C_LEFT + (on - first).days * step + step / 2 for on in found.days]
    above = [f"{x:.1f} {_r_y(high, top):.1f}" for x, high in zip(xs, found.high, strict=True)]
    below = [f"{x:.1f} {_r_y(low, top):.1f}" for x, low in zip(xs, found.low, strict=True)]
    middle = [f"{x:.1f} {_r_y(one, top):.1f}" for x, one in zip(xs, found.median, strict=True)]
    return "M" + "L".join([*above, *reversed(below)]) + "Z", "M" + "L".join(middle)


def in_words(values: Sequence[float], digits: int = 2) -> list[str]:
    return [f"{one:.{digits}f}" for one in values]
