"""What the meeting is asked to decide, and what a share or a curve says. Plain values only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# From this much past the limit on, the city itself steps in.
CITY_STEPS_IN = timedelta(hours=6)
# A unit with open people of whom nothing was closed or accepted for this long is named as silent.
SILENT = timedelta(hours=3)
AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Line:
    """What the rules look at of one unit."""

    path: str
    open: int
    open_before: int
    overdue: int
    longest: timedelta
    two_hours: int
    not_accepted: int


@dataclass(frozen=True, slots=True)
class Finding:
    """kind: overdue_beyond, overdue, two_hours, not_accepted or growing; `number` is how many people."""

    kind: str
    path: str
    number: int
    longest: timedelta


def findings(lines: Sequence[Line]) -> tuple[Finding, ...]:
    """Return at most three findings, one of each kind, the gravest first; of a kind, the unit with the most."""
    found: list[Finding] = []
    late = [line for line in lines if line.overdue]
    if late:
        worst = max(late, key=lambda line: (line.longest > CITY_STEPS_IN, line.overdue, line.longest))
        kind = "overdue_beyond" if worst.longest > CITY_STEPS_IN else "overdue"
        found.append(Finding(kind, worst.path, worst.overdue, worst.longest))
    for kind, number in (
        ("two_hours", lambda line: line.two_hours),
        ("not_accepted", lambda line: line.not_accepted),
        ("growing", lambda line: line.open - line.open_before),
    ):
        most = max(lines, key=number, default=None)
        if most is not None and number(most) > 0:
            found.append(Finding(kind, most.path, number(most), timedelta(0)))
    return tuple(found[:AT_MOST])


def child_of(path: str, above: str) -> str:
    """Return the path of the unit just below `above` that holds `path`; `above` itself for its own tasks."""
    if path == above:
        return above
    return above + "." + path[len(above) + 1 :].split(".", 1)[0]


def full_hour(at: datetime) -> datetime:
    """Return the full hour that has just struck."""
    return at.replace(minute=0, second=0, microsecond=0)


def ramp_step(part: int, whole: int) -> int:
    """Return the step of the ramp, 1 to 6, of a share; an empty whole is the lightest."""
    return min(6, 1 + 6 * part // whole) if whole else 1


def nice_top(value: int) -> int:
    """Return the end of an axis: the smallest of 1, 2, 5 times a power of ten that holds the value."""
    size = 10
    while True:
        for factor in (1, 2, 5):
            if factor * size >= value:
                return factor * size
        size *= 10
