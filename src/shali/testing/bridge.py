"""The only way to the engines: where points go, how long people wait at them."""

from shali.engines.queues import Desks, come, desks_needed, simulate
from shali.engines.siting import Impossible, Plan, find_rooms, nearest

__all__ = ["Desks", "Impossible", "Plan", "come", "desks_needed", "find_rooms", "nearest", "simulate"]
