"""Tables of who lives where and of where a point may stand: headings, lines read or named as wrong. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("名称", "小区", "楼栋", "地点", "采样点", "name", "id", "point", "site"),
    "unit": ("单位代码", "社区代码", "区划代码", "代码", "unit", "code"),
    "lon": ("经度", "lon", "lng", "longitude"),
    "lat": ("纬度", "lat", "latitude"),
    "people": ("人数", "人口", "people", "population"),
    "state": ("状态", "state"),
}
STATES = {"固定": "fixed", "已设": "fixed", "fixed": "fixed", "open": "fixed"}
STATES |= {"禁用": "forbidden", "不可用": "forbidden", "forbidden": "forbidden", "closed": "forbidden"}


@dataclass(frozen=True, slots=True)
class Place:
    """A line of either table. people: 0 of a candidate; state: "", fixed or forbidden."""

    name: str
    unit: str
    lon: float
    lat: float
    people: int
    state: str


@dataclass(frozen=True, slots=True)
class PlacesRead:
    places: tuple[Place, ...]
    wrong: tuple[tuple[int, str], ...]  # row, column


def read_places(rows: Iterable[tuple[int, Sequence[str]]], *, with_people: bool) -> PlacesRead:
    """Read a table of places; titles above the headings are passed over, lines that are none are named."""
    columns: dict[str, int] = {}
    places, wrong = [], []
    needed = ("name", "lon", "lat", "people") if with_people else ("name", "lon", "lat")
    for number, texts in rows:
        if not columns:
            found = _columns(texts)
            columns = found if all(name in found for name in needed) else {}
            continue
        if not any(text.strip() for text in texts):
            continue
        cells = {name: texts[at].strip() if at < len(texts) else "" for name, at in columns.items()}
        place = _place(cells, with_people=with_people)
        if isinstance(place, Place):
            places.append(place)
        else:
            wrong.append((number, place))
    return PlacesRead(tuple(places), tuple(wrong))


def _columns(texts: Sequence[str]) -> dict[str, int]:
    bare = [re.sub(r"\s", "", text).lower() for text in texts]
    found = {name: next((at for at, text in enumerate(bare) if text in known), -1) for name, known in HEADINGS.items()}
    return {name: at for name, at in found.items() if at >= 0}


def _place(cells: Mapping[str, str], *, with_people: bool) -> Place | str:
    """Return a place, or the column that is wrong."""
    if not cells["name"]:
        return "name"
    numbers = {}
    for name, most in (("lon", 180.0), ("lat", 90.0)):
        try:
            numbers[name] = float(cells[name])
        except ValueError:
            return name
        if not -most <= numbers[name] <= most:
            return name
    people = cells.get("people", "").replace(",", "").removesuffix(".0")
    if with_people and not (people.isdigit() and 0 < int(people) < 1_000_000):
        return "people"
    state = STATES.get(cells.get("state", "").lower(), "")
    unit = cells.get("unit", "")
    return Place(cells["name"][:60], unit[:20], numbers["lon"], numbers["lat"], int(people or 0), state)
