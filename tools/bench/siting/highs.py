"""HiGHS on the two questions of the OR-Library, in the strong formulation, through scipy."""

import time

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csr_matrix, eye, hstack, kron

from shali.engines.siting.orlib import Customers

Floats = NDArray[np.float64]


def medians(distance: Floats, p: int, *, seconds: float) -> tuple[float, bool, float]:
    """Return cost, whether it is proven, seconds: building the matrices is not counted."""
    n = len(distance)
    whole = np.r_[np.zeros(n * n), np.ones(n)]
    began = time.monotonic()
    found = _solve(distance, p, whole, [], seconds)
    return _cost(found), found.status == 0, time.monotonic() - began


def fewest_ways(given: Customers, *, seconds: float) -> tuple[float, bool]:
    """Return the cost of a capacitated file, every customer served by one site, and whether it is proven."""
    distance, n = given.distances(), len(given.demand)
    rooms = hstack([kron(given.demand[None], eye(n)), -given.capacity * eye(n)], format="csr")
    whole = np.ones(n * n + n)
    found = _solve(distance, given.sites, whole, [LinearConstraint(rooms, -np.inf, 0)], seconds)
    return _cost(found), found.status == 0


def _solve(distance: Floats, p: int, whole: Floats, further: list[LinearConstraint], seconds: float) -> OptimizeResult:
    n = len(distance)
    once = hstack([kron(eye(n), np.ones((1, n))), csr_matrix((n, n))], format="csr")
    opened = hstack([eye(n * n), -kron(np.ones((n, 1)), eye(n))], format="csr")
    number = np.r_[np.zeros(n * n), np.ones(n)]
    lines = [LinearConstraint(once, 1, 1), LinearConstraint(opened, -np.inf, 0), LinearConstraint(number[None], p, p)]
    return milp(
        np.r_[distance.ravel(), np.zeros(n)], constraints=lines + further, bounds=Bounds(0, 1), integrality=whole,
        options={"time_limit": seconds},
    )  # fmt: skip


def _cost(found: OptimizeResult) -> float:
    return float(found.fun) if found.x is not None else np.inf
