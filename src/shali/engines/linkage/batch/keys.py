"""Who is worth comparing: records that share a key. A key that half the city shares is dropped."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shali.engines.linkage.batch.fields import MIX, SIEVE_BITS, Field, Hashes, Kind
from shali.engines.linkage.batch.threads import side_by_side

Rows = NDArray[np.int64]
MOST_ALIKE = 60  # right records under one key; a key shared by more says too little to be worth the comparisons
# Each key: (kind, what of it) pairs that must all be there. One record reaches another through any of them.
Key = tuple[tuple[Kind, str], ...]
KEYS: tuple[Key, ...] = (
    ((Kind.DOCUMENT, "value"),),
    ((Kind.DOCUMENT, "cut"), (Kind.NAME, "first")),
    ((Kind.DOCUMENT, "tail12"),),
    ((Kind.DOCUMENT, "head+tail"), (Kind.NAME, "sound")),
    ((Kind.DOCUMENT, "last4"), (Kind.NAME, "value")),
    ((Kind.PHONE, "value"),),
    ((Kind.PHONE, "last7"), (Kind.NAME, "first")),
    ((Kind.NAME, "sound"), (Kind.BIRTH, "value")),
    ((Kind.NAME, "value"), (Kind.ADDRESS, "numbers")),
    ((Kind.NAME, "sound"), (Kind.ADDRESS, "value")),
    ((Kind.NAME, "letters"), (Kind.BIRTH, "value")),
    ((Kind.BIRTH, "value"), (Kind.ADDRESS, "numbers")),
    ((Kind.NAME, "value"), (Kind.BIRTH, "month+day")),
    ((Kind.NAME, "value"), (Kind.PHONE, "first7")),
    ((Kind.NAME, "value"),),
    ((Kind.BIRTH, "value"), (Kind.NAME, "first")),
    ((Kind.ADDRESS, "value"),),
    ((Kind.NAME, "value"), (Kind.ADDRESS, "longest")),
)
# Where there are no names, a cut number must do by itself; with names it would bring in whoever was born that day.
NAMELESS: tuple[Key, ...] = (((Kind.DOCUMENT, "cut"),),)


def blocking_columns(fields: list[Field]) -> Iterator[tuple[str, Hashes, Hashes]]:
    """Yield the name of each key and its value in every record of either table; 0 where a record has none."""
    by_kind: dict[Kind, list[Field]] = {}
    for one in fields:
        by_kind.setdefault(one.kind, []).append(one)
    for key in KEYS if Kind.NAME in by_kind else KEYS + NAMELESS:
        if all(kind in by_kind for kind, _ in key):
            yield from _combinations(key, by_kind)


def _combinations(key: Key, by_kind: dict[Kind, list[Field]]) -> Iterator[tuple[str, Hashes, Hashes]]:
    """A record with two telephones has the key twice, once for each.

    A name in parts gives them together, in either order; with something else beside it each part
    alone too, in either place.
    """
    label = "+".join(f"{kind}:{what}" for kind, what in key)
    several = [kind for kind, _ in key if any(max(len(one.left), len(one.right)) > 1 for one in by_kind[kind])][:1]
    places = [(0, 0)]
    if several:
        first = by_kind[several[0]][0]
        places = [(i, j) for i in range(len(first.left)) for j in range(len(first.right))]
    names = by_kind.get(Kind.NAME, [])
    parts: list[tuple[int | None, int | None]] = [(None, None)]
    if len(names) > 1 and len(key) > 1 and any(kind is Kind.NAME for kind, _ in key):
        parts += [(i, j) for i in range(len(names)) for j in range(len(names))]
    for i, j in places:
        for mine, theirs in parts:
            left = _side("left", key, by_kind, i if several else 0, mine)
            right = _side("right", key, by_kind, j if several else 0, theirs)
            yield f"{label}#{i}{j}/{mine}{theirs}", left, right


def _side(side: str, key: Key, by_kind: dict[Kind, list[Field]], place: int, part: int | None) -> Hashes:
    found = []
    for kind, what in key:
        fields = by_kind[kind] if part is None or kind is not Kind.NAME else [by_kind[kind][part]]
        found.append(_together([_hashes(one, what, side, place) for one in fields]))
    return _mixed(found)


def _hashes(field: Field, what: str, side: str, place: int) -> Hashes:
    codes = field.left if side == "left" else field.right
    codes = codes[min(place, len(codes) - 1)]
    said = codes >= 0
    if said.all():
        return field.derived(what)[codes[0] : codes[0] + len(codes)]
    return np.where(said, field.derived(what)[codes], np.uint64(0))


def _together(hashes: list[Hashes]) -> Hashes:
    """Parts of a name in either order: given name and surname change places in the best of lists."""
    if len(hashes) == 1:
        return hashes[0]
    every = np.logical_and.reduce([one != 0 for one in hashes])
    return np.where(every, np.add.reduce(hashes), np.uint64(0))


def _mixed(hashes: list[Hashes]) -> Hashes:
    mixed = hashes[0]
    for number, other in enumerate(hashes[1:]):
        both = (mixed != 0) & (other != 0)
        mixed = np.where(both, (mixed * MIX[number % 3]) ^ (other + (mixed >> np.uint64(29))), np.uint64(0))
    return mixed


@dataclass(frozen=True, slots=True)
class Pairs:
    """Row numbers of pairs, left[i] beside right[i].

    crowded: of each left row, whether it has a key that too many right records have
    """

    left: Rows
    right: Rows
    crowded: NDArray[np.bool_]


def pairs_of(left: Hashes, right: Hashes, *, most: int = MOST_ALIKE) -> Pairs:
    """Return all pairs that share a key which at most `most` right records have."""
    mine = np.flatnonzero(left)
    # A bitmap of the left keys lets through the few right records that can match, so that only those are sorted.
    seen = np.zeros(1 << SIEVE_BITS, dtype=bool)
    shift = np.uint64(64 - SIEVE_BITS)
    seen[(left[mine] * MIX[0]) >> shift] = True
    theirs = np.flatnonzero(seen[(right * MIX[0]) >> shift] & (right != 0))
    keys = right[theirs]
    order = np.argsort(keys, kind="stable")
    keys, theirs = keys[order], theirs[order]
    first = np.searchsorted(keys, left[mine], side="left")
    count = np.searchsorted(keys, left[mine], side="right") - first
    keep = (count > 0) & (count <= most)
    crowded = np.zeros(len(left), dtype=bool)
    crowded[mine[count > most]] = True
    mine, first, count = mine[keep], first[keep], count[keep]
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return Pairs(np.repeat(mine, count), theirs[np.repeat(first, count) + within], crowded)


def candidates(fields: list[Field], *, most: int = MOST_ALIKE) -> Pairs:
    """Return every pair of rows that shares a key, once, in order of the left row."""
    rights = len(fields[0].right[0])
    found, crowded = [np.empty(0, dtype=np.int64)], np.zeros(len(fields[0].left[0]), dtype=bool)
    for some in side_by_side(lambda key: pairs_of(key[1], key[2], most=most), blocking_columns(fields)):
        found.append(some.left * rights + some.right)
        crowded |= some.crowded
    pairs = np.sort(np.concatenate(found))
    pairs = pairs[np.r_[True, pairs[1:] != pairs[:-1]]] if len(pairs) else pairs
    return Pairs(pairs // rights, pairs % rights, crowded)
