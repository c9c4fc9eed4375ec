"""The only way to the engines: where points go, how long people wait at them, in which order doors are visited."""

from shali.engines.queues import Desks, come, desks_needed, simulate
from shali.engines.routes import Walk, length_of, metres_between, order, share
from shali.engines.siting import (
    Impossible,
    Plan,
    bound_of_rooms,
    find_fewest,
    find_rooms,
    metres_apart,
    near_enough,
    nearest,
    nearest_on_earth,
    pairs_of,
    reach_most,
    reach_of,
    seat_all,
)

__all__ = [
    "Desks",
    "Impossible",
    "Plan",
    "Walk",
    "bound_of_rooms",
    "come",
    "desks_needed",
    "find_fewest",
    "find_rooms",
    "length_of",
    "metres_apart",
    "metres_between",
    "near_enough",
    "nearest",
    "nearest_on_earth",
    "order",
    "pairs_of",
    "reach_most",
    "reach_of",
    "seat_all",
    "share",
    "simulate",
]
