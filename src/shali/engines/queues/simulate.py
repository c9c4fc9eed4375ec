"""First come, first served, at desks with hours and breaks: every person of a day, one after the other."""
# ruff: noqa: PLR0917 -- compiled loops take columns, not objects

import numpy as np
from numba import njit

from shali.engines.queues.model import Day, Desks, Floats, Ints


def simulate(arrivals: Floats, sites: Ints, service: Floats, desks: Desks) -> Day:
    """Return when each person is served. arrivals, service: seconds; in any order.

    :raises ValueError: lengths differ, a site has no desk, or a time is negative or none
    """
    arrivals, service = np.ascontiguousarray(arrivals, np.float64), np.ascontiguousarray(service, np.float64)
    sites = np.ascontiguousarray(sites, np.int64)
    many = int(desks.site.max()) + 1 if len(desks.site) else 0
    _refuse_wrong(arrivals, sites, service, desks, many)
    order = np.lexsort((np.arange(len(arrivals)), arrivals, sites))
    first = np.searchsorted(desks.site, np.arange(many + 1))
    start = np.searchsorted(sites[order], np.arange(many + 1))
    begins, busy = np.empty(len(arrivals)), np.zeros(len(desks.site))
    finish = np.full(many, -np.inf)
    _serve(
        order, start, first, arrivals, service, desks.opens, desks.closes, desks.pause, desks.resumes, begins, busy,
        finish,
    )  # fmt: skip
    return Day(arrivals, sites, begins, finish, busy)


def _refuse_wrong(arrivals: Floats, sites: Ints, service: Floats, desks: Desks, many: int) -> None:
    if not len(arrivals) == len(sites) == len(service):
        raise ValueError(f"{len(arrivals)} arrivals, {len(sites)} sites, {len(service)} service times: give one each")
    if len(sites) and (sites.min() < 0 or sites.max() >= many or not np.isin(sites, desks.site).all()):
        lost = np.setdiff1d(sites, desks.site)
        raise ValueError(f"people are sent to {len(lost)} sites without a desk, the first is {lost[0]}")
    if (np.diff(desks.site) < 0).any():
        raise ValueError("desks of one site stand together, sites ascending")
    for what, times in (("arrivals", arrivals), ("service", service)):
        if not np.isfinite(times).all() or (times < 0).any():
            raise ValueError(f"{what} must be seconds, 0 or more")


@njit(nogil=True, cache=True)
def _serve(order, start, first, arrivals, service, opens, closes, pause, resumes, begins, busy, finish):
    for s in range(len(first) - 1):
        a, b = first[s], first[s + 1]
        free = opens[a:b].copy()
        for at in range(start[s], start[s + 1]):
            i = order[at]
            best, desk = np.inf, -1
            for d in range(b - a):
                t = max(arrivals[i], free[d])
                if pause[a + d] <= t < resumes[a + d]:
                    t = resumes[a + d]
                if t < best and t < closes[a + d]:
                    best, desk = t, d
            begins[i] = best
            if desk >= 0:
                free[desk] = best + service[i]
                busy[a + desk] += service[i]
                finish[s] = max(finish[s], free[desk])
