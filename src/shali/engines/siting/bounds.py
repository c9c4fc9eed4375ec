"""Lagrangian bounds: every point pays a price for being served; whatever the prices, no plan costs less than the bound.

Relaxed is that each point is served once. Then each candidate serves, by itself, the points that pay more than their
distance, as far as its capacity reaches, and the p candidates that earn most are open.
"""
# ruff: noqa: PLR0917 -- compiled loops take columns, not objects

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def earnings(near, price, allowed, rho):
    """Set rho[j] to what candidate j earns (<= 0) if it serves all who pay more than their distance. Return the sum
    of prices.

    A price is held below the end of its row: beyond it nobody would be served at a gain.
    """
    rho[:] = 0.0
    total = 0.0
    last = near.place.shape[1] - 1
    is_whole = near.place.shape[1] == len(rho)
    for i in range(len(price)):
        if not is_whole:
            price[i] = min(price[i], near.away[i, last])
        u, w = price[i], near.weight[i]
        total += w * u
        for k in range(last + 1):
            if near.away[i, k] >= u:
                break
            rho[near.place[i, k]] += w * (near.away[i, k] - u)
    for j in range(len(rho)):
        if not allowed[j]:
            rho[j] = np.inf
    return total


@njit(nogil=True, cache=True)
def slopes(near, price, chosen, slope):
    """Set slope[i] to 1 less the number of chosen sites that serve i. Return the weighted sum of squares."""
    squares = 0.0
    for i in range(len(price)):
        count = 0
        for k in range(near.place.shape[1]):
            if near.away[i, k] >= price[i]:
                break
            if chosen[near.place[i, k]]:
                count += 1
        slope[i] = 1.0 - count
        squares += near.weight[i] * slope[i] * slope[i]
    return squares


@njit(nogil=True, cache=True)
def choose(rho, fixed, p, chosen):
    """Choose the fixed sites and those that earn most, p in all. Return their sum and the two rho at the border."""
    order = np.argsort(rho)
    chosen[:] = False
    total, left = 0.0, p
    for j in range(len(rho)):
        if fixed[j]:
            chosen[j] = True
            total += rho[j]
            left -= 1
    inside, outside = -np.inf, np.inf
    for at in range(len(order)):
        j = order[at]
        if fixed[j]:
            continue
        if left == 0:
            outside = rho[j]
            break
        chosen[j] = True
        total += rho[j]
        inside = rho[j]
        left -= 1
    return total, inside, outside


@njit(nogil=True, cache=True)
def raise_bound(near, price, best_price, allowed, fixed, p, upper, bound, scale, patience, steps, best_rho):
    """Climb `steps` times from `price`; best_price and best_rho keep the best place. Return bound, scale, steps idle,
    and the rho at the border there.
    """
    n, m = len(price), len(allowed)
    rho, chosen, slope = np.empty(m), np.zeros(m, np.bool_), np.empty(n)
    inside, outside = -np.inf, np.inf
    idle = 0
    for _ in range(steps):
        total = earnings(near, price, allowed, rho)
        earned, a, b = choose(rho, fixed, p, chosen)
        value = total + earned
        squares = slopes(near, price, chosen, slope)
        if value > bound:
            if value > bound + 1e-6 * abs(upper):
                idle = 0
            bound, inside, outside = value, a, b
            best_price[:] = price
            best_rho[:] = rho
        else:
            idle += 1
            if idle >= patience:
                idle, scale = 0, scale * 0.5
                price[:] = best_price
                continue
        if squares == 0.0 or scale < 1e-4:
            break
        step = scale * max(upper - value, 1e-9) / squares
        for i in range(n):
            price[i] = max(0.0, price[i] + step * slope[i])
    return bound, scale, inside, outside
