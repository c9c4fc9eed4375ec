"""How long people wait at sampling points: a day simulated person by person, and the desks that it needs."""

from shali.engines.queues.model import Day, Desks
from shali.engines.queues.plan import come, desks_needed, erlang_c
from shali.engines.queues.simulate import simulate

__all__ = ["Day", "Desks", "come", "desks_needed", "erlang_c", "simulate"]
