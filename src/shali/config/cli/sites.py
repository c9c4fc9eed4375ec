"""`shali sites`: where sampling points go, from anybody's files and from the files of the OR-Library."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from shali.config.cli.tables import note, read_bytes, read_table, refuse

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from shali.engines.siting import Plan

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


def add_to(app: typer.Typer) -> None:
    """Mount the command at the top: it has no noun beside itself."""
    app.command("sites", rich_help_panel="Any file of yours")(sites)


def sites(
    *,
    demand: Annotated[Path | None, typer.Option(help="CSV of points: id, lon and lat (or x and y), people")] = None,
    candidates: Annotated[Path | None, typer.Option(help="CSV of possible sites: id, lon, lat, state")] = None,
    number: Annotated[int | None, typer.Option("--sites", min=1, help="How many to open")] = None,
    walk: Annotated[str, typer.Option(help="How far anybody walks: 1000m, 1.2km; as the crow flies")] = "",
    out: Annotated[Path | None, typer.Option(help="GeoJSON of the open sites and whom each serves")] = None,
    orlib: Annotated[Path | None, typer.Option(help="A p-median file of the OR-Library")] = None,
    capacitated: Annotated[bool, typer.Option(help="... of its capacitated form")] = False,
    seconds: Annotated[float, typer.Option(min=0.01, help="Search at most so long, once files are read")] = 10.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print cost, bound, gap, seconds, sites as JSON")] = False,
) -> None:
    """Choose which sites to open, with a bound that no plan can beat.

    With --sites: so that all ways together are shortest. With --sites and --walk: so that most people have a site
    within the walk. With --walk alone: the fewest sites so that everybody has one. A candidate whose state is fixed is
    open in every plan, one that is forbidden in none.
    """
    from shali.engines.siting import Impossible, Unreadable

    try:
        if orlib is not None:
            _say(_of_orlib(orlib, capacitated=capacitated, seconds=seconds), "cost", [], as_json=as_json)
            return
        if demand is None or candidates is None:
            refuse("Name --demand and --candidates, or a file of the OR-Library with --orlib.")
        if number is None and not walk:
            refuse("Say how many sites (--sites 40), how far people walk (--walk 1000m), or both.")
        places = _places(demand, candidates)
        plan, what = _of_places(places, number, _metres(walk), seconds)
    except (Impossible, Unreadable) as said:
        refuse(f"{orlib}: {said}" if orlib else str(said))
    if out is not None:
        out.write_bytes(_geojson(places, plan))
    _say(plan, what, [places.names[j] for j in plan.sites], as_json=as_json)


def _clock() -> Callable[[], float]:
    began = monotonic()
    return lambda: monotonic() - began


def _load_compiled(which: str) -> None:
    """Solve the smallest case, so that loading compiled loops does not count as searching."""
    import numpy as np

    from shali.engines.siting import find_clusters, find_medians, nearest, reach_all, reach_most, reach_of

    if which == "clusters":
        find_clusters(np.zeros((2, 2)), np.ones(2), 2.0, 1, seconds=0.1, elapsed=_clock())
    elif which == "medians":
        find_medians(nearest(np.arange(12.0).reshape(4, 3) % 5, np.ones(4)), 2, seconds=0.1, elapsed=_clock())
    else:
        three = np.arange(3)
        small = reach_of(three, three, np.ones(3), many=3)
        reach_most(small, 1, seconds=0.1, elapsed=_clock())
        reach_all(small, seconds=0.1, elapsed=_clock())


def _of_orlib(path: Path, *, capacitated: bool, seconds: float) -> "Plan":
    import numpy as np

    from shali.engines.siting import find_clusters, find_medians, nearest, read_customers, read_network

    text = read_bytes(path).decode()
    if capacitated:
        given = read_customers(text)
        _load_compiled("clusters")
        return find_clusters(
            given.distances(), given.demand, given.capacity, given.sites, seconds=seconds, elapsed=_clock()
        )
    network = read_network(text)
    if network.repeated:
        note(f"{path}: {network.repeated} edges stand more than once; the last line of each counts")
    distance = network.distances()
    is_whole = bool(np.all(distance == np.floor(distance)))
    near = nearest(distance, np.ones(network.nodes))
    _load_compiled("medians")
    return find_medians(near, network.sites, seconds=seconds, elapsed=_clock(), is_whole=is_whole)


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


def _places(demand: Path, candidates: Path) -> Places:
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
    )


def _column(table: "pl.DataFrame", what: str) -> str:
    by_name = {name.casefold(): name for name in table.columns}
    return next((by_name[guess] for guess in GUESSES[what] if guess in by_name), "")


def _texts(table: "pl.DataFrame", what: str) -> list[str]:
    name = _column(table, what)
    return [one or "" for one in table[name].to_list()] if name else []


def _numbers(table: "pl.DataFrame", path: Path, what: str) -> "NDArray[np.float64]":
    import numpy as np

    name = _column(table, what)
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


def _metres(walk: str) -> float | None:
    if not walk:
        return None
    word = walk.strip().lower().replace(" ", "")
    unit = 1000.0 if word.endswith("km") else 1.0
    try:
        length = float(word.removesuffix("km").removesuffix("m")) * unit
    except ValueError:
        length = -1.0
    if not 0 < length < float("inf"):
        refuse(f'--walk "{walk}" is no distance. Write 1000m or 1.2km.')
    return length


def _of_places(places: Places, number: int | None, walk: float | None, seconds: float) -> "tuple[Plan, str]":
    import numpy as np

    from shali.engines.siting import Impossible, find_medians, nearest, reach_all, reach_most, reach_of

    many = len(places.names)
    if number is not None and not places.fixed.sum() <= number <= many:
        raise Impossible(
            f"{number} sites are asked for; {many} candidates may be opened and {int(places.fixed.sum())} are fixed."
        )
    _load_compiled("medians" if walk is None else "reach")
    elapsed = _clock()
    if walk is None:
        keep = 0 if many <= 400 else max(60, min(many, 8 * many // (number or 1)))
        near = nearest(places.distance, places.weight, keep=keep)
        plan = find_medians(near, number or 1, seconds=seconds, elapsed=elapsed, fixed=places.fixed)
        if (plan.site_of < 0).any():  # somebody's nearest candidates are all closed: look at all of them
            near = nearest(places.distance, places.weight)
            plan = find_medians(near, number or 1, seconds=2 * seconds, elapsed=elapsed, fixed=places.fixed)
        return plan, "people x metres"
    points, sites_ = np.nonzero(places.distance <= walk)
    reach = reach_of(points, sites_, places.weight, many=many)
    if number is None:
        return reach_all(reach, seconds=seconds, elapsed=elapsed, fixed=places.fixed), "sites"
    return reach_most(reach, number, seconds=seconds, elapsed=elapsed, fixed=places.fixed), "people reached"


def _geojson(places: Places, plan: "Plan") -> bytes:
    served: dict[int, list[int]] = {int(j): [] for j in plan.sites}
    for i, j in enumerate(plan.site_of):
        if j >= 0:
            served[int(j)].append(i)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [float(places.where[j, 0]), float(places.where[j, 1])]},
            "properties": {
                "id": places.names[j],
                "points": [places.points[i] for i in points],
                "people": round(float(places.weight[points].sum()), 3),
                "farthest": round(float(places.distance[points, j].max()), 1) if points else None,
            },
        }
        for j, points in served.items()
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features}, option=orjson.OPT_INDENT_2)


def _say(plan: "Plan", what: str, names: list[str], *, as_json: bool) -> None:
    if as_json:
        answer = {
            "cost": plan.cost,
            "bound": plan.bound,
            "gap": plan.gap,
            "seconds": round(plan.seconds, 3),
            "optimal": plan.is_optimal,
            "sites": names or _nodes(plan),
        }
        print(orjson.dumps(answer).decode())
        return
    proven = "proven the best" if plan.is_optimal else f"no plan is better than {plan.bound:,.0f} (gap {plan.gap:.2%})"
    print(f"{what}: {plan.cost:,.0f}; {proven}; {len(plan.sites)} sites; {plan.seconds:.2f} s")
    print(*(names or _nodes(plan)))


def _nodes(plan: "Plan") -> list[int]:
    """Return the open sites as a file of the OR-Library counts: from 1."""
    return [int(j) + 1 for j in plan.sites]
