"""Small capacitated p-medians: every customer to one site, no site above its capacity, every customer may be a site.

The walk goes through overloaded plans as well, at a penalty that rises where they last; kept is the best that fits.
"""
# ruff: noqa: PLR0917 -- compiled loops take columns, not objects

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def _over(load, capacity):
    return load - capacity if load > capacity else 0.0


@njit(nogil=True, cache=True)
def settle(distance, demand, capacity, median, cluster, load, penalty):
    """Shift and swap customers, and move medians within their clusters, while cost plus penalty falls."""
    again = True
    while again:
        again = False
        while _shift(distance, demand, capacity, median, cluster, load, penalty) or _swap(
            distance, demand, capacity, median, cluster, load, penalty
        ):
            pass
        for c in range(len(median)):
            if _centre(distance, median, cluster, c):
                again = True


@njit(nogil=True, cache=True)
def _shift(distance, demand, capacity, median, cluster, load, penalty):
    moved = False
    for i in range(len(demand)):
        a = cluster[i]
        freed = penalty * (_over(load[a], capacity) - _over(load[a] - demand[i], capacity))
        best, to = -1e-9, -1
        for c in range(len(median)):
            if c == a:
                continue
            change = distance[i, median[c]] - distance[i, median[a]] - freed
            change += penalty * (_over(load[c] + demand[i], capacity) - _over(load[c], capacity))
            if change < best:
                best, to = change, c
        if to >= 0:
            cluster[i] = to
            load[a] -= demand[i]
            load[to] += demand[i]
            moved = True
    return moved


@njit(nogil=True, cache=True)
def _swap(distance, demand, capacity, median, cluster, load, penalty):
    moved = False
    for i in range(len(demand)):
        for k in range(i):
            a, b = cluster[i], cluster[k]
            if a == b:
                continue
            more = demand[k] - demand[i]
            change = distance[i, median[b]] + distance[k, median[a]] - distance[i, median[a]] - distance[k, median[b]]
            if change >= penalty * abs(more):
                continue
            change += penalty * (_over(load[a] + more, capacity) - _over(load[a], capacity))
            change += penalty * (_over(load[b] - more, capacity) - _over(load[b], capacity))
            if change < -1e-9:
                cluster[i], cluster[k] = b, a
                load[a] += more
                load[b] -= more
                moved = True
    return moved


@njit(nogil=True, cache=True)
def _centre(distance, median, cluster, c):
    """Move the median of a cluster to where its customers' ways are shortest; say whether it moved."""
    best, to = -1.0, median[c]
    for j in range(len(cluster)):
        if cluster[j] != c and j != median[c]:
            continue
        total = 0.0
        for i in range(len(cluster)):
            if cluster[i] == c:
                total += distance[i, j]
        if best < 0 or total < best - 1e-9 or (total <= best and j == median[c]):
            best, to = total, j
    if to == median[c]:
        return False
    median[c] = to
    return True


@njit(nogil=True, cache=True)
def _to_nearest(distance, demand, median, cluster, load):
    load[:] = 0.0
    for i in range(len(demand)):
        near = 0
        for c in range(1, len(median)):
            if distance[i, median[c]] < distance[i, median[near]]:
                near = c
        cluster[i] = near
        load[near] += demand[i]


@njit(nogil=True, cache=True)
def _shake(distance, demand, median, cluster, load):
    """Move one to three medians, near each other, to customers near them; everybody there goes to the nearest."""
    p, n = len(median), len(demand)
    if np.random.random() < 0.15:
        median[np.random.randint(p)] = np.random.randint(n)
        _to_nearest(distance, demand, median, cluster, load)
        return
    centre = np.random.randint(n)
    order = np.argsort(distance[centre][median])
    many = min(p, 2 + np.random.randint(3))
    for t in range(many):
        c = order[t]
        if np.random.random() < 0.6:
            other = np.random.randint(n)
            if cluster[other] == c or np.random.random() < 0.1:
                median[c] = other
    for i in range(n):
        a = cluster[i]
        for t in range(many):
            c = order[t]
            if c == a:
                to = a
                for s in range(many):
                    if distance[i, median[order[s]]] < distance[i, median[to]]:
                        to = order[s]
                cluster[i] = to
                load[a] -= demand[i]
                load[to] += demand[i]
                break


@njit(nogil=True, cache=True)
def walk(distance, demand, capacity, best_median, best_cluster, best_cost, seed, rounds, restart):
    """Walk `rounds` shakes from the best plan, or from a new one; keep the best that fits. Return its cost."""
    np.random.seed(seed)
    n, p = len(demand), len(best_median)
    median, cluster, load = best_median.copy(), best_cluster.copy(), np.zeros(p)
    if restart:
        median[:] = np.random.permutation(n)[:p]
        _to_nearest(distance, demand, median, cluster, load)
    for i in range(n if not restart else 0):
        load[cluster[i]] += demand[i]
    penalty = 2.0
    here = np.inf
    kept_median, kept_cluster = median.copy(), cluster.copy()
    for _ in range(rounds):
        settle(distance, demand, capacity, median, cluster, load, penalty)
        cost, over = 0.0, 0.0
        for i in range(n):
            cost += distance[i, median[cluster[i]]]
        for c in range(p):
            over += _over(load[c], capacity)
        penalty = min(penalty * 1.3, 1000.0) if over else max(penalty * 0.93, 0.3)
        if over == 0.0 and cost < best_cost:
            best_cost = cost
            best_median[:], best_cluster[:] = median, cluster
        worth = cost + max(penalty, 3.0) * over
        if worth <= here * (1.0 + 0.004 * np.random.random()):
            here = worth
            kept_median[:], kept_cluster[:] = median, cluster
        else:
            median[:], cluster[:] = kept_median, kept_cluster
        load[:] = 0.0
        for i in range(n):
            load[cluster[i]] += demand[i]
        _shake(distance, demand, median, cluster, load)
    return best_cost
