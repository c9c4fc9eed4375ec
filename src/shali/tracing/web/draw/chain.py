"""Where each case of a chain stands: lanes by generation, days to the right. Colours are classes."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shali.foundation.ui.formats import is_chinese
from shali.tracing.queries.chain import ChainView, Edge, Node
from shali.tracing.web.draw.axis import Tick, day_ticks

# The chain: a box of 110 x 60 on a line of its own, lanes by generation.
LEFT, TOP, ROW, BOX, HIGH = 174, 46, 70, 110, 60
# From this many cases on, boxes become dots: the picture shows shapes, the table names.
MOST_BOXES, DOT_ROW, DOT = 120, 9, 3.2
WIDEST = 2400
# Days stand as close as the panel beside the list asks, but never so close that their names touch.
PANEL, WIDE_DAY, NARROW_DAY = 920, 97.0, 48.0
NO_SOURCE = -1


@dataclass(frozen=True, slots=True)
class Lane:
    y: int
    height: int
    title: str
    people: str
    is_odd: bool


@dataclass(frozen=True, slots=True)
class Box:
    node: Node
    x: float
    y: float
    is_chosen: bool
    is_way: bool
    is_asymptomatic: bool
    is_root: bool


@dataclass(frozen=True, slots=True)
class Line:
    edge: Edge
    path: str
    arrow: str
    is_inferred: bool
    is_way: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    lanes: tuple[Lane, ...]
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    ticks: tuple[Tick, ...]
    is_dots: bool


def draw_chain(view: ChainView, *, chosen: str = "") -> Drawing:
    """Place each case: x by its day, y by generation and day, so that no line passes behind a box.

    chosen: public number of a case whose way from the index is marked
    """
    if not view.nodes:
        return Drawing(600, 80, (), (), (), (), is_dots=False)
    is_dots = len(view.nodes) > MOST_BOXES
    first = min(node.day for node in view.nodes)
    last = max(node.day for node in view.nodes)
    days = (last - first).days + 1
    fitting = max(NARROW_DAY, (PANEL - LEFT - BOX) / days)
    step = min(WIDE_DAY, fitting, (WIDEST - LEFT - BOX) / days)
    row = DOT_ROW if is_dots else ROW
    lanes, ys, height = _lanes(view, row)
    xs = {node.public_id: LEFT + (node.day - first).days * step for node in view.nodes}
    way = set(view.way_to(chosen)) if chosen in xs else set()
    boxes = tuple(
        Box(
            node,
            xs[node.public_id],
            ys[node.public_id],
            node.public_id == chosen,
            node.public_id in way,
            node.onset_on is None,
            node.generation == 0,
        )
        for node in view.nodes
    )
    draw = _dot_line if is_dots else _box_line
    lines = tuple(draw(edge, xs, ys, way) for edge in view.edges)
    width = int(LEFT + days * step + BOX)
    return Drawing(width, height, lanes, boxes, lines, day_ticks(first, days, step, left=LEFT), is_dots)


def _lanes(view: ChainView, row: int) -> tuple[tuple[Lane, ...], dict[str, float], int]:
    """Give each generation its lane and each case its line in it; a case without source or offspring stands last."""
    groups: dict[int, list[Node]] = defaultdict(list)
    for node in view.nodes:
        groups[NO_SOURCE if node.generation == 0 and not node.offspring else node.generation].append(node)
    order = sorted(one for one in groups if one != NO_SOURCE) + ([NO_SOURCE] if NO_SOURCE in groups else [])
    lanes: list[Lane] = []
    ys: dict[str, float] = {}
    y = TOP
    for place, generation in enumerate(order):
        nodes = sorted(groups[generation], key=lambda node: (node.day, node.number))
        height = max(len(nodes) * row, 34)
        title = _("Source unknown") if generation == NO_SOURCE else _generation(generation)
        count = ngettext("%(n)d case", "%(n)d cases", len(nodes)) % {"n": len(nodes)}
        lanes.append(Lane(y, height, title, count, place % 2 == 1))
        for line, node in enumerate(nodes):
            ys[node.public_id] = y + line * row + row / 2
        y += height
    return tuple(lanes), ys, y + 10


def _generation(number: int) -> str:
    return f"第{number}代" if is_chinese() else f"Generation {number}"


def _box_line(edge: Edge, xs: dict[str, float], ys: dict[str, float], way: set[str]) -> Line:
    x0, y0 = xs[edge.source] - BOX / 2 + 22, ys[edge.source] + HIGH / 2
    x1, y1 = xs[edge.target] - BOX / 2, ys[edge.target]
    if y1 > y0:
        path = f"M{x0:.0f} {y0:.0f}V{y1 - 8:.0f}q0 8 8 8H{x1 - 8:.0f}"
    else:
        path = f"M{x0:.0f} {ys[edge.source] - HIGH / 2:.0f}V{y1 + 8:.0f}q0 -8 8 -8H{x1 - 8:.0f}"
    arrow = f"M{x1 - 9:.0f} {y1 - 5:.0f}l9 5-9 5Z"
    return Line(edge, path, arrow, edge.certainty != "proven", edge.source in way and edge.target in way)


def _dot_line(edge: Edge, xs: dict[str, float], ys: dict[str, float], way: set[str]) -> Line:
    x0, y0, x1, y1 = xs[edge.source], ys[edge.source], xs[edge.target], ys[edge.target]
    middle = (x0 + x1) / 2
    path = f"M{x0:.0f} {y0:.0f}C{middle:.0f} {y0:.0f} {middle:.0f} {y1:.0f} {x1:.0f} {y1:.0f}"
    return Line(edge, path, "", edge.certainty != "proven", edge.source in way and edge.target in way)
