"""How fast it spreads: the reproduction number by day, growth, and what the last days will still report."""

from shali.engines.capacity.growth import Growth, growth
from shali.engines.capacity.nowcast import Nowcast, nowcast
from shali.engines.capacity.rt import Estimates, Prior, estimate, estimate_uncertain, infectivity, windows
from shali.engines.capacity.serial import discrete_serial_interval, mean_of, sd_of

__all__ = [
    "Estimates",
    "Growth",
    "Nowcast",
    "Prior",
    "discrete_serial_interval",
    "estimate",
    "estimate_uncertain",
    "growth",
    "infectivity",
    "mean_of",
    "nowcast",
    "sd_of",
    "windows",
]
