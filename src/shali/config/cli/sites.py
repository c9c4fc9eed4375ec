"""`shali sites`: where sampling points go, from anybody's files and from the files of the OR-Library."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from shali.config.cli.places import Places, read_places
from shali.config.cli.tables import note, read_bytes, refuse

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from shali.engines.siting import Plan


def add_to(app: typer.Typer) -> None:
    """Mount the command at the top: it has no noun beside itself."""
    app.command("sites", rich_help_panel="Any file of yours")(sites)


def sites(
    *,
    demand: Annotated[Path | None, typer.Option(help="CSV of points: id, lon and lat (or x and y), people")] = None,
    candidates: Annotated[Path | None, typer.Option(help="CSV of possible sites: id, lon, lat, state")] = None,
    number: Annotated[int | None, typer.Option("--sites", min=1, help="How many to open")] = None,
    capacity: Annotated[
        str, typer.Option(help="How many people a site serves: a number, or the candidates' column of it")
    ] = "",
    walk: Annotated[str, typer.Option(help="How far anybody walks: 1000m, 1.2km; as the crow flies")] = "",
    out: Annotated[Path | None, typer.Option(help="GeoJSON of the open sites and whom each serves")] = None,
    orlib: Annotated[Path | None, typer.Option(help="A p-median file of the OR-Library")] = None,
    capacitated: Annotated[bool, typer.Option(help="... of its capacitated form")] = False,
    seconds: Annotated[float, typer.Option(min=0.01, help="Search at most so long, once files are read")] = 10.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print cost, bound, gap, seconds, sites as JSON")] = False,
) -> None:
    """Choose which sites to open, with a bound that no plan can beat.

    With --sites: so that all ways together are shortest. With --sites and --walk: so that most people have a site
    within the walk. With --walk alone: the fewest sites so that everybody has one. With --sites and --capacity: so that
    all ways are shortest and no site serves more. With --walk and --capacity: the fewest sites so that everybody has
    one within the walk and none serves more. A candidate whose state is fixed is open in every plan, one that is
    forbidden in none.
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
        places = read_places(demand, candidates, capacity)
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

    from shali.engines.siting import (
        find_clusters,
        find_fewest,
        find_medians,
        find_rooms,
        nearest,
        pairs_of,
        reach_all,
        reach_most,
        reach_of,
    )

    if which == "clusters":
        find_clusters(np.zeros((2, 2)), np.ones(2), 2.0, 1, seconds=0.1, elapsed=_clock())
    elif which == "rooms":
        find_rooms(
            nearest(np.arange(60.0).reshape(12, 5) % 7, np.ones(12)), np.full(5, 9.0), 2, seconds=0.5, elapsed=_clock()
        )
    elif which == "fewest":
        two = np.repeat(np.arange(6), 6)
        small_pairs = pairs_of(two, np.tile(np.arange(6), 6), np.ones(36), np.arange(2.0, 8.0), many=6)
        find_fewest(small_pairs, np.full(6, 8.0), seconds=0.1, elapsed=_clock())
    elif which == "medians":
        find_medians(nearest(np.arange(12.0).reshape(4, 3) % 5, np.ones(4)), 2, seconds=0.1, elapsed=_clock())
    else:
        # Each two of four reach one point: prices prove nothing here, so that every loop is needed.
        pairs = np.array([[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]], np.int32)
        small = reach_of(np.repeat(np.arange(6), 2), pairs.ravel(), np.ones(6), many=4)
        reach_most(small, 2, seconds=0.1, elapsed=_clock())
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
    if places.room is not None and walk is not None:
        if number is not None:
            refuse("--sites, --walk and --capacity: leave --sites out for the fewest, or --walk for the shortest ways.")
        return _fewest(places, walk, places.room, seconds), "sites"
    if places.room is not None and number is not None:
        return _with_rooms(places, number, places.room, seconds), "people x metres"
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


def _with_rooms(places: Places, number: int, room: "NDArray[np.float64]", seconds: float) -> "Plan":
    from shali.engines.siting import find_rooms, near_enough, nearest

    _load_compiled("rooms")
    elapsed = _clock()
    near = nearest(places.distance, places.weight, keep=near_enough(len(places.names), number))
    return find_rooms(near, room, number, seconds=seconds, elapsed=elapsed, fixed=places.fixed)


def _fewest(places: Places, walk: float, room: "NDArray[np.float64]", seconds: float) -> "Plan":
    import numpy as np

    from shali.engines.siting import find_fewest, pairs_of

    _load_compiled("fewest")
    elapsed = _clock()
    points, sites_ = np.nonzero(places.distance <= walk)
    pairs = pairs_of(points, sites_, places.distance[points, sites_], places.weight, many=len(places.names))
    return find_fewest(pairs, room, seconds=seconds, elapsed=elapsed, fixed=places.fixed)


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
