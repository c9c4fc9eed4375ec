"""The Lagrangian bound of a small capacitated p-median: what each candidate earns is a knapsack, solved exactly."""
# ruff: noqa: PLR0917 -- compiled loops take columns, not objects

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def _pack(profit, demand, room, value, taken, order):
    """Fill a room of whole size for the greatest profit (dynamic programme). Return it; order[:k] are taken."""
    value[:] = 0.0
    many = 0
    for i in range(len(profit)):
        if profit[i] > 0:
            order[many] = i
            many += 1
    for t in range(many):
        i = order[t]
        size, gain = int(demand[i]), profit[i]
        for r in range(room, -1, -1):
            taken[t, r] = r >= size and value[r - size] + gain > value[r]
            if taken[t, r]:
                value[r] = value[r - size] + gain
    best = value[room]
    left = room
    kept = 0
    for t in range(many - 1, -1, -1):
        if taken[t, left]:
            left -= int(demand[order[t]])
            profit[order[t]] = -np.inf
            kept += 1
    return best


@njit(nogil=True, cache=True)
def climb(distance, demand, room, p, price, best_price, bound, upper, scale, patience, steps, rho):
    """Climb `steps` times; demand and room are whole numbers. Return the bound and the scale.

    rho keeps, for the best prices, what each candidate earns (<= 0).
    """
    n = len(demand)
    value, taken, order = np.zeros(room + 1), np.zeros((n, room + 1), np.bool_), np.empty(n, np.int32)
    earned, profit, serves = np.empty(n), np.empty(n), np.zeros((n, n), np.bool_)
    idle = 0
    for _ in range(steps):
        for j in range(n):
            for i in range(n):
                profit[i] = price[i] - distance[i, j]
            earned[j] = -_pack(profit, demand, room, value, taken, order)
            for i in range(n):
                serves[j, i] = profit[i] == -np.inf
        chosen = np.argsort(earned)[:p]
        now = price.sum() + earned[chosen].sum()
        slope = np.ones(n)
        for j in chosen:
            for i in range(n):
                slope[i] -= serves[j, i]
        if now > bound:
            bound, idle = now, 0
            best_price[:] = price
            rho[:] = earned
        else:
            idle += 1
            if idle >= patience:
                idle, scale = 0, scale * 0.6
                price[:] = best_price
                continue
        squares = (slope * slope).sum()
        if squares == 0.0:
            break
        price += scale * max(upper - now, 1e-6) / squares * slope
    return bound, scale
