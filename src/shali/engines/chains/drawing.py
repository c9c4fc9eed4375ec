"""A chain as a picture (SVG) and as a graph for other programs (GraphML)."""

from collections.abc import Callable
from xml.etree import ElementTree as Tree
from xml.sax.saxutils import escape

from shali.engines.chains.layout import days_of, lanes_of
from shali.engines.chains.model import Case, Chain

LANE, MARGIN, WIDTH = 12, 60, 1200
RADIUS = 4
# Colours of generations 0, 1, 2 ...: dark to light, told apart without colour by their place.
SHADES = ("#08306b", "#08519c", "#2171b5", "#4292c6", "#6baed6", "#9ecae1")


def svg(chain: Chain, *, day_word: Callable[[float], str]) -> str:
    """Draw the chains: x is the day of onset, a hollow circle stands at a report or a guess.

    day_word: how a day is written on the axis
    """
    days, lanes = days_of(chain), lanes_of(chain)
    first = min((day for day, _ in days.values()), default=0.0)
    last = max((day for day, _ in days.values()), default=1.0)
    scale = (WIDTH - 2 * MARGIN) / max(1.0, last - first)
    height = int(LANE * (max(lanes.values(), default=0) + 1) + 2 * MARGIN)

    def x(id_: str) -> float:
        return MARGIN + (days[id_][0] - first) * scale

    def y(id_: str) -> float:
        return MARGIN + LANE * lanes[id_]

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'font-family="sans-serif" font-size="12">',
        f"<title>{len(chain.cases)} cases, {len(chain.links)} links, {len(chain.roots)} without a source</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
    ]
    for place in range(7):
        day = first + (last - first) * place / 6
        at = MARGIN + (day - first) * scale
        parts.append(f'<path d="M{at:.1f} {MARGIN - 16}V{height - MARGIN + 8}" stroke="#ddd"/>')
        parts.append(f'<text x="{at:.1f}" y="{MARGIN - 24}" text-anchor="middle">{escape(day_word(day))}</text>')
    for link in chain.links:
        middle = (x(link.source) + x(link.target)) / 2
        way = f"M{x(link.source):.1f} {y(link.source):.1f}C{middle:.1f} {y(link.source):.1f} "
        way += f"{middle:.1f} {y(link.target):.1f} {x(link.target):.1f} {y(link.target):.1f}"
        parts.append(f'<path d="{way}" fill="none" stroke="#888" stroke-width="1"/>')
    parts += [_circle(chain, case, x(case.id), y(case.id), is_onset=days[case.id][1]) for case in chain.cases]
    parts.append("</svg>\n")
    return "\n".join(parts)


def _circle(chain: Chain, case: Case, x: float, y: float, *, is_onset: bool) -> str:
    shade = SHADES[min(chain.generation[case.id], len(SHADES) - 1)]
    fill = shade if is_onset else "#fff"
    radius = RADIUS + min(8.0, chain.offspring[case.id] ** 0.5)
    said = f"{case.id}: generation {chain.generation[case.id]}, {chain.offspring[case.id]} infected"
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" stroke="{shade}" stroke-width="1.5">'
        f"<title>{escape(said)}</title></circle>"
    )


NODE_KEYS = {"onset": "string", "report": "string", "generation": "int", "offspring": "int", "chain": "string"}
LINK_KEYS = {"first": "string", "last": "string", "serial_interval": "double"}


def graphml(chain: Chain, *, day_word: Callable[[float], str]) -> str:
    """Return the chains as GraphML: a directed graph from source to target; columns of the files as attributes."""
    top = Tree.Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    about = {"node": _columns(chain.cases), "edge": _columns(chain.links)}
    kinds = {"node": NODE_KEYS, "edge": LINK_KEYS}
    for what, columns in about.items():
        for name, kind in (*kinds[what].items(), *((column, "string") for column in columns)):
            key = {"id": f"{what}:{name}", "for": what, "attr.name": name, "attr.type": kind}
            Tree.SubElement(top, "key", key)
    graph = Tree.SubElement(top, "graph", edgedefault="directed")
    for case in chain.cases:
        node = Tree.SubElement(graph, "node", id=case.id)
        days = {"onset": case.onset, "report": case.report}
        values = {name: day_word(day) for name, day in days.items() if day is not None}
        values |= {"generation": str(chain.generation[case.id]), "offspring": str(chain.offspring[case.id])}
        _data(node, "node", dict(case.about) | values | {"chain": chain.root[case.id]})
    onset = {case.id: case.onset for case in chain.cases}
    for link in chain.links:
        edge = Tree.SubElement(graph, "edge", source=link.source, target=link.target)
        values = {name: day_word(day) for name, day in (("first", link.first), ("last", link.last)) if day is not None}
        before, after = onset[link.source], onset[link.target]
        if before is not None and after is not None:
            values["serial_interval"] = f"{after - before:g}"
        _data(edge, "edge", dict(link.about) | values)
    Tree.indent(top)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Tree.tostring(top, encoding="unicode") + "\n"


def _columns(rows: "tuple[object, ...]") -> list[str]:
    taken = {*NODE_KEYS, *LINK_KEYS}
    return sorted({name for row in rows for name in getattr(row, "about", {}) if name not in taken})


def _data(element: Tree.Element, what: str, values: dict[str, str]) -> None:
    for name, value in values.items():
        Tree.SubElement(element, "data", key=f"{what}:{name}").text = "".join(c for c in value if c >= " ")
