"""A whole city with capacities: the bound of what fits at each candidate, and people at open sites by prices.

Distances are per person: a point of w people at distance d costs w * d. Loops are compiled; arrays are `Near`'s.
"""
# ruff: noqa: PLR0917 -- compiled loops take columns, not objects

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def value_of(customer, reach, weight, price, room, gain, take):
    """Return what a candidate is worth at these prices, and in `take` the share of each of its points that it takes.

    The continuous knapsack: points in the order of price minus distance, until the room is full.
    """
    many, whole = 0, 0.0
    for at in range(len(customer)):
        take[at] = 0.0
        worth = price[customer[at]] - reach[at]
        if worth > 0:
            gain[many], take[many] = worth, float(at)
            whole += weight[customer[at]]
            many += 1
    if many == 0:
        return 0.0, 0
    order = np.argsort(-gain[:many]) if whole > room else np.arange(many)
    chosen = np.empty(many, np.int64)
    for at in range(many):
        chosen[at] = int(take[order[at]])
    for at in range(many):
        take[at] = 0.0
    left, total = room, 0.0
    for at in range(many):
        here = chosen[at]
        people = weight[customer[here]]
        part = min(1.0, left / people)
        if part <= 0:
            break
        take[here] = part
        total -= part * people * (price[customer[here]] - reach[here])
        left -= part * people
    return total, many


@njit(nogil=True, cache=True)
def climb_rooms(near, room, fixed, p, price, best, upper, bound, scale, steps, calm, often):
    """Raise the bound by `steps` steps of the subgradient from `price`; `best` holds the prices of the best bound.

    often: (m,) how often a candidate was chosen, the last steps most; changed. Returns bound and scale of the steps.
    """
    weight, end = near.weight, near.away[:, -1]
    n, since = len(weight), 0
    direction, served = np.zeros(n), np.zeros(n)
    for _step in range(steps):
        total = bound_at(near, room, fixed, p, price, served, often)
        if bound == -np.inf or total > bound + 1e-7 * abs(bound):
            bound, since = total, 0
            best[:] = price
        else:
            since += 1
            if since >= calm:
                scale, since = scale * 0.6, 0
                price[:] = best
                direction[:] = 0.0
        square = 0.0
        for i in range(n):
            direction[i] = 0.6 * direction[i] + (1.0 - served[i])
            square += weight[i] * direction[i] * direction[i]
        if square < 1e-12:
            break
        step = scale * (upper - total) / square
        for i in range(n):
            # Beyond the end of its row a point's candidates are not known: its price stays below that.
            price[i] = min(max(price[i] + step * direction[i], 0.0), end[i])
    return bound, scale


@njit(nogil=True, cache=True)
def bound_at(near, room, fixed, p, price, served, often):
    """Return the bound at these prices: what all pay, less what the p best candidates earn; fill in who is served."""
    start, customer, reach, weight = near.start, near.customer, near.reach, near.weight
    m = len(room)
    longest = np.max(start[1:] - start[:-1])
    gain, take, key = np.zeros(longest), np.zeros(longest), np.zeros(m)
    value = np.zeros(m)
    for j in range(m):
        a, b = start[j], start[j + 1]
        value[j], _many = value_of(customer[a:b], reach[a:b], weight, price, room[j], gain, take)
        key[j] = value[j] - 1e18 if fixed[j] else value[j]
    order = np.argsort(key)
    total = (weight * price).sum()
    served[:] = 0.0
    often *= 0.97
    for q in range(p):
        j = order[q]
        often[j] += 0.03
        total += value[j]
        a, b = start[j], start[j + 1]
        value_of(customer[a:b], reach[a:b], weight, price, room[j], gain, take)
        for at in range(b - a):
            served[customer[a + at]] += take[at]
    return total


@njit(nogil=True, cache=True)
def ask_tolls(near, is_open, room, toll, site_of, load, rounds, step):
    """Let full sites ask for a toll until nearly everybody fits; return the best bound of this set of sites.

    toll: (m,) metres that a site asks beyond the way; begun from what it holds, left at the best.
    """
    place, away, weight = near.place, near.away, near.weight
    n, k = place.shape
    best, kept = -np.inf, toll.copy()
    for _turn in range(rounds):
        load[:] = 0.0
        total = 0.0
        for i in range(n):
            cheapest, at = np.inf, -1
            for q in range(k):
                j = place[i, q]
                if away[i, q] >= cheapest:
                    break
                if is_open[j] and away[i, q] + toll[j] < cheapest:
                    cheapest, at = away[i, q] + toll[j], j
            site_of[i] = at
            if at < 0:
                return np.inf
            load[at] += weight[i]
            total += weight[i] * cheapest
        for j in range(len(room)):
            if is_open[j]:
                total -= toll[j] * room[j]
        if total > best:
            best = total
            kept[:] = toll
        over = 0
        for j in range(len(room)):
            if is_open[j]:
                excess = load[j] / room[j] - 1.0
                if excess > 0:
                    over += 1
                if excess > 0 or toll[j] > 0:
                    toll[j] = max(0.0, toll[j] + excess * step)
        if over == 0:
            break
        step *= 0.97
    toll[:] = kept
    return best


@njit(nogil=True, cache=True)
def settle(near, is_open, room, toll, site_of, load, rounds, step):
    """Give each point whole to an open site, none above its room; return the cost, large where that cannot be."""
    if ask_tolls(near, is_open, room, toll, site_of, load, rounds, step) == np.inf:
        return np.inf
    return repair(near, is_open, room, toll, site_of, load)


@njit(nogil=True, cache=True)
def repair(near, is_open, room, toll, site_of, load):
    """Move points out of sites that are too full, those first whose way grows least for the room they free."""
    place, away, weight = near.place, near.away, near.weight
    k = place.shape[1]
    members = np.argsort(site_of)
    first = np.searchsorted(site_of[members], np.arange(len(room) + 1))
    for _again in range(6):
        done = True
        for j in range(len(room)):
            if not is_open[j] or load[j] <= room[j]:
                continue
            done = False
            a, b = first[j], first[j + 1]
            cost, to = np.full(b - a, np.inf), np.full(b - a, -1)
            for at in range(a, b):
                i = members[at]
                if site_of[i] != j:
                    continue
                here = 0.0
                for q in range(k):
                    if place[i, q] == j:
                        here = away[i, q]
                        break
                for q in range(k):
                    other = place[i, q]
                    if is_open[other] and other != j and load[other] + weight[i] <= room[other]:
                        cost[at - a], to[at - a] = away[i, q] - here, other
                        break
            for pick in np.argsort(cost):
                if load[j] <= room[j] or cost[pick] == np.inf:
                    break
                i, other = members[a + pick], to[pick]
                if load[other] + weight[i] <= room[other]:
                    load[other] += weight[i]
                    load[j] -= weight[i]
                    site_of[i] = other
        if done:
            break
        members = np.argsort(site_of)
        first = np.searchsorted(site_of[members], np.arange(len(room) + 1))
    beyond = 0.0
    for j in range(len(room)):
        if is_open[j]:
            beyond += max(0.0, load[j] - room[j])
    # Whoever fits nowhere costs ten times the longest way that anybody near has: such a plan is left as soon as may be.
    return improve(near, is_open, room, site_of, load) + beyond * 10.0 * away[:, k - 1].mean()


@njit(nogil=True, cache=True)
def improve(near, is_open, room, site_of, load):
    """Shift points to nearer sites with room until none is left; return the cost."""
    place, away, weight = near.place, near.away, near.weight
    n, k = place.shape
    moved, passes = True, 0
    while moved and passes < 8:
        moved, passes = False, passes + 1
        for i in range(n):
            for q in range(k):
                j = place[i, q]
                if j == site_of[i]:
                    break
                if is_open[j] and load[j] + weight[i] <= room[j]:
                    load[site_of[i]] -= weight[i]
                    load[j] += weight[i]
                    site_of[i] = j
                    moved = True
                    break
    total = 0.0
    for i in range(n):
        for q in range(k):
            if place[i, q] == site_of[i]:
                total += weight[i] * away[i, q]
                break
    return total
