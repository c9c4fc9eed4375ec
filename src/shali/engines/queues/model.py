"""What a day at sampling points is given as, and what comes of it. Times are seconds of the day, as floats."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Desks:
    """Desks of all sites, one entry each; desks of one site stand together, sites ascending.

    site: which site. opens, closes: hours; whoever would begin at `closes` or later is turned away. pause, resumes: one
    break, in which nobody begins; equal where there is none.
    """

    site: Ints
    opens: Floats
    closes: Floats
    pause: Floats
    resumes: Floats

    @classmethod
    def alike(
        cls, count: Ints, *, opens: float, closes: float = np.inf, pause: float = 0.0, resumes: float = 0.0
    ) -> "Desks":
        """Return `count[s]` desks for each site s, all with the same hours."""
        site = np.repeat(np.arange(len(count)), count)
        return cls(site, *(np.full(len(site), hour, np.float64) for hour in (opens, closes, pause, resumes)))


@dataclass(frozen=True, slots=True)
class Day:
    """begins: when each person's sample is taken, np.inf for whoever was turned away, in the order of the arrivals
    given. finish: (sites,) when the last one leaves; -inf where nobody came. busy: (desks,) seconds at work.
    """

    arrivals: Floats
    sites: Ints
    begins: Floats
    finish: Floats
    busy: Floats

    @property
    def waits(self) -> Floats:
        """Seconds that each person waits; np.inf for whoever was turned away."""
        return self.begins - self.arrivals

    @property
    def turned_away(self) -> int:
        return int(np.isinf(self.begins).sum())

    def share_within(self, seconds: float) -> Floats:
        """Return for each site the share of its people who wait at most so long; 1 where nobody came."""
        many = len(self.finish)
        came = np.bincount(self.sites, minlength=many)
        soon = np.bincount(self.sites, self.waits <= seconds, many)
        return np.where(came > 0, soon / np.maximum(came, 1), 1.0)

    def by_hour(self) -> tuple[Ints, Floats]:
        """Return people and mean wait in seconds by site and hour of arrival, (sites, hours); nan where nobody came."""
        many, hours = len(self.finish), int(self.arrivals.max() // 3600) + 1 if len(self.arrivals) else 0
        cell = self.sites * hours + (self.arrivals // 3600).astype(np.int64)
        served = np.isfinite(self.begins)
        came = np.bincount(cell, minlength=many * hours).reshape(many, hours)
        total = np.bincount(cell[served], self.waits[served], many * hours).reshape(many, hours)
        count = np.bincount(cell[served], minlength=many * hours).reshape(many, hours)
        return came, np.where(count > 0, total / np.maximum(count, 1), np.nan)
