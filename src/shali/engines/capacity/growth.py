"""Growth by day and doubling time, by Poisson regression of cases on days."""

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import ArrayLike

FEWEST = 3
Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Growth:
    """rate: by day, with its 95 % interval; doubling: days in which cases double, negative where they halve.

    The interval of the doubling time is that of the rate; where the rate's holds 0 it has no end on that side.
    """

    rate: float
    low: float
    high: float

    @property
    def doubling(self) -> float:
        return _doubling(self.rate)

    @property
    def doubling_interval(self) -> tuple[float, float]:
        """Return the shortest and the longest doubling time that the rate allows; inf where there is no end."""
        if self.low <= 0 <= self.high:
            return (_doubling(self.high), float("inf"))
        return tuple(sorted((_doubling(self.low), _doubling(self.high))))  # type: ignore[return-value]


def growth(cases: ArrayLike) -> Growth:
    """Fit log E(cases) = constant + rate x day by maximum likelihood; scatter widens the interval.

    cases: by day, without gaps. Quasi-Poisson (McCullagh and Nelder 1989, 6.2): variance = dispersion x mean,
    dispersion from Pearson's statistic and at least 1.
    :raises ValueError: fewer than three days, or no case on all but one of them
    """
    y = np.asarray(cases, dtype=np.float64)
    if len(y) < FEWEST or np.count_nonzero(y) < 2:
        raise ValueError("growth needs at least three days, and cases on two of them")
    day = np.arange(len(y), dtype=np.float64)
    day -= day.mean()
    beta = np.array([log(y.mean()), 0.0])
    design = np.column_stack([np.ones_like(day), day])
    for _ in range(100):
        mu = np.exp(design @ beta)
        step = np.linalg.solve(design.T @ (design * mu[:, None]), design.T @ (y - mu))
        # A step too long is taken in part: the likelihood is concave, and this finds its top.
        beta = beta + step * min(1.0, 1.0 / max(1e-12, float(np.abs(step).max())))
        if np.abs(step).max() < 1e-12:
            break
    mu = np.exp(design @ beta)
    dispersion = max(1.0, float(((y - mu) ** 2 / mu).sum()) / max(1, len(y) - 2))
    error = float(np.sqrt(dispersion * np.linalg.inv(design.T @ (design * mu[:, None]))[1, 1]))
    rate = float(beta[1])
    return Growth(rate, rate - Z * error, rate + Z * error)


def _doubling(rate: float) -> float:
    return log(2) / rate if rate else float("inf")
