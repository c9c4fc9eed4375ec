"""The counties' outlines, as a picture needs them."""

from dataclasses import dataclass
from functools import cache
from math import cos, radians

from shali.foundation.jurisdictions.models import Level
from shali.foundation.jurisdictions.queries import county_boundaries
from shali.foundation.jurisdictions.reading import read_by_key
from shali.foundation.jurisdictions.scope import Scope

WIDTH = 860
COUNTIES = """
select code, path from jurisdictions_unit where level = %(level)s and path >= %(path)s and path < %(path)s || '/'
"""


@dataclass(frozen=True, slots=True)
class Outline:
    """One county: an SVG path, and where its name stands."""

    d: str
    x: int
    y: int


def outlines(scope: Scope) -> tuple[dict[str, Outline], int, int]:
    """Return the outlines of the scope's counties by unit path, and the picture's width and height."""
    drawn, height = _drawn()
    units = read_by_key(COUNTIES, level=Level.COUNTY.value, path=scope.path)
    return {path: drawn[code[:6]] for code, path in units if code[:6] in drawn}, WIDTH, height


@cache
def _drawn() -> tuple[dict[str, Outline], int]:
    shapes = {
        feature["properties"]["code"]: [polygon[0] for polygon in feature["geometry"]["coordinates"]]
        for feature in county_boundaries()["features"]
    }
    points = [point for rings in shapes.values() for ring in rings for point in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    flat = cos(radians((south + north) / 2))
    scale = (WIDTH - 8) / ((east - west) * flat)

    def place(point: list[float]) -> tuple[float, float]:
        return 4 + (point[0] - west) * flat * scale, 4 + (north - point[1]) * scale

    result = {}
    for code, rings in shapes.items():
        placed = [[place(point) for point in ring] for ring in rings]
        d = " ".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z" for ring in placed)
        x, y = _middle(max(placed, key=lambda ring: abs(_area(ring))))
        result[code] = Outline(d, round(x), round(y))
    return result, round((north - south) * scale) + 8


def _area(ring: list[tuple[float, float]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True)) / 2


def _middle(ring: list[tuple[float, float]]) -> tuple[float, float]:
    area = _area(ring)
    pairs = list(zip(ring, ring[1:] + ring[:1], strict=True))
    x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / (6 * area)
    y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / (6 * area)
    return x, y
