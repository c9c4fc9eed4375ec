"""The compiled loops: who was there at the same time, and for how long together.

A loop gets all visits twice, as `Columns`: sorted by (place, enter), and by person. Each segment of the store is sorted
in itself, so every look-up goes through the segments one after the other. Encounters of one carrier are gathered, put
together by target, and added up where there are enough of them.
"""
# ruff: noqa: PLR0917 -- compiled loops take columns, not objects

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shali.engines.rings.grouping import LOW, by_target

Ints = NDArray[np.int32]
WHO, ENTER, LEAVE = 0, 1, 2


class Columns(NamedTuple):
    """All segments end to end. A row of `at_place` is person, enter, leave; one of `of_person` place, enter, leave.

    Segment k has rows base[k] to base[k + 1]; the rows of its place p are those from
    place_from[places_at[k] + p] to place_from[places_at[k] + p + 1], counted from base[k]; people likewise.
    Nobody in it enters before span[k, 0] or leaves after span[k, 1].
    """

    at_place: Ints
    seat: NDArray[np.int16]
    of_person: Ints
    own_seat: NDArray[np.int16]
    place_from: NDArray[np.uint32]
    longest: Ints
    person_from: NDArray[np.uint32]
    base: NDArray[np.int64]
    places_at: NDArray[np.int64]
    people_at: NDArray[np.int64]
    span: Ints


class Limits(NamedTuple):
    """at_least and encounter in seconds; apart in rows, -1: seats do not matter; until: nothing later counts."""

    at_least: int
    encounter: int
    apart: int
    until: int


@njit(nogil=True, cache=True)
def _with_room(array, used, needed):
    """Return an array with the same beginning and room for so many; asked for once a stretch, not once a row."""
    if needed <= len(array):
        return array
    longer = np.empty(max(2 * len(array), needed), array.dtype)
    for i in range(used):
        longer[i] = array[i]
    return longer


@njit(nogil=True, cache=True)
def _first_entry(rows, low, high, wanted):
    """Return the first row of a sorted stretch that does not enter before a moment."""
    while low < high:
        middle = (low + high) >> 1
        if rows[middle, ENTER] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@njit(nogil=True, cache=True)
def _is_among(values, low, high, wanted):
    """Say whether a sorted stretch holds a value."""
    end = high
    while low < high:
        middle = (low + high) >> 1
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low < end and values[low] == wanted


@njit(nogil=True, cache=True)
def _gather_at(c, place, start, end, seat, apart, me, found, key, stop, spot):
    """Add everybody who was at a place between start and end, both included, to what was found."""
    for k in range(len(c.base) - 1):
        at = c.places_at[k] + place
        if at + 1 >= c.places_at[k + 1] or start > c.span[k, 1] or end < c.span[k, 0]:
            continue
        low, high = c.base[k] + c.place_from[at], c.base[k] + c.place_from[at + 1]
        # Who came before `start` by more than the longest stay of this place has left by then.
        row = _first_entry(c.at_place, low, high, start - c.longest[at - k])
        last = _first_entry(c.at_place, row, high, end + 1)
        needed = found + last - row
        key, stop, spot = (
            _with_room(key, found, needed),
            _with_room(stop, found, needed),
            _with_room(spot, found, needed),
        )
        for i in range(row, last):
            if c.at_place[i, LEAVE] >= start and c.at_place[i, WHO] != me:
                near = apart < 0 or seat == -32768 or c.seat[i] == -32768
                if near or abs(int(c.seat[i]) - int(seat)) <= apart:
                    begins = max(np.int64(c.at_place[i, ENTER]), start)
                    key[found] = (int(c.at_place[i, WHO]) << 32) | (begins + 0x80000000)
                    stop[found] = min(np.int64(c.at_place[i, LEAVE]), end)
                    spot[found] = place
                    found += 1
    return found, key, stop, spot


@njit(nogil=True, cache=True)
def _gather(c, me, start, end, apart, found, key, stop, spot):
    """Add the encounters of one person's own visits between start and end."""
    for k in range(len(c.base) - 1):
        at = c.people_at[k] + me
        if at + 1 >= c.people_at[k + 1] or start > c.span[k, 1] or end < c.span[k, 0]:
            continue
        for row in range(c.base[k] + c.person_from[at], c.base[k] + c.person_from[at + 1]):
            begins, ends = max(np.int64(c.of_person[row, ENTER]), start), min(np.int64(c.of_person[row, LEAVE]), end)
            if begins <= ends:
                seat = c.own_seat[row] if apart >= 0 else np.int16(-32768)
                found, key, stop, spot = _gather_at(
                    c, c.of_person[row, WHO], begins, ends, seat, apart, me, found, key, stop, spot
                )
    return found, key, stop, spot


@njit(nogil=True, cache=True)
def _name_places(stop, spot, order, low, high, begin_at, kept, begin, used):
    """Add the places of some encounters to those of the pair, each once, and return how many there are; a handful."""
    for i in range(low, high):
        place = spot[order[i]]
        known = stop[order[i]] < begin_at
        for j in range(begin, used):
            if kept[j] == place:
                known = True
                break
        if not known:
            kept[used] = place
            used += 1
    return used


@njit(nogil=True, cache=True)
def _add_up(key, stop, spot, order, low, high, begin_at, limits, places, used):
    """Return seconds, first and last moment of one pair, rows low to high, and how many places are named then.

    -1 seconds where no encounter counts. There is room in `places` for one more an encounter.
    """
    seconds, first, last = -1, 0, 0
    mark = used
    i = low
    while i < high:
        begins = max((key[order[i]] & LOW) - 0x80000000, begin_at)
        ends = int(stop[order[i]])
        if ends < begins:
            i += 1
            continue
        island = i
        i += 1
        while i < high:
            start = max((key[order[i]] & LOW) - 0x80000000, begin_at)
            if start > ends:
                break
            ends = max(ends, int(stop[order[i]]))
            i += 1
        if ends - begins >= limits.encounter:
            if seconds < 0:
                seconds, first = 0, begins
            seconds += ends - begins
            last = ends
            used = _name_places(stop, spot, order, island, i, begin_at, places, mark, used)
    return seconds, first, last, used


@njit(nogil=True, cache=True)
def first_ring(c, person, window_at, start, end, limits):
    """Return the contacts of each person over the windows window_at[i] to window_at[i + 1]."""
    key, stop, spot = np.empty(4096, np.int64), np.empty(4096, np.int32), np.empty(4096, np.int32)
    table = np.empty(4096, np.int32)
    rows, numbers, places, rows_n, places_n = _empty()
    for i in range(len(person)):
        found = np.int64(0)
        for w in range(window_at[i], window_at[i + 1]):
            found, key, stop, spot = _gather(
                c, person[i], np.int64(start[w]), np.int64(end[w]), limits.apart, found, key, stop, spot
            )
        order, begin, targets, table = by_target(key, stop, found, limits.at_least, table)
        rows, numbers = (
            _rows_with_room(rows, rows_n, rows_n + targets),
            _rows_with_room(numbers, rows_n, rows_n + targets),
        )
        places = _with_room(places, places_n, places_n + len(order))
        for t in range(targets):
            low, high = np.int64(begin[t]), np.int64(begin[t + 1])
            target = key[order[low]] >> 32
            seconds, first, last, after = _add_up(
                key, stop, spot, order, low, high, np.int64(-0x7FFFFFFF), limits, places, places_n
            )
            if seconds >= limits.at_least:
                rows[rows_n, 0], rows[rows_n, 1], rows[rows_n, 2] = person[i], target, -1
                numbers[rows_n, 0], numbers[rows_n, 1] = seconds, first
                numbers[rows_n, 2], numbers[rows_n, 3] = last, after
                rows_n, places_n = rows_n + 1, after
    return rows[:rows_n], numbers[:rows_n], places[:places_n]


@njit(nogil=True, cache=True)
def second_ring(c, through, claim_at, source, exposed, ring_at, ring, limits):
    """Return whom each contact met since its exposure, for each source that exposed it.

    Contact i was exposed by source[j] from the moment exposed[j] on, claim_at[i] <= j < claim_at[i + 1]. Left out
    are the source itself and its own contacts, ring[ring_at[j, 0] : ring_at[j, 1]], in order.
    """
    key, stop, spot = np.empty(4096, np.int64), np.empty(4096, np.int32), np.empty(4096, np.int32)
    table = np.empty(4096, np.int32)
    rows, numbers, places, rows_n, places_n = _empty()
    for i in range(len(through)):
        found = np.int64(0)
        since = exposed[claim_at[i]]
        for j in range(claim_at[i], claim_at[i + 1]):
            since = min(since, exposed[j])
        found, key, stop, spot = _gather(c, through[i], since, limits.until, limits.apart, found, key, stop, spot)
        order, begin, targets, table = by_target(key, stop, found, limits.at_least, table)
        claims = claim_at[i + 1] - claim_at[i]
        most = rows_n + targets * claims
        rows, numbers = _rows_with_room(rows, rows_n, most), _rows_with_room(numbers, rows_n, most)
        places = _with_room(places, places_n, places_n + len(order) * claims)
        for t in range(targets):
            low, high = np.int64(begin[t]), np.int64(begin[t + 1])
            target = key[order[low]] >> 32
            for j in range(claim_at[i], claim_at[i + 1]):
                if target == source[j] or _is_among(ring, ring_at[j, 0], ring_at[j, 1], target):
                    continue
                seconds, first, last, after = _add_up(
                    key, stop, spot, order, low, high, exposed[j], limits, places, places_n
                )
                if seconds >= limits.at_least:
                    rows[rows_n, 0], rows[rows_n, 1], rows[rows_n, 2] = source[j], target, through[i]
                    numbers[rows_n, 0], numbers[rows_n, 1] = seconds, first
                    numbers[rows_n, 2], numbers[rows_n, 3] = last, after
                    rows_n, places_n = rows_n + 1, after
    return rows[:rows_n], numbers[:rows_n], places[:places_n]


@njit(nogil=True, cache=True)
def _empty():
    """Return an empty answer: (source, target, through), (seconds, first, last, end of its places), places; no rows."""
    return (
        np.empty((1024, 3), np.int32),
        np.empty((1024, 4), np.int64),
        np.empty(4096, np.int32),
        np.int64(0),
        np.int64(0),
    )


@njit(nogil=True, cache=True)
def _rows_with_room(array, used, needed):
    if needed <= len(array):
        return array
    longer = np.empty((max(2 * len(array), needed), array.shape[1]), array.dtype)
    for i in range(used):
        for j in range(array.shape[1]):
            longer[i, j] = array[i, j]
    return longer
