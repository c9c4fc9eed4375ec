"""Compiled search for open sites: exchange one for another while it pays (Whitaker; Resende and Werneck)."""
# ruff: noqa: PLR0917 -- compiled loops take columns, not objects

import numpy as np
from numba import njit

FAR = 1e30


@njit(nogil=True, cache=True)
def two_nearest(near, is_open, i, first, second, d1, d2):
    """Find the nearest and second nearest open site of point i; FAR where the row ends before."""
    seen = 0
    for k in range(near.place.shape[1]):
        j = near.place[i, k]
        if is_open[j]:
            if seen == 0:
                first[i], d1[i] = j, near.away[i, k]
                seen = 1
            else:
                second[i], d2[i] = j, near.away[i, k]
                return
    if seen == 0:
        first[i], d1[i] = -1, FAR
    second[i], d2[i] = -1, FAR


@njit(nogil=True, cache=True)
def assign_all(near, is_open, first, second, d1, d2, loss):
    """Assign every point anew; loss[r] is what closing r would cost. Return the cost."""
    loss[:] = 0.0
    cost = 0.0
    for i in range(len(near.weight)):
        two_nearest(near, is_open, i, first, second, d1, d2)
        cost += near.weight[i] * d1[i]
        if first[i] >= 0:
            loss[first[i]] += near.weight[i] * (d2[i] - d1[i])
    return cost


@njit(nogil=True, cache=True)
def best_exchange(near, sites, is_fixed, f, first, d1, d2, loss, extra, touched):
    """Return which place of `sites` to close for candidate f, and by how much the cost falls."""
    gain, many = 0.0, 0
    for e in range(near.start[f], near.start[f + 1]):
        i, d = near.customer[e], near.reach[e]
        if d >= d2[i]:
            continue
        r = first[i]
        if d < d1[i]:
            gain += near.weight[i] * (d1[i] - d)
            saved = near.weight[i] * (d2[i] - d1[i])
        else:
            saved = near.weight[i] * (d2[i] - d)
        if r >= 0:
            if extra[r] == 0.0:
                touched[many] = r
                many += 1
            extra[r] += saved
    out, least = -1, np.inf
    for s in range(len(sites)):
        r = sites[s]
        if not is_fixed[r] and loss[r] - extra[r] < least:
            out, least = s, loss[r] - extra[r]
    for t in range(many):
        extra[touched[t]] = 0.0
    return out, gain - least


@njit(nogil=True, cache=True)
def exchange(near, is_open, f, r, first, second, d1, d2, loss):
    """Open f, close r, and assign anew the points that this touches. Return by how much the cost falls."""
    is_open[r], is_open[f] = False, True
    fall = 0.0
    for e in range(near.start[f], near.start[f + 1]):
        i, d = near.customer[e], near.reach[e]
        if d < d2[i] and first[i] != r and second[i] != r:
            fall += _again(near, is_open, i, first, second, d1, d2, loss)
    # Whoever had r is among the points of r, as it was among their first two.
    for e in range(near.start[r], near.start[r + 1]):
        i = near.customer[e]
        if first[i] == r or second[i] == r:
            fall += _again(near, is_open, i, first, second, d1, d2, loss)
    return fall


@njit(nogil=True, cache=True)
def _again(near, is_open, i, first, second, d1, d2, loss):
    before, w = d1[i], near.weight[i]
    if first[i] >= 0:
        loss[first[i]] -= w * (d2[i] - d1[i])
    two_nearest(near, is_open, i, first, second, d1, d2)
    if first[i] >= 0:
        loss[first[i]] += w * (d2[i] - d1[i])
    return w * (before - d1[i])


@njit(nogil=True, cache=True)
def descend(near, sites, is_open, is_fixed, tried, first, second, d1, d2, loss, moves):
    """Exchange while it pays, candidates of `tried` in turn, at most `moves` times. Return the cost."""
    cost = assign_all(near, is_open, first, second, d1, d2, loss)
    extra, touched = np.zeros(len(is_open)), np.empty(len(is_open), np.int32)
    unchanged, at = 0, 0
    while unchanged < len(tried) and moves:
        f = tried[at]
        at = at + 1 if at + 1 < len(tried) else 0
        unchanged += 1
        if is_open[f]:
            continue
        out, pays = best_exchange(near, sites, is_fixed, f, first, d1, d2, loss, extra, touched)
        if out >= 0 and pays > 1e-7 * (1.0 + abs(cost)) * 1e-3:
            fall = exchange(near, is_open, f, sites[out], first, second, d1, d2, loss)
            sites[out] = f
            cost -= fall
            unchanged = 0
            moves -= 1
    return assign_all(near, is_open, first, second, d1, d2, loss)


@njit(nogil=True, cache=True)
def wander(near, sites, is_fixed, tried, seed, rounds, strength):
    """Shake the best sites and descend, `rounds` times; `sites` holds the best in the end. Return its cost.

    A shake that comes out no worse is gone on from (a walk along equal costs), strength says how many are exchanged.
    """
    np.random.seed(seed)
    n, m, p = len(near.weight), len(near.start) - 1, len(sites)
    first, second = np.empty(n, np.int32), np.empty(n, np.int32)
    d1, d2, loss = np.empty(n), np.empty(n), np.zeros(m)
    is_open = np.zeros(m, np.bool_)
    is_open[sites] = True
    best = assign_all(near, is_open, first, second, d1, d2, loss)
    if len(tried) <= p:
        return best
    now = sites.copy()
    for round_ in range(rounds):
        is_open[:] = False
        now[:] = sites
        is_open[now] = True
        if round_:
            _shake(now, is_open, is_fixed, tried, 1 + np.random.randint(strength))
        np.random.shuffle(tried)
        cost = descend(near, now, is_open, is_fixed, tried, first, second, d1, d2, loss, 10_000)
        if cost <= best:
            best = cost
            sites[:] = now
    return best


@njit(nogil=True, cache=True)
def _shake(now, is_open, is_fixed, tried, many):
    for _ in range(many):
        s, f = np.random.randint(len(now)), tried[np.random.randint(len(tried))]
        if is_open[f] or is_fixed[now[s]]:
            continue
        is_open[now[s]], is_open[f] = False, True
        now[s] = f
