"""Chains of transmission: who infected whom, out of a line list and a contact list."""

from shali.engines.chains.build import build
from shali.engines.chains.drawing import graphml, svg
from shali.engines.chains.layout import days_of, lanes_of
from shali.engines.chains.model import Case, Chain, Contact, Problem
from shali.engines.chains.offspring import Fit, fit
from shali.engines.chains.summary import summary

__all__ = [
    "Case",
    "Chain",
    "Contact",
    "Fit",
    "Problem",
    "build",
    "days_of",
    "fit",
    "graphml",
    "lanes_of",
    "summary",
    "svg",
]
