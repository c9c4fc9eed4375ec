"""Points and possible sites out of anybody's tables: where they are, how many people, how far from each other."""

from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from shali.config.cli.tables import read_table, refuse

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

EARTH = 6_371_008.8  # metres, mean radius
GUESSES = {
    "id": ("id", "name", "code", "site", "point", "编号", "名称", "代码"),
    "x": ("lon", "lng", "long", "longitude", "x", "经度"),
    "y": ("lat", "latitude", "y", "纬度"),
    "people": ("people", "population", "weight", "demand", "residents", "人数", "人口"),
    "state": ("state", "status", "状态"),
}
FIXED, FORBIDDEN = {"fixed", "open", "固定", "已设"}, {"forbidden", "closed", "禁用", "不可用"}
LARGEST_TABLE = 60_000_000  # distances held at once: 20,000 points and 3,000 candidates


@dataclass(frozen=True, slots=True)
class Places:
    """distance: (points, candidates) in metres, or in the files' own unit where they have x and y."""

    points: list[str]
    names: list[str]
    weight: "NDArray[np.float64]"
    where: "NDArray[np.float64]"
    distance: "NDArray[np.float64]"
    fixed: "NDArray[np.bool_]"
    is_on_earth: bool
    room: "NDArray[np.float64] | None"  # people whom each candidate can serve; None: any number


def read_places(demand: Path, candidates: Path, capacity: str) -> Places:
    import numpy as np

    points, sites_ = read_table(demand), read_table(candidates)
    if points.height * sites_.height > LARGEST_TABLE:
        refuse(
            f"{points.height:,} points and {sites_.height:,} candidates are more pairs than fit: {LARGEST_TABLE:,}. "
            "Add points of one building up, or cut the city into parts."
        )
    state = _texts(sites_, "state")
    kept = np.array([one.casefold() not in FORBIDDEN for one in state]) if state else np.ones(sites_.height, bool)
    open_already = np.array([one.casefold() in FIXED for one in state]) if state else np.zeros(sites_.height, bool)
    here, on_earth = _where(points, demand)
    there, also = _where(sites_, candidates)
    if on_earth != also:
        refuse(f"{demand} and {candidates} must both have lon and lat, or both x and y.")
    weight = _numbers(points, demand, "people") if _column(points, "people") else np.ones(points.height)
    if (weight < 0).any():
        refuse(f"{demand}: row {int(np.flatnonzero(weight < 0)[0]) + 2} has fewer than 0 people.")
    ids = _texts(points, "id") or [str(n + 1) for n in range(points.height)]
    names = _texts(sites_, "id") or [str(n + 1) for n in range(sites_.height)]
    there = there[kept]
    return Places(
        ids,
        [name for name, is_kept in zip(names, kept, strict=True) if is_kept],
        np.maximum(weight, 1e-9),
        there,
        _distances(here, there, on_earth=on_earth),
        open_already[kept],
        on_earth,
        _room(sites_, candidates, capacity, kept),
    )


def _room(table: "pl.DataFrame", path: Path, capacity: str, kept: "NDArray[np.bool_]") -> "NDArray[np.float64] | None":
    import numpy as np

    if not capacity:
        return None
    try:
        found = np.full(table.height, float(capacity.replace(",", "")))
    except ValueError:
        if capacity not in table.columns:
            refuse(f'--capacity "{capacity}" is no number, and {path} has no such column.')
        found = _numbers(table, path, "capacity", capacity)
    if not (found > 0).all():
        refuse(f"{path}: row {int(np.flatnonzero(~(found > 0))[0]) + 2} can serve nobody; forbid it by its state.")
    return found[kept]


def _column(table: "pl.DataFrame", what: str) -> str:
    by_name = {name.casefold(): name for name in table.columns}
    return next((by_name[guess] for guess in GUESSES[what] if guess in by_name), "")


def _texts(table: "pl.DataFrame", what: str) -> list[str]:
    name = _column(table, what)
    return [one or "" for one in table[name].to_list()] if name else []


def _numbers(table: "pl.DataFrame", path: Path, what: str, name: str = "") -> "NDArray[np.float64]":
    import numpy as np

    name = name or _column(table, what)
    if not name:
        refuse(f"{path} has no column for {what}; it may be called {', '.join(GUESSES[what])}.")
    found = np.empty(table.height)
    for place, cell in enumerate(table[name].to_list()):
        try:
            found[place] = float((cell or "").replace(",", ""))
        except ValueError:
            found[place] = np.nan
        if not isfinite(found[place]):
            refuse(f'{path}, row {place + 2}, column {name}: "{cell or ""}" is no number.')
    return found


def _where(table: "pl.DataFrame", path: Path) -> "tuple[NDArray[np.float64], bool]":
    import numpy as np

    x, y = _numbers(table, path, "x"), _numbers(table, path, "y")
    on_earth = _column(table, "x").casefold() not in {"x"}
    if on_earth and ((np.abs(x) > 180).any() or (np.abs(y) > 90).any()):
        row = int(np.flatnonzero((np.abs(x) > 180) | (np.abs(y) > 90))[0]) + 2
        refuse(f"{path}, row {row}: this is no longitude and latitude. Are the two columns exchanged?")
    return np.column_stack([x, y]), on_earth


def _distances(here: "NDArray[np.float64]", there: "NDArray[np.float64]", *, on_earth: bool) -> "NDArray[np.float64]":
    import numpy as np

    if not on_earth:
        return np.hypot(here[:, None, 0] - there[None, :, 0], here[:, None, 1] - there[None, :, 1])
    a, b = np.radians(here), np.radians(there)
    north = np.sin((a[:, None, 1] - b[None, :, 1]) / 2) ** 2
    east = np.sin((a[:, None, 0] - b[None, :, 0]) / 2) ** 2
    both = np.cos(a[:, None, 1]) * np.cos(b[None, :, 1]) * east + north
    return 2 * EARTH * np.arcsin(np.sqrt(both))
