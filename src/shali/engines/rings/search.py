"""First and second ring out of a store: the compiled loops, on all processors, in an order that never changes."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from shali.engines.rings.kernels import Columns, Limits, first_ring, second_ring
from shali.engines.rings.model import LATEST, Codes, Contacts, Thresholds, Windows
from shali.engines.rings.store import Store

Found = tuple[NDArray[np.int32], NDArray[np.int64], Codes]
PARTS = 64  # a ring is cut in so many parts, which the processors take one after the other
PIECE = 16_384


def find_contacts(
    store: Store, windows: Windows, thresholds: Thresholds, *, order: int = 1, until: int = LATEST
) -> Contacts:
    """Return the contacts of each case, and with order=2 also whom those met after they were exposed themselves.

    Being at a place counts from entering to leaving, both included: who leaves as the other comes was there with them
    for no time, which is a contact only where the limit is 0. until: nothing later counts in the second ring.
    A target of the second ring is neither the source nor its contact; a pair reached through several is a row for each.
    """
    first = first_contacts(store, windows, thresholds)
    if order == 1:
        return first
    return _joined([first, *second_contacts(store, first, thresholds, until=until)])


def first_contacts(store: Store, windows: Windows, thresholds: Thresholds) -> Contacts:
    """Return the first ring alone."""
    by_person = np.lexsort((windows.end, windows.start, windows.person))
    person, at = np.unique(windows.person[by_person], return_index=True)
    ends = np.r_[at, len(windows)].astype(np.int64)
    start, end = windows.start[by_person], windows.end[by_person]
    limits = Limits(thresholds.at_least, thresholds.encounter, _apart(store, thresholds), LATEST)

    def some(low: int, high: int) -> Found:
        cut, at = slice(int(ends[low]), int(ends[high])), ends[low : high + 1] - ends[low]
        return first_ring(store.columns, person[low:high], at, start[cut], end[cut], limits)

    return _contacts(_in_parts(some, len(person)), order=1)


def second_contacts(
    store: Store, ring: Contacts, thresholds: Thresholds, *, until: int = LATEST, piece: int = PIECE
) -> Iterator[Contacts]:
    """Yield the second ring of a first one, some sources at a time, in order: it may be larger than the memory.

    piece: so many rows of the first ring are followed at a time, one source at least.
    """
    limits = Limits(thresholds.of_second, thresholds.encounter, _apart(store, thresholds), until)
    ends = np.r_[np.flatnonzero(np.diff(ring.source)) + 1, len(ring)]
    low = 0
    while low < len(ring):
        next_end, last_end = np.searchsorted(ends, [low, low + piece], "right")
        high = int(ends[max(next_end, last_end - 1)])
        yield _second(store.columns, ring, low, high, latent=thresholds.latent, limits=limits)
        low = high


def _second(columns: Columns, ring: Contacts, low: int, high: int, *, latent: int, limits: Limits) -> Contacts:
    """Return whom the contacts of rows low to high of a first ring met after their exposure."""
    source, target, first = ring.source[low:high], ring.target[low:high], ring.first[low:high]
    by_contact = np.lexsort((source, target))
    through, at = np.unique(target[by_contact], return_index=True)
    claims = np.r_[at, len(target)].astype(np.int64)
    exposed = first[by_contact].astype(np.int64) + latent
    claimed = source[by_contact]
    # The first ring is sorted by source and target: each source's own contacts are one stretch of it.
    own = np.stack([np.searchsorted(source, claimed, side) for side in ("left", "right")], axis=1)

    def some(low: int, high: int) -> Found:
        cut, at = slice(int(claims[low]), int(claims[high])), claims[low : high + 1] - claims[low]
        return second_ring(columns, through[low:high], at, claimed[cut], exposed[cut], own[cut], target, limits)

    return _contacts(_in_parts(some, len(through)), order=2)


def _apart(store: Store, thresholds: Thresholds) -> int:
    return -1 if thresholds.rows_apart is None or not store.has_seats else thresholds.rows_apart


def _in_parts(ring: Callable[[int, int], Found], many: int) -> list[Found]:
    parts = max(1, min(PARTS, many // 8))
    if parts == 1:
        return [ring(0, many)]
    cuts = np.linspace(0, many, parts + 1).astype(np.int64).tolist()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(ring, cuts[:-1], cuts[1:]))


def _contacts(found: list[Found], *, order: int) -> Contacts:
    """Return the rows of all parts, sorted by source, target, through."""
    rows = np.concatenate([one for one, _, _ in found])
    numbers = np.concatenate([one for _, one, _ in found])
    lengths = np.concatenate([np.diff(one[:, 3], prepend=0) for _, one, _ in found])
    place = np.concatenate([one for _, _, one in found])
    begins = np.cumsum(lengths) - lengths
    by = np.argsort((rows[:, 0].astype(np.int64) << 32) | rows[:, 1], kind="stable")  # parts come in order of through
    places = np.r_[0, np.cumsum(lengths[by])].astype(np.int64)
    taken = np.repeat(begins[by] - places[:-1], lengths[by]) + np.arange(len(place))
    return Contacts(
        source=np.ascontiguousarray(rows[by, 0]),
        target=np.ascontiguousarray(rows[by, 1]),
        through=np.ascontiguousarray(rows[by, 2]),
        order=np.full(len(rows), order, np.int8),
        seconds=numbers[by, 0],
        first=numbers[by, 1].astype(np.int32),
        last=numbers[by, 2].astype(np.int32),
        place=place[taken],
        places=places,
    )


def _joined(rings: list[Contacts]) -> Contacts:
    names = ("source", "target", "through", "order", "seconds", "first", "last", "place")
    columns = {name: np.concatenate([getattr(ring, name) for ring in rings]) for name in names}
    lengths = np.concatenate([np.diff(ring.places) for ring in rings])
    return Contacts(**columns, places=np.r_[0, np.cumsum(lengths)].astype(np.int64))
