"""A plan on a map of its own: points and sites in metres of the middle latitude, ways as lines, a scale."""

from dataclasses import dataclass
from math import cos, log10, radians, sqrt

from shali.testing.queries.plans import PlanView, PointLine, SiteLine

WIDTH, HEIGHT, EDGE = 860.0, 640.0, 36.0
METRES_A_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class Dot:
    """tone: 1 to 3 by walk, 0 beyond it."""

    x: float
    y: float
    r: float
    tone: int
    title: str
    to_x: float
    to_y: float


@dataclass(frozen=True, slots=True)
class Mark:
    x: float
    y: float
    place: int
    number: int
    name: str


@dataclass(frozen=True, slots=True)
class PlanDrawing:
    """lon, lat, per_x, per_y: how the drawing turns back into degrees, for whoever moves a site by hand."""

    dots: tuple[Dot, ...]
    sites: tuple[Mark, ...]
    closed: tuple[Mark, ...]
    scale_px: float
    scale_m: int
    lon: float
    lat: float
    per_x: float
    per_y: float


def draw_plan(view: PlanView) -> PlanDrawing:
    """Place a plan; the same numbers stand in its table."""
    where = [(one.lon, one.lat) for one in view.points] + [(one.lon, one.lat) for one in view.sites]
    where += [(lon, lat) for _at, _name, lon, lat in view.closed]
    west, east = min(lon for lon, _lat in where), max(lon for lon, _lat in where)
    south, north = min(lat for _lon, lat in where), max(lat for _lon, lat in where)
    narrow = cos(radians((south + north) / 2))
    wide_m = max((east - west) * METRES_A_DEGREE * narrow, 100.0)
    high_m = max((north - south) * METRES_A_DEGREE, 100.0)
    px = min((WIDTH - 2 * EDGE) / wide_m, (HEIGHT - 2 * EDGE) / high_m)
    per_x, per_y = 1 / (px * METRES_A_DEGREE * narrow), 1 / (px * METRES_A_DEGREE)
    left = (WIDTH - wide_m * px) / 2
    top = (HEIGHT - high_m * px) / 2

    def place(lon: float, lat: float) -> tuple[float, float]:
        return left + (lon - west) / per_x, top + (north - lat) / per_y

    most = max((one.people for one in view.points), default=1)
    spot = {one.place: place(one.lon, one.lat) for one in view.sites}
    dots = tuple(_dot(one, place(one.lon, one.lat), spot[one.site], view, most) for one in view.points)
    scale = _nice(120 / px)
    return PlanDrawing(
        dots,
        tuple(_mark(one, *spot[one.place]) for one in view.sites),
        tuple(Mark(*place(lon, lat), at, 0, name) for at, name, lon, lat in view.closed),
        scale * px,
        scale,
        west - left * per_x,
        north + top * per_y,
        per_x,
        per_y,
    )


def _dot(one: PointLine, at: tuple[float, float], to: tuple[float, float], view: PlanView, most: int) -> Dot:
    tone = 0 if one.minutes > view.walk_minutes else 1 + min(2, int(3 * one.minutes / view.walk_minutes))
    return Dot(*at, 4 + 9 * sqrt(one.people / most), tone, f"{one.name} {one.people} · {one.metres:.0f} m", *to)


def _mark(one: SiteLine, x: float, y: float) -> Mark:
    return Mark(x, y, one.place, one.number, one.name)


def _nice(metres: float) -> int:
    power = 10 ** int(log10(max(metres, 1)))
    return int(next(power * part for part in (1, 2, 5, 10) if power * part >= metres * 0.7))
