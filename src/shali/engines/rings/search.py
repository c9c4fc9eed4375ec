"""First and second ring out of a store: the compiled loops, on all processors, in an order that never changes."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from shali.engines.rings.kernels import Columns, Limits, first_ring, second_ring
from shali.engines.rings.model import LATEST, Codes, Contacts, Thresholds, Windows
from shali.engines.rings.store import Store

Found = tuple[NDArray[np.int32], NDArray[np.int64], Codes]
PARTS = 64  # a ring is cut in so many parts, which the processors take one after the other


def find_contacts(
    store: Store,
    windows: Windows,
    thresholds: Thresholds,
    *,
    order: int = 1,
    until: int = LATEST,
    progress: Callable[[float], None] = lambda _share: None,
) -> Contacts:
    """Return the contacts of each case, and with order=2 also whom those met after they were exposed themselves.

    Being at a place counts from entering to leaving, both included: who leaves as the other comes was there with them
    for no time, which is a contact only where the limit is 0. until: nothing later counts in the second ring.
    A target of the second ring is neither the source nor its contact; a pair reached through several is a row for each.
    """
    by_person = np.lexsort((windows.end, windows.start, windows.person))
    person, at = np.unique(windows.person[by_person], return_index=True)
    ends = np.r_[at, len(windows)].astype(np.int64)
    start, end = windows.start[by_person], windows.end[by_person]
    apart = -1 if thresholds.rows_apart is None or not store.has_seats else thresholds.rows_apart
    limits = Limits(thresholds.at_least, thresholds.encounter, apart, LATEST)

    def first(low: int, high: int) -> Found:
        cut = slice(int(ends[low]), int(ends[high]))
        return first_ring(
            store.columns, person[low:high], ends[low : high + 1] - ends[low], start[cut], end[cut], limits
        )

    ring = _contacts(_in_parts(first, len(person), lambda share: progress(share / order)), order=1)
    if order == 1:
        return ring
    limits = Limits(thresholds.of_second, thresholds.encounter, apart, until)
    return _joined(ring, _second(store.columns, ring, thresholds.latent, limits, lambda s: progress((1 + s) / 2)))


def _second(
    columns: Columns, ring: Contacts, latent: int, limits: Limits, progress: Callable[[float], None]
) -> Contacts:
    """Return whom the contacts of a first ring met after their exposure."""
    by_contact = np.lexsort((ring.source, ring.target))
    through, at = np.unique(ring.target[by_contact], return_index=True)
    claims = np.r_[at, len(ring)].astype(np.int64)
    source = ring.source[by_contact]
    exposed = ring.first[by_contact].astype(np.int64) + latent
    # The first ring is sorted by source and target: each source's own contacts are one stretch of it.
    own = np.stack([np.searchsorted(ring.source, source, side) for side in ("left", "right")], axis=1)

    def some(low: int, high: int) -> Found:
        cut = slice(int(claims[low]), int(claims[high]))
        at_claims = claims[low : high + 1] - claims[low]
        return second_ring(
            columns, through[low:high], at_claims, source[cut], exposed[cut], own[cut], ring.target, limits
        )

    return _contacts(_in_parts(some, len(through), progress), order=2)


def _in_parts(ring: Callable[[int, int], Found], many: int, progress: Callable[[float], None]) -> list[Found]:
    parts = max(1, min(PARTS, many // 8))
    cuts = np.linspace(0, many, parts + 1).astype(np.int64).tolist()
    if parts == 1:
        return [ring(0, many)]
    found = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for one in pool.map(ring, cuts[:-1], cuts[1:]):
            found.append(one)
            progress(len(found) / parts)
    return found


def _contacts(found: list[Found], *, order: int) -> Contacts:
    """Return the rows of all parts, sorted by source, target, through."""
    rows = np.concatenate([one for one, _, _ in found])
    numbers = np.concatenate([one for _, one, _ in found])
    lengths = np.concatenate([np.diff(one[:, 3], prepend=0) for _, one, _ in found])
    place = np.concatenate([one for _, _, one in found])
    begins = np.cumsum(lengths) - lengths
    by = np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))
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


def _joined(first: Contacts, second: Contacts) -> Contacts:
    names = ("source", "target", "through", "order", "seconds", "first", "last", "place")
    columns = {name: np.concatenate([getattr(first, name), getattr(second, name)]) for name in names}
    return Contacts(**columns, places=np.concatenate([first.places, first.places[-1] + second.places[1:]]))
