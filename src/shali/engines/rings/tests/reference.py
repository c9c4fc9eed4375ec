"""The slow, obvious way: every visit against every other, moments as sets of half seconds.

A span from a to b, both included, is the set {2a, ..., 2b}; spans that touch run into one another, spans that do not
leave a gap, and a moment alone has a length of 0.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from shali.engines.rings import Thresholds


class Visit(NamedTuple):
    person: str
    place: str
    enter: int
    leave: int
    seat: int | None = None


class Contact(NamedTuple):
    order: int
    source: str
    target: str
    through: str | None
    seconds: int
    first: int
    last: int
    places: tuple[str, ...]


def contacts(
    visits: Iterable[Visit],
    windows: Iterable[tuple[str, int, int]],
    thresholds: Thresholds,
    *,
    order: int,
    until: int = 10**9,
) -> list[Contact]:
    visits, windows = list(visits), list(windows)
    found = []
    for source in {person for person, _, _ in windows}:
        spans = [(start, end) for person, start, end in windows if person == source]
        ring = _met(visits, source, spans, thresholds, thresholds.at_least)
        found += [Contact(1, source, target, None, *numbers) for target, numbers in ring.items()]
        if order == 2:
            for contact, (_, exposed, _, _) in ring.items():
                later = [(exposed + thresholds.latent, until)]
                for target, numbers in _met(visits, contact, later, thresholds, thresholds.of_second).items():
                    if target != source and target not in ring:
                        found.append(Contact(2, source, target, contact, *numbers))
    return sorted(found, key=str)


def _met(visits, person, spans, thresholds, limit):
    together = defaultdict(set)
    where = defaultdict(list)
    for mine in visits:
        for theirs in visits:
            if mine.person != person or theirs.person == person or mine.place != theirs.place:
                continue
            if _far_apart(mine, theirs, thresholds.rows_apart):
                continue
            for start, end in spans:
                begin, stop = max(mine.enter, theirs.enter, start), min(mine.leave, theirs.leave, end)
                if begin <= stop:
                    moments = set(range(2 * begin, 2 * stop + 1))
                    together[theirs.person] |= moments
                    where[theirs.person].append((mine.place, moments))
    met = {}
    for target, moments in together.items():
        encounters = [e for e in _unbroken(moments) if (max(e) - min(e)) // 2 >= thresholds.encounter]
        kept = set().union(*encounters)
        seconds = sum((max(e) - min(e)) // 2 for e in encounters)
        if kept and seconds >= limit:
            places = tuple(sorted({place for place, moments in where[target] if moments & kept}))
            met[target] = (seconds, min(kept) // 2, max(kept) // 2, places)
    return met


def _far_apart(mine, theirs, rows):
    known = rows is not None and mine.seat is not None and theirs.seat is not None
    return known and abs(mine.seat - theirs.seat) > rows


def _unbroken(moments):
    encounters = []
    for moment in sorted(moments):
        if not encounters or moment - 1 not in encounters[-1]:
            encounters.append(set())
        encounters[-1].add(moment)
    return encounters
