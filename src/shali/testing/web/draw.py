"""How far a round has come, drawn: people sampled by hour, against the roster, with when it would be done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shali.foundation.clocks import city_zone
from shali.foundation.ui.formats import hour as hour_word
from shali.testing.queries.rounds import RoundView

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 260, 64, 16, 16, 224


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """line: what was; ahead: what would be, as the last hours went on; whole_y: the roster without the exempt."""

    line: str
    area: str
    ahead: str
    whole_y: float
    whole: int
    end_x: float
    now_x: float
    ticks: tuple[Tick, ...]
    levels: tuple[tuple[float, int], ...]
    finish_x: float | None


def draw_coverage(view: RoundView, *, at: datetime) -> Coverage | None:
    """Place the curve of a round; nothing before somebody was sampled."""
    if not view.curve:
        return None
    whole = max(1, view.balance.to_come)
    begins = min(view.row.starts_at, view.curve[0][0])
    ends = max(view.row.ends_at, view.finish or view.row.ends_at, view.curve[-1][0])
    ends = min(ends, begins + timedelta(hours=72))
    span = max((ends - begins).total_seconds(), 1)

    def x_of(hour: datetime) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * min(1.0, max(0.0, (hour - begins).total_seconds() / span))

    def y_of(count: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * min(count / whole, 1.05) / 1.05

    points = [(x_of(begins), y_of(0))] + [
        (x_of(slot + timedelta(minutes=15)), y_of(count)) for slot, count in view.curve
    ]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    last_x, last_y = points[-1]
    finish = x_of(view.finish) if view.finish and view.finish <= ends else None
    return Coverage(
        line=f"M{path}",
        area=f"M{path}L{last_x:.1f} {y_of(0):.1f}Z",
        ahead=f"M{last_x:.1f} {last_y:.1f}L{finish:.1f} {y_of(whole):.1f}" if finish is not None else "",
        whole_y=y_of(whole),
        whole=whole,
        end_x=x_of(view.row.ends_at),
        now_x=x_of(min(at, ends)),
        ticks=_ticks(begins, ends, x_of),
        levels=tuple((y_of(whole * part / 4), whole * part // 4) for part in range(4)),
        finish_x=finish,
    )


def _ticks(begins: datetime, ends: datetime, x_of: Callable[[datetime], float]) -> tuple[Tick, ...]:
    hours = (ends - begins).total_seconds() / 3600
    step = next((one for one in (1, 2, 3, 4, 6, 12) if hours / one <= 9), 24)
    first = begins.astimezone(city_zone()).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    found, at = [], first
    while at <= ends:
        if at.hour % step == 0:
            found.append(Tick(x_of(at), hour_word(at)))
        at += timedelta(hours=1)
    return tuple(found)
