"""The compiled loops that sort a segment: counting by place or person, then each place by the time of entry."""
# ruff: noqa: PLR0917 -- compiled loops take columns, not objects

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shali.engines.rings.kernels import in_order
from shali.engines.rings.model import UNKNOWN_SEAT

BY_PLACE, BY_PERSON = ("person", "enter", "leave"), ("own_place", "own_enter", "own_leave")


@njit(nogil=True, cache=True)
def starts(code, many):
    """Return where the rows of each code begin when they are sorted by it, and at the end their number."""
    begin = np.zeros(many + 1, np.uint32)
    for one in code:
        begin[one + 1] += np.uint32(1)
    for i in range(many):
        begin[i + 1] += begin[i]
    return begin


@njit(nogil=True, cache=True)
def scatter(code, begin, columns, into):
    """Write three columns in the order of a code; rows of one code keep theirs."""
    to = begin[:-1].copy()
    for row in range(len(code)):
        at = to[code[row]]
        to[code[row]] += np.uint32(1)
        into[0][at] = columns[0][row]
        into[1][at] = columns[1][row]
        into[2][at] = columns[2][row]


@njit(nogil=True, cache=True)
def scatter_one(code, begin, column, into):
    to = begin[:-1].copy()
    for row in range(len(code)):
        into[to[code[row]]] = column[row]
        to[code[row]] += np.uint32(1)


@njit(nogil=True, cache=True)
def sort_places(begin, low, high, person, enter, leave, seat, longest):
    """Sort the rows of places low to high by entry and person; note the longest stay; return rows that stand twice."""
    twice = np.empty(1024, np.int64)
    again = 0
    for place in range(low, high):
        first, end = int(begin[place]), int(begin[place + 1])
        key = np.empty(end - first, np.int64)
        for i in range(end - first):
            key[i] = (np.int64(enter[first + i]) << 32) | person[first + i]
        order = in_order(key, len(key))
        _rearrange(person, first, order)
        _rearrange(enter, first, order)
        _rearrange(leave, first, order)
        if len(seat):
            _rearrange(seat, first, order)
        most = 0
        for row in range(first, end):
            # int64: a stay may be longer than 2^31 seconds can tell.
            most = max(most, int(leave[row]) - int(enter[row]))
            before = row - 1
            while before >= first and enter[before] == enter[row] and person[before] == person[row]:
                if leave[before] == leave[row]:
                    if again < len(twice):
                        twice[again] = row
                    again += 1
                    break
                before -= 1
        longest[place] = min(most, 2147483647)
    return again, twice[: min(again, len(twice))]


@njit(nogil=True, cache=True)
def _rearrange(column, first, order):
    old = np.empty(len(order), column.dtype)
    for i in range(len(order)):
        old[i] = column[first + i]
    for i in range(len(order)):
        column[first + i] = old[order[i]]


def sort(rows: dict[str, NDArray[np.generic]], into: dict[str, NDArray[np.generic]]) -> tuple[int, NDArray[np.int64]]:
    """Write both orders of a segment, on two processors; return how many visits stand twice, and where some are."""
    into = {name: column.view(np.ndarray) for name, column in into.items()}
    place, person = rows["place"], rows["person"]

    def by_person() -> None:
        into["person_from"][:] = starts(person, len(into["person_from"]) - 1)
        from_ = into["person_from"]
        scatter(person, from_, tuple(rows[n] for n in ("place", "enter", "leave")), tuple(into[n] for n in BY_PERSON))
        if len(into["own_seat"]):
            scatter_one(person, from_, _seats(rows), into["own_seat"])

    def by_place() -> None:
        into["place_from"][:] = starts(place, len(into["place_from"]) - 1)
        from_ = into["place_from"]
        scatter(place, from_, tuple(rows[n] for n in BY_PLACE), tuple(into[n] for n in BY_PLACE))
        if len(into["seat"]):
            scatter_one(place, from_, _seats(rows), into["seat"])

    def sort_some(low: int, high: int) -> tuple[int, NDArray[np.int64]]:
        columns = (into[name] for name in (*BY_PLACE, "seat", "longest"))
        return sort_places(into["place_from"], low, high, *columns)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done in [pool.submit(by_place), pool.submit(by_person)]:
            done.result()
        cuts = np.linspace(0, len(into["longest"]), 65).astype(np.int64)
        twice = list(pool.map(sort_some, cuts[:-1], cuts[1:]))
    return sum(count for count, _ in twice), np.concatenate([at for _, at in twice])


def _seats(rows: dict[str, NDArray[np.generic]]) -> NDArray[np.generic]:
    return rows["seat"] if "seat" in rows else np.full(len(rows["place"]), UNKNOWN_SEAT, np.int16)
