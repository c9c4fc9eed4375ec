"""The only way to the engines: where points go, how long people wait at them, in which order doors are visited.

An engine is loaded when something of it is first asked for, `bridge.find_rooms(...)`: compiled loops and solvers take
longer to load than all else that a page or the inbox needs, and hardly any page asks for them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
QUEUES = ("Desks", "come", "desks_needed", "simulate")
ROUTES = ("Walk", "length_of", "metres_between", "order", "share")


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    engine = "queues" if name in QUEUES else "routes" if name in ROUTES else "siting"
    return getattr(import_module(f"shali.engines.{engine}"), name)
