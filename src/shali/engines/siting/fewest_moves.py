"""The fewest sites within a walk and within rooms: the bound by prices, sites torn out and put back as fewer.

Loops are compiled; arrays are those of `Pairs`. site_of: -1 for nobody yet.
"""
# ruff: noqa: PLR0917, PLR1714 -- compiled loops take columns, not objects; numba knows no `in` of a tuple

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def earns(points, weight, price, room, taken):
    """Return what a candidate earns when it fills its room with those who pay most, and whom it takes, as shares."""
    taken[: len(points)] = 0.0
    order = np.argsort(-price[points])
    left, total = room, 0.0
    for at in order:
        i = points[at]
        if left <= 0 or price[i] <= 0:
            break
        share = min(1.0, left / weight[i])
        taken[at] = share
        left -= share * weight[i]
        total += share * weight[i] * price[i]
    return total


@njit(nogil=True, cache=True)
def climb_fewest(pairs, room, fixed, price, best, upper, bound, scale, steps):
    """Raise the bound by `steps` steps of the subgradient from `price`; `best` holds the prices of the best bound.

    price: per person, in sites. A candidate that earns more than the one site that it costs is opened by every plan
    at these prices: what all pay, less what those earn above their cost, is less than any plan needs.
    """
    start, point, weight = pairs.start, pairs.point, pairs.weight
    n, m, since = len(weight), len(room), 0
    served, direction = np.zeros(n), np.zeros(n)
    taken = np.zeros(max(1, np.max(start[1:] - start[:-1])))
    for _step in range(steps):
        served[:] = 0.0
        total = (weight * price).sum()
        for j in range(m):
            here = point[start[j] : start[j + 1]]
            gain = earns(here, weight, price, room[j], taken) - 1.0
            if gain > 0 or fixed[j]:
                total -= gain
                for at in range(len(here)):
                    served[here[at]] += taken[at]
        if total > bound + 1e-9:
            bound, since = total, 0
            best[:] = price
        else:
            since += 1
            if since >= 15:
                scale, since = scale * 0.6, 0
                price[:] = best
                direction[:] = 0.0
        square = 0.0
        for i in range(n):
            direction[i] = 0.6 * direction[i] + (1.0 - served[i])
            square += weight[i] * direction[i] * direction[i]
        if square < 1e-12 or bound >= upper:
            break
        step = scale * (upper - total) / square
        for i in range(n):
            price[i] = max(0.0, price[i] + step * direction[i])
    return bound, scale


@njit(nogil=True, cache=True)
def seat(pairs, i, is_open, room, site_of, load, barred):
    """Give a point a site with room, if need be by moving one other point out of it. Say whether it was done.

    barred: a site that takes nobody, -1 for none.
    """
    begin, candidate, weight = pairs.begin, pairs.candidate, pairs.weight
    start, point = pairs.start, pairs.point
    for at in range(begin[i], begin[i + 1]):
        j = candidate[at]
        if is_open[j] and j != barred and load[j] + weight[i] <= room[j]:
            site_of[i] = j
            load[j] += weight[i]
            return True
    for at in range(begin[i], begin[i + 1]):
        j = candidate[at]
        if not is_open[j] or j == barred or weight[i] > room[j]:
            continue
        for inside in range(start[j], start[j + 1]):
            q = point[inside]
            if site_of[q] != j or load[j] - weight[q] + weight[i] > room[j]:
                continue
            for other in range(begin[q], begin[q + 1]):
                k = candidate[other]
                if is_open[k] and k != j and k != barred and load[k] + weight[q] <= room[k]:
                    site_of[q], site_of[i] = k, j
                    load[k] += weight[q]
                    load[j] += weight[i] - weight[q]
                    return True
    return False


@njit(nogil=True, cache=True)
def put_back(pairs, waits, is_open, room, site_of, load, most, worth, shut):
    """Seat everybody who waits, opening at most `most` more sites, each time the one that fills best. Say whether.

    waits: points without a site; worth: (m,) factors by chance; shut: (m,) sites that stay closed.
    """
    start, point, weight = pairs.start, pairs.point, pairs.weight
    begin, candidate = pairs.begin, pairs.candidate
    for i in waits[np.argsort(-weight[waits])]:
        seat(pairs, i, is_open, room, site_of, load, -1)
    asks = np.zeros(len(room))
    for _turn in range(most + 1):
        asks[:] = 0.0
        left = 0
        for i in waits:
            if site_of[i] < 0:
                left += 1
                for at in range(begin[i], begin[i + 1]):
                    asks[candidate[at]] += weight[i]
        if left == 0:
            return True
        if _turn == most:
            return False
        best, j = 0.0, -1
        for c in range(len(room)):
            if asks[c] > 0 and not is_open[c] and not shut[c] and min(asks[c], room[c]) * worth[c] > best:
                best, j = min(asks[c], room[c]) * worth[c], c
        if j < 0:
            return False
        is_open[j] = True
        here = point[start[j] : start[j + 1]]
        options = np.array([begin[i + 1] - begin[i] for i in here])
        for at in np.argsort(options - weight[here] / (1.0 + weight[here].max())):
            i = here[at]
            if site_of[i] < 0 and load[j] + weight[i] <= room[j]:
                site_of[i] = j
                load[j] += weight[i]
    return False


@njit(nogil=True, cache=True)
def close_what_can_be(pairs, is_open, fixed, room, site_of, load):
    """Close sites whose points all find room elsewhere, the emptiest first; return how many."""
    closed = 0
    for j in np.argsort(load):
        if not is_open[j] or fixed[j]:
            continue
        keep_site, keep_load = site_of.copy(), load.copy()
        here = np.flatnonzero(site_of == j)
        is_open[j] = False
        done = True
        for i in here[np.argsort(-pairs.weight[here])]:
            site_of[i] = -1
            load[j] -= pairs.weight[i]
            if not seat(pairs, i, is_open, room, site_of, load, j):
                done = False
                break
        if done:
            load[j] = 0.0
            closed += 1
        else:
            is_open[j] = True
            site_of[:], load[:] = keep_site, keep_load
    return closed


@njit(nogil=True, cache=True)
def tear_out(pairs, is_open, fixed, room, site_of, load, turns, seed):
    """Tear neighbouring sites out and put their people back with no more sites, `turns` times; return sites won.

    As many sites again are taken where people then lie more closely together: sooner or later one is empty.
    """
    np.random.seed(seed)
    m, won = len(room), 0
    no = np.zeros(m, np.bool_)
    for _turn in range(turns):
        opened = np.flatnonzero(is_open & ~fixed)
        if len(opened) == 0:
            break
        torn = _neighbours(pairs, opened[np.random.randint(len(opened))], is_open, fixed, site_of, 2 + _turn % 5)
        keep_open, keep_site, keep_load = is_open.copy(), site_of.copy(), load.copy()
        for j in torn:
            is_open[j] = False
            load[j] = 0.0
        waits = np.flatnonzero(~is_open[site_of])
        site_of[waits] = -1
        worth = 1.0 + 0.3 * np.random.random(m)
        done = put_back(pairs, waits, is_open, room, site_of, load, len(torn), worth, no)
        fewer = keep_open.sum() - is_open.sum()
        if done and (fewer > 0 or (load * load).sum() >= (keep_load * keep_load).sum() * 0.9999):
            won += fewer
        else:
            is_open[:], site_of[:], load[:] = keep_open, keep_site, keep_load
    return won


@njit(nogil=True, cache=True)
def _neighbours(pairs, first, is_open, fixed, site_of, many):
    """Return a site and others whose points could also have gone to it or live beside its own, by chance."""
    found = np.full(many, first)
    count = 1
    a, b = pairs.start[first], pairs.start[first + 1]
    for _try in range(6 * many):
        if count == many or a == b:
            break
        i = pairs.point[a + np.random.randint(b - a)]
        c, d = pairs.begin[i], pairs.begin[i + 1]
        j = site_of[i] if np.random.random() < 0.5 else pairs.candidate[c + np.random.randint(d - c)]
        if is_open[j] and not fixed[j] and not (found[:count] == j).any():
            found[count] = j
            count += 1
    return found[:count]


@njit(nogil=True, cache=True)
def go_nearer(pairs, is_open, room, site_of, load):
    """Shift points to nearer sites with room until none is left."""
    begin, candidate, weight = pairs.begin, pairs.candidate, pairs.weight
    for _pass in range(8):
        moved = False
        for i in range(len(weight)):
            for at in range(begin[i], begin[i + 1]):
                j = candidate[at]
                if j == site_of[i]:
                    break
                if is_open[j] and load[j] + weight[i] <= room[j]:
                    load[site_of[i]] -= weight[i]
                    load[j] += weight[i]
                    site_of[i] = j
                    moved = True
                    break
        if not moved:
            break
