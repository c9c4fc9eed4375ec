"""2-opt and Or-opt over nearest neighbours, and small kicks that are taken back where they do not help. Compiled."""
# ruff: noqa: PLR0917 -- compiled loops take columns, not objects

import numpy as np
from numba import njit

EPSILON = 1e-7


@njit(nogil=True, cache=True)
def are_distances(metres):
    """Say whether all are finite, none below 0, and the same there and back: to one part in 100,000."""
    many = len(metres)
    for one in range(many):
        for other in range(one, many):
            there, back = metres[one, other], metres[other, one]
            if not (np.isfinite(there) and np.isfinite(back)) or there < 0 or back < 0:
                return False
            if abs(there - back) > 1e-8 + 1e-5 * back:
                return False
    return True


@njit(nogil=True, cache=True)
def nearest(metres, most):
    """Return the `most` nearest others of each place, shape (places, most); of equals those that are given first."""
    many = len(metres)
    near = np.empty((many, most), np.int64)
    for one in range(many):
        held = 0
        for other in range(many):
            if other == one or (held == most and metres[one, other] >= metres[one, near[one, most - 1]]):
                continue
            place = min(held, most - 1)
            while place > 0 and metres[one, near[one, place - 1]] > metres[one, other]:
                near[one, place] = near[one, place - 1]
                place -= 1
            near[one, place] = other
            held = min(held + 1, most)
    return near


@njit(nogil=True, cache=True)
def improve(metres, near, tour, kicks, seed):
    """Shorten a round walk in place: changes of two edges, stretches of one to three places put elsewhere, then kicks.

    Every change is a reversal of a stretch, written down, so that a kick that did not help is played backwards.
    """
    many = len(tour)
    at = np.empty(many, np.int64)
    for place in range(many):
        at[tour[place]] = place
    log = np.empty((4096, 2), np.int64)
    count = np.zeros(1, np.int64)
    waits, queue = np.ones(many, np.bool_), np.empty(many, np.int64)
    for place in range(many):
        queue[place] = tour[place]
    _settle(metres, near, tour, at, waits, queue, many, log, count, False)
    if many < 8:
        return
    np.random.seed(seed)
    for _kick in range(kicks):
        count[0] = 0
        first = np.random.randint(many)
        most = min(50, (many - 2) // 2)
        one, two = 1 + np.random.randint(most), 1 + np.random.randint(most)
        gained, held = _kick_at(metres, tour, at, first, one, two, waits, queue, log, count)
        gained += _settle(metres, near, tour, at, waits, queue, held, log, count, True)
        if gained < -EPSILON:
            for place in range(count[0] - 1, -1, -1):
                _flip(tour, at, log[place, 0], log[place, 1])


@njit(nogil=True, cache=True)
def _kick_at(metres, tour, at, first, one, two, waits, queue, log, count):
    """Let two neighbouring stretches change places (a double bridge); return what it gains and who looks again."""
    many = len(tour)
    a, b = tour[first], tour[(first + 1) % many]
    c, d = tour[(first + one) % many], tour[(first + one + 1) % many]
    e, f = tour[(first + one + two) % many], tour[(first + one + two + 1) % many]
    gained = metres[a, b] + metres[c, d] + metres[e, f] - metres[a, d] - metres[e, b] - metres[c, f]
    _change(tour, at, a, b, e, f, log, count)  # a e .. d c .. b f
    _change(tour, at, a, e, d, c, log, count)  # a d .. e c .. b f
    _change(tour, at, e, c, b, f, log, count)  # a d .. e b .. c f
    held = 0
    for city in (a, b, c, d, e, f):
        if not waits[city]:
            waits[city] = True
            queue[held] = city
            held += 1
    return gained, held


@njit(nogil=True, cache=True)
def _flip(tour, at, i, j):
    """Reverse the stretch from position i to j, or the rest of the round, whichever is shorter: the same round."""
    many = len(tour)
    inner = (j - i + many) % many + 1
    if 2 * inner > many:
        i, j = (j + 1) % many, (i - 1 + many) % many
        inner = many - inner
    for _step in range(inner // 2):
        x, y = tour[i], tour[j]
        tour[i], tour[j] = y, x
        at[y], at[x] = i, j
        i = i + 1 if i + 1 < many else 0
        j = j - 1 if j > 0 else many - 1


@njit(nogil=True, cache=True)
def _change(tour, at, a, b, c, d, log, count):
    """Put edges a-c and b-d in the place of a-b and c-d; b follows a as d follows c, in either direction."""
    i, j = (at[b], at[c]) if tour[(at[a] + 1) % len(tour)] == b else (at[a], at[d])
    if count[0] < len(log):
        log[count[0], 0], log[count[0], 1] = i, j
        count[0] += 1
    _flip(tour, at, i, j)


@njit(nogil=True, cache=True)
def _settle(metres, near, tour, at, waits, queue, held, log, count, keeps):
    """Try every place that waits until none does; return the metres gained."""
    many = len(tour)
    gained, head = 0.0, 0
    while held:
        city = queue[head]
        head = (head + 1) % many
        held -= 1
        waits[city] = False
        while True:
            if count[0] + 3 > len(log):
                if keeps:
                    break  # a change that could not be taken back is not made while a kick is judged
                count[0] = 0
            gain, touched = _two_edges(metres, near, tour, at, city, log, count)
            if gain <= 0.0:
                gain, touched = _stretch(metres, near, tour, at, city, log, count)
            if gain <= 0.0:
                break
            gained += gain
            for other in touched:
                if other >= 0 and not waits[other]:
                    waits[other] = True
                    queue[(head + held) % many] = other
                    held += 1
    return gained


@njit(nogil=True, cache=True)
def _two_edges(metres, near, tour, at, a, log, count):
    many = len(tour)
    for step in (1, many - 1):
        b = tour[(at[a] + step) % many]
        for c in near[a]:
            gain = metres[a, b] - metres[a, c]
            if gain <= EPSILON:
                break
            d = tour[(at[c] + step) % many]
            gain += metres[c, d] - metres[b, d]
            if gain > EPSILON and c != b and d != a:
                _change(tour, at, a, b, c, d, log, count)
                return gain, (a, b, c, d, -1, -1)
    return 0.0, (-1, -1, -1, -1, -1, -1)


@njit(nogil=True, cache=True)
def _stretch(metres, near, tour, at, city, log, count):
    """Put one to three places that begin or end with `city` between two others, either way round."""
    many = len(tour)
    for size in range(1, min(4, many - 2)):
        for back in range(2):
            first = at[city] if not back else (at[city] - size + 1 + many) % many
            s, t = tour[first], tour[(first + size - 1) % many]
            p, q = tour[(first - 1 + many) % many], tour[(first + size) % many]
            saved = metres[p, s] + metres[t, q] - metres[p, q]
            other = t if city == s else s
            for c in near[city]:
                if saved - metres[city, c] <= EPSILON:
                    break
                if (at[c] - first + many) % many < size:
                    continue
                for step in (1, many - 1):
                    e = tour[(at[c] + step) % many]
                    if (at[e] - first + many) % many < size:
                        continue
                    gain = saved + metres[c, e] - metres[city, c] - metres[other, e]
                    if gain > EPSILON:
                        c_first = c if step == 1 else e
                        f_next = e if step == 1 else c
                        goes_on = (city == s) == (step == 1)
                        _move(tour, at, p, s, t, q, c_first, f_next, goes_on, log, count)
                        return gain, (p, s, t, q, c, e)
    return 0.0, (-1, -1, -1, -1, -1, -1)


@njit(nogil=True, cache=True)
def _move(tour, at, p, s, t, q, c, f, goes_on, log, count):
    """Of p s..t q..c f make p q..c t..s f, or p q..c s..t f where the stretch goes on the same way."""
    _change(tour, at, p, s, c, f, log, count)
    _change(tour, at, p, c, q, t, log, count)
    if goes_on:
        _change(tour, at, c, t, s, f, log, count)
