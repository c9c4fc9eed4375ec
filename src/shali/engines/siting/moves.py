"""Where a plan with capacities may be better: sites put among their own people, pairs of sites exchanged."""
# ruff: noqa: PLR0917 -- compiled loops take columns, not objects

import numpy as np
from numba import njit

from shali.engines.siting.rooms import value_of


@njit(nogil=True, cache=True)
def recentre(near, is_open, fixed, room, site_of, load):
    """Put each site where its own people's ways are shortest, if a closed candidate is better. Say how many."""
    place, away, weight = near.place, near.away, near.weight
    k = place.shape[1]
    m = len(room)
    members = np.argsort(site_of)
    first = np.searchsorted(site_of[members], np.arange(m + 1))
    total, count = np.zeros(m), np.zeros(m, np.int64)
    touched = np.zeros(m, np.int64)
    changed = 0
    for j in range(m):
        a, b = first[j], first[j + 1]
        if not is_open[j] or fixed[j] or a == b:
            continue
        many = 0
        for at in range(a, b):
            i = members[at]
            for q in range(k):
                c = place[i, q]
                if c != j and is_open[c]:
                    continue
                if count[c] == 0 and total[c] == 0.0:
                    touched[many] = c
                    many += 1
                total[c] += weight[i] * away[i, q] + 1e-300
                count[c] += 1
        best, to = total[j], j
        for at in range(many):
            c = touched[at]
            if count[c] == b - a and total[c] < best * (1 - 1e-12) and load[j] <= room[c]:
                best, to = total[c], c
        for at in range(many):
            total[touched[at]], count[touched[at]] = 0.0, 0
        if to != j:
            is_open[j], is_open[to] = False, True
            load[to], load[j] = load[j], 0.0
            for at in range(a, b):
                site_of[members[at]] = to
            changed += 1
    return changed


@njit(nogil=True, cache=True)
def exchanges(near, is_open, fixed, room, toll, site_of, banned, most, opened, closed):
    """Choose up to `most` exchanges that pay at the tolls of the day, far enough apart not to meddle; return how many.

    What opening a candidate saves: its best filling at what people pay now. What closing a site costs: the way of its
    people to their next one, and the room that it sells. Who would go from the closed to the opened is counted once.
    banned: (m,) candidates that were tried in vain lately.
    """
    m, n = len(room), len(near.weight)
    pays, next_, second, loss = np.zeros(n), np.full(n, np.inf), np.full(n, -1), np.zeros(m)
    _ways(near, is_open, room, toll, site_of, pays, next_, second, loss)
    saved, partner = np.full(m, np.inf), np.full(m, -1)
    _partners(near, is_open, fixed, room, site_of, banned, pays, next_, loss, saved, partner)
    start, customer = near.start, near.customer
    longest = np.max(start[1:] - start[:-1])
    space, take = np.zeros(longest), np.zeros(longest)
    used = np.zeros(m, np.bool_)
    found = 0
    for c in np.argsort(saved):
        if found == most or saved[c] >= 0:
            break
        s, a, b = partner[c], start[c], start[c + 1]
        value_of(customer[a:b], near.reach[a:b], near.weight, pays, room[c], space, take)
        free = not used[s]
        for at in range(b - a):
            if take[at] > 0 and used[site_of[customer[a + at]]]:
                free = False
                break
        if not free:
            continue
        opened[found], closed[found] = c, s
        found += 1
        used[s] = True
        for at in range(b - a):
            if take[at] > 0:
                used[site_of[customer[a + at]]] = True
        for i in range(n):
            if site_of[i] == s and second[i] >= 0:
                used[second[i]] = True
    return found


@njit(nogil=True, cache=True)
def _ways(near, is_open, room, toll, site_of, pays, next_, second, loss):
    """Fill in what everybody pays now (way and toll), what his next site would ask, and what closing a site costs."""
    place, away, weight = near.place, near.away, near.weight
    n, k = place.shape
    for i in range(n):
        best = np.inf
        for q in range(k):
            j = place[i, q]
            if away[i, q] >= next_[i]:
                break
            if not is_open[j]:
                continue
            if j == site_of[i]:
                best = away[i, q] + toll[j]
            elif away[i, q] + toll[j] < next_[i]:
                next_[i], second[i] = away[i, q] + toll[j], j
        if next_[i] == np.inf:
            next_[i] = away[i, k - 1] * 2
        pays[i] = min(best, next_[i])
        loss[site_of[i]] += weight[i] * (next_[i] - pays[i])
    for j in range(len(room)):
        if is_open[j]:
            loss[j] += toll[j] * room[j]


@njit(nogil=True, cache=True)
def _partners(near, is_open, fixed, room, site_of, banned, pays, next_, loss, saved, partner):
    """Fill in, for each closed candidate, the site whose closing goes best with its opening, and what both cost."""
    start, customer, reach, weight = near.start, near.customer, near.reach, near.weight
    m = len(room)
    longest = np.max(start[1:] - start[:-1])
    space, take, extra = np.zeros(longest), np.zeros(longest), np.zeros(m)
    cheapest = np.argsort(np.where(is_open & ~fixed, loss, np.inf))[:8]
    touched = np.zeros(m, np.int64)
    for c in range(m):
        if is_open[c] or banned[c]:
            continue
        a, b = start[c], start[c + 1]
        worth, _many = value_of(customer[a:b], reach[a:b], weight, pays, room[c], space, take)
        asks = _marginal(customer[a:b], reach[a:b], weight, pays, room[c], take)
        many = 0
        for at in range(a, b):
            i = customer[at]
            here, s = reach[at] + asks, site_of[i]
            if here < next_[i] and not fixed[s]:
                if extra[s] == 0.0:
                    touched[many] = s
                    many += 1
                extra[s] += weight[i] * (next_[i] - max(pays[i], here)) + 1e-300
        for at in range(many + len(cheapest)):
            s = touched[at] if at < many else cheapest[at - many]
            if is_open[s] and not fixed[s] and loss[s] - extra[s] + worth < saved[c]:
                saved[c], partner[c] = loss[s] - extra[s] + worth, s
        for at in range(many):
            extra[touched[at]] = 0.0


@njit(nogil=True, cache=True)
def _marginal(customer, reach, weight, pays, room, take):
    """Return the toll that a candidate would ask: what the last who fits would pay more; 0 where there is room left."""
    asks, filled = np.inf, 0.0
    for at in range(len(customer)):
        if take[at] > 0:
            filled += take[at] * weight[customer[at]]
            asks = min(asks, pays[customer[at]] - reach[at])
    return 0.0 if filled < room * (1 - 1e-9) else asks
