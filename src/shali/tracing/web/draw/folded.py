"""Clusters folded: each chain of transmission as one bar, from its first day to its last; the largest on top."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from shali.tracing.queries.chain import Cluster
from shali.tracing.web.draw.axis import Tick, day_ticks

LEFT, TOP, ROW, BAR = 174, 46, 34, 22
PANEL, WIDE_DAY = 920, 40.0
WORDS = 250  # room for what stands behind the last bar
MOST_BARS = 60  # what is smaller is told in one line


@dataclass(frozen=True, slots=True)
class Bar:
    """height follows the cases; words: where what it says begins, and base the line on which it stands."""

    cluster: Cluster
    x: float
    y: float
    width: float
    height: float
    words: float
    base: float


@dataclass(frozen=True, slots=True)
class FoldedDrawing:
    """left_out: how many clusters, and cases in them, are too small for a bar of their own."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    left_out: tuple[int, int]


def draw_folded(clusters: Sequence[Cluster]) -> FoldedDrawing:
    """Place each cluster: x by its days, thickness by its cases."""
    if not clusters:
        return FoldedDrawing(600, 80, (), (), (0, 0))
    first = min(one.begins for one in clusters)
    days = (max(one.ends for one in clusters) - first).days + 1
    step = min(WIDE_DAY, (PANEL - LEFT - WORDS) / days)
    most = max(one.cases for one in clusters)
    bars = []
    for place, one in enumerate(clusters[:MOST_BARS]):
        x = LEFT + (one.begins - first).days * step
        width = max(((one.ends - one.begins).days + 1) * step - 2, 3)
        height = max(4.0, BAR * (one.cases / most) ** 0.5)
        y = TOP + place * ROW + (ROW - height) / 2
        bars.append(Bar(one, x, y, width, height, words=x + width + 8, base=TOP + place * ROW + ROW / 2 + 5))
    rest = clusters[MOST_BARS:]
    return FoldedDrawing(
        width=ceil(LEFT + days * step + WORDS),
        height=TOP + len(bars) * ROW + 10,
        bars=tuple(bars),
        ticks=day_ticks(first, days, step, left=LEFT),
        left_out=(len(rest), sum(one.cases for one in rest)),
    )
