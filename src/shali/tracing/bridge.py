"""The only way to the engines: cases as a chain, days as series."""

from shali.engines.capacity import (
    Estimates,
    Growth,
    Nowcast,
    discrete_serial_interval,
    estimate,
    estimate_uncertain,
    growth,
    nowcast,
)
from shali.engines.chains import Case as ChainCase
from shali.engines.chains import Chain, Contact, Fit, build, fit, graphml, svg

__all__ = [
    "Chain",
    "ChainCase",
    "Contact",
    "Estimates",
    "Fit",
    "Growth",
    "Nowcast",
    "build",
    "discrete_serial_interval",
    "estimate",
    "estimate_uncertain",
    "fit",
    "graphml",
    "growth",
    "nowcast",
    "svg",
]
