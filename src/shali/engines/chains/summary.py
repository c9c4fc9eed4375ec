"""An outbreak in one look, each figure with its definition."""

from collections.abc import Sequence
from math import isfinite
from statistics import mean, median, stdev
from typing import Any

from shali.engines.chains.model import Chain, Problem
from shali.engines.chains.offspring import fit

DEFINITIONS = {
    "cases": "different ids of the line list",
    "contacts": "rows of the contact list",
    "links": "contacts taken as infection: both ends are cases, and each case has one source at most",
    "roots": "cases without a source; cases = links + roots",
    "isolated": "roots that infected nobody either",
    "generations": "how many generations there are; that of the roots is number 0 in by_generation",
    "offspring": "how many each case infected, those with none included; negative binomial, dispersion k (null: none)",
    "serial_interval": "days from onset to onset of links whose two onsets are known; sd with n - 1",
}


def summary(found: Chain, problems: Sequence[Problem], *, contacts: int) -> dict[str, Any]:
    """Return all that is said of an outbreak in one look; contacts: rows of the contact list."""
    most = max(found.offspring.values(), default=0)
    kinds: dict[str, int] = {}
    for one in problems:
        kinds[one.kind] = kinds.get(one.kind, 0) + 1
    return {
        "cases": len(found.cases),
        "contacts": contacts,
        "links": len(found.links),
        "roots": len(found.roots),
        "isolated": sum(found.offspring[one] == 0 for one in found.roots),
        "generations": len(found.by_generation),
        "by_generation": found.by_generation,
        "largest_offspring": most,
        "largest_offspring_of": [id_ for id_, n in found.offspring.items() if n == most and most],
        "offspring": _offspring(found),
        "serial_interval": _intervals(found.serial_intervals()),
        "problems": dict(sorted(kinds.items())),
        "definitions": DEFINITIONS,
    }


def _offspring(found: Chain) -> dict[str, Any]:
    counts = list(found.offspring.values())
    plain: dict[str, Any] = {"n": len(counts), "mean": sum(counts) / len(counts) if counts else None}
    try:
        best = fit(counts)
    except ValueError:
        return plain | {"mean_interval": None, "dispersion": None, "dispersion_interval": None}
    ends = [one if isfinite(one) else None for one in (best.k, best.k_low, best.k_high)]
    return plain | {
        "mean_interval": [best.mean_low, best.mean_high],
        "dispersion": ends[0],
        "dispersion_interval": ends[1:],
        "share_of_most_infectious_fifth": best.share_of_top_fifth,
    }


def _intervals(days: Sequence[float]) -> dict[str, Any]:
    return {
        "n": len(days),
        "mean": mean(days) if days else None,
        "sd": stdev(days) if len(days) > 1 else None,
        "median": median(days) if days else None,
        "least": min(days, default=None),
        "most": max(days, default=None),
        "negative": sum(one < 0 for one in days),
    }
