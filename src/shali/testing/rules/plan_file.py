"""Tables of who lives where and of where a point may stand: headings, lines read or named as wrong. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("名称", "小区", "楼栋", "地点", "采样点", "name", "id", "point", "site"),
    "unit": ("单位代码", "社区代码", "区划代码", "代码", "unit", "code"),
    "lon": ("经度", "lon", "lng", "longitude"),
    "lat": ("纬度", "lat", "latitude"),
    "people": ("人数", "人口", "people", "population"),
    "state": ("状态", "state"),
    "capacity": ("容量", "最多人数", "capacity", "room"),
}
STATES = {"固定": "fixed", "已设": "fixed", "fixed": "fixed", "open": "fixed"}
STATES |= {"禁用": "forbidden", "不可用": "forbidden", "forbidden": "forbidden", "closed": "forbidden"}


@dataclass(frozen=True, slots=True)
class Place:
    """A line of either table. people: 0 of a candidate; state: "", fixed or forbidden; capacity: 0 as the plan's."""

    name: str
    unit: str
    lon: float
    lat: float
    people: int
    state: str
    capacity: int = 0


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
    people, capacity = (_count(cells.get(name, "")) for name in ("people", "capacity"))
    if with_people and not 0 < people < 1_000_000:
        return "people"
    # An empty cell is a place that holds as many as the others; a zero is a slip, for which there is "forbidden".
    if not with_people and cells.get("capacity") and not 0 < capacity < 1_000_000:
        return "capacity"
    state = STATES.get(cells.get("state", "").lower(), "")
    unit = cells.get("unit", "")
    own = 0 if with_people else max(capacity, 0)
    return Place(cells["name"][:60], unit[:20], numbers["lon"], numbers["lat"], max(people, 0), state, own)


def _count(text: str) -> int:
    """Read a whole number; -1 where it is none."""
    bare = text.replace(",", "").removesuffix(".0")
    return int(bare) if bare.isdigit() and len(bare) < 10 else -1


def rooms(candidates: Sequence[Sequence[Any]], otherwise: int) -> list[int]:
    """Return how many people each kept candidate takes: as its own line says, else as the plan does."""
    return [int(one[4]) if len(one) > 4 and one[4] else otherwise for one in candidates]
