"""Encounters put together by whom they were with: a table of targets instead of a sort, since most met nobody long."""

import numpy as np
from numba import njit

# An encounter's key: the target above, the start below, counted from the least second that there is.
LOW = 0xFFFFFFFF


@njit(nogil=True, cache=True)
def _emptied(table, found):
    """Return the table, empty and at least twice as large as what it must hold, and how much of it is used."""
    size = 64
    while size < 2 * found:
        size *= 2
    if len(table) < size:
        table = np.empty(size, np.int32)
    for i in range(size):
        table[i] = -1
    return table, size


@njit(nogil=True, cache=True)
def by_target(key, stop, found, least, table):
    """Put the encounters of each target together, in order of start; leave out targets who cannot come to `least`.

    Return rows in that order, where each target's begin, how many targets there are, and the table, to be used again.
    """
    table, size = _emptied(table, found)
    group, total = np.empty(found, np.int32), np.empty(found, np.int64)
    count, head, groups = np.empty(found, np.int32), np.empty(found, np.int32), 0
    for i in range(found):
        target = key[i] >> 32
        at = ((target * 0x9E3779B1) >> 7) & (size - 1)
        while table[at] >= 0 and key[table[at]] >> 32 != target:
            at = (at + 1) & (size - 1)
        if table[at] < 0:
            table[at] = i
            group[i] = groups
            total[groups] = 0
            count[groups] = 0
            groups += 1
        mine = group[table[at]]
        group[i] = mine
        total[mine] += stop[i] - ((key[i] & LOW) - 0x80000000)
        count[mine] += 1
    begin, kept, used = np.empty(groups + 1, np.int32), 0, 0
    for g in range(groups):  # `count` becomes where the next row of a group goes
        if total[g] >= least:
            begin[kept] = head[g] = used
            kept += 1
            used += count[g]
            count[g] = head[g]
        else:
            count[g] = -1
    begin[kept] = used
    order = np.empty(used, np.int32)
    for i in range(found):
        to = count[group[i]]
        if to >= 0:
            # Those of one target come nearly in order, so that each is put in its place from behind.
            first = to
            while first > head[group[i]] and key[order[first - 1]] > key[i]:
                order[first] = order[first - 1]
                first -= 1
            order[first] = i
            count[group[i]] = to + 1
    return order, begin, kept, table
