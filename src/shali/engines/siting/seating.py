"""Who goes where when the sites are given, within their rooms; and what no plan of as many sites can undercut."""

import numpy as np
from numpy.typing import NDArray

from shali.engines.siting.model import Elapsed, Floats, Impossible
from shali.engines.siting.near import Near
from shali.engines.siting.rooms import climb_rooms, settle

Bools = NDArray[np.bool_]
ROUNDS, PACE = 300, 0.5
FINEST = 1e-4


def seat_all(near: Near, room: Floats) -> tuple[NDArray[np.int64], float]:
    """Return the site of each point, none above its room, ways short, and what all ways cost. All of `near` are open.

    :raises Impossible: they do not fit, each point whole; with people and room
    """
    people, space = float(near.weight.sum()), float(room.sum())
    if people > space:
        raise Impossible(f"{people:,.0f} people are to be served; the {len(room):,} open sites hold {space:,.0f}.")
    room = np.ascontiguousarray(room, np.float64)
    metre = max(1.0, float((near.weight * near.away[:, 0]).sum()) / people)
    site_of, load = np.full(len(near.weight), -1, np.int64), np.zeros(len(room))
    for pace in (PACE, 2 * PACE, PACE / 4):
        toll = np.zeros(len(room))
        cost = settle(near, np.ones(len(room), np.bool_), room, toll, site_of, load, ROUNDS, pace * metre)
        if (load <= room * (1 + 1e-9)).all():
            return site_of, float(cost)
    over = float(np.maximum(0.0, load - room).sum())
    raise Impossible(
        f"{people:,.0f} people are to be served, each point whole; the {len(room):,} open sites hold {space:,.0f}, "
        f"and {over:,.0f} people find no room."
    )


def bound_of_rooms(
    near: Near, room: Floats, p: int, *, cost: float, seconds: float, elapsed: Elapsed, fixed: Bools
) -> float:
    """Return a cost below which no plan of p sites comes. cost: of a known plan, by which steps are measured."""
    at = min(near.place.shape[1] - 1, max(1, len(room) // p))
    price = np.minimum(near.away[:, at], near.away[:, -1])
    best, often = price.copy(), np.zeros(len(room))
    bound, scale = -np.inf, 1.0
    room = np.ascontiguousarray(room, np.float64)
    while scale > FINEST and elapsed() < seconds and bound < cost * (1 - 1e-9):
        bound, scale = climb_rooms(near, room, fixed, p, price, best, cost, bound, scale, 20, 15, often)
    return float(min(max(bound, 0.0), cost))
