"""Which pairs are compared: records that share a key, without those that another record of the same row outdoes.

A key that half the city shares is dropped.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shali.engines.linkage.batch.fields import MIX, SIEVE_BITS, Field, Hashes
from shali.engines.linkage.batch.keys import KEYS, NAMELESS, NUMBER, NUMBER_AND_NAME, numbered_columns
from shali.engines.linkage.batch.threads import side_by_side

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
MOST_ALIKE = 60  # right records under one key; a key shared by more says too little to be worth the comparisons
# Who shares FEW kinds of keys at most is not compared where another shares LEAD more: such a one is hardly ever he.
FEW, LEAD = 2, 3
_BITS = 5  # of a pair's number, for the key that it shares
assert len(KEYS + NAMELESS) <= 1 << _BITS


@dataclass(frozen=True, slots=True)
class Hits:
    """What one key found, left[i] beside right[i]. crowded: left rows whose key too many right records have."""

    number: int
    left: Rows
    right: Rows
    crowded: Rows


@dataclass(frozen=True, slots=True)
class Pairs:
    """Row numbers of pairs, left[i] beside right[i], in order of both.

    shared: the keys that a pair shares, a bit for each number of KEYS
    crowded: of each left row, whether it has a key that too many right records have
    """

    left: Rows
    right: Rows
    shared: NDArray[np.uint32]
    crowded: Mask

    def of(self, picked: Mask | slice) -> "Pairs":
        return Pairs(self.left[picked], self.right[picked], self.shared[picked], self.crowded)


# Finds what the rows asked about share with the right table, under the keys asked for or all but those.
Search = Callable[[Mask, bool], Iterable[Callable[[], Hits]]]


def hits(number: int, left: Hashes, right: Hashes, *, most: int = MOST_ALIKE) -> Hits:
    """Return all pairs that share a key which at most `most` right records have."""
    mine = np.flatnonzero(left)
    # A bitmap of the left keys lets through the few right records that can match, so that only those are sorted.
    seen = np.zeros(1 << SIEVE_BITS, dtype=bool)
    shift = np.uint64(64 - SIEVE_BITS)
    seen[(left[mine] * MIX[0]) >> shift] = True
    theirs = np.flatnonzero(seen[(right * MIX[0]) >> shift] & (right != 0))
    keys = right[theirs]
    order = np.argsort(keys, kind="stable")
    return probe(number, left, keys[order], theirs[order], most=most)


def probe(number: int, left: Hashes, keys: Hashes, records: NDArray[np.integer], *, most: int = MOST_ALIKE) -> Hits:
    """Return the same from keys in ascending order and the record of each."""
    mine = np.flatnonzero(left)
    # Looked up in order, so that neighbours in memory follow one another.
    mine = mine[np.argsort(left[mine])]
    first = np.searchsorted(keys, left[mine], side="left")
    count = np.searchsorted(keys, left[mine], side="right") - first
    keep = (count > 0) & (count <= most)
    crowded = mine[count > most]
    mine, first, count = mine[keep], first[keep], count[keep]
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return Hits(number, np.repeat(mine, count), records[np.repeat(first, count) + within].astype(np.int64), crowded)


def candidates(fields: list[Field], *, whole: Mask | None = None, most: int = MOST_ALIKE) -> Pairs:
    """Return the pairs of rows worth comparing; of the rows of `whole` (default: none) every pair that shares a key."""

    def search(asked: Mask, by_number: bool) -> Iterable[Callable[[], Hits]]:
        for number, _, left, right in numbered_columns(fields, only=keys_asked(by_number)):
            mine = np.where(asked, left, np.uint64(0))
            yield lambda number=number, mine=mine, right=right: hits(number, mine, right, most=most)  # type: ignore[misc]

    return shortlist(search, lefts=fields[0].left.shape[1], rights=fields[0].right.shape[1], whole=whole)


def keys_asked(by_number: bool) -> frozenset[int]:
    """Return the numbers of the keys by which a row is settled at once, or those of all others."""
    first = frozenset((NUMBER, *NUMBER_AND_NAME))
    return first if by_number else frozenset(range(len(KEYS + NAMELESS))) - first


def shortlist(search: Search, *, lefts: int, rights: int, whole: Mask | None = None) -> Pairs:
    """Put together what each key finds. Whoever is settled by number and name is asked for under no other key."""
    whole = np.zeros(lefts, dtype=bool) if whole is None else whole
    crowded = np.zeros(lefts, dtype=bool)

    def found(asked: Mask, by_number: bool) -> Rows:
        packed = [np.empty(0, dtype=np.int64)]
        for some in side_by_side(lambda one: one(), search(asked, by_number)):
            packed.append((some.left * rights + some.right) << _BITS | some.number)
            crowded[some.crowded] = True
        return np.concatenate(packed)

    first = found(np.ones(lefts, dtype=bool), True)
    pairs, shared = _put_together(first)
    settling = _settling(pairs // rights, shared, lefts)
    settled = np.zeros(lefts, dtype=bool)
    settled[pairs[settling] // rights] = True
    settled &= ~whole
    first = first[~settled[(first >> _BITS) // rights]]
    done, how = pairs[settling], shared[settling]
    alone = settled[done // rights]
    pairs, shared = _put_together(np.concatenate([first, found(~settled, False)]))
    keep = ~_outdone(pairs // rights, shared, lefts) | whole[pairs // rights]
    pairs, shared = np.r_[pairs[keep], done[alone]], np.r_[shared[keep], how[alone]]
    order = np.argsort(pairs)
    left, right = np.divmod(pairs[order], rights)
    return Pairs(left, right, shared[order], crowded)


def _put_together(packed: Rows) -> tuple[Rows, NDArray[np.uint32]]:
    """Return each pair once, ascending, with a bit for every key that it shares."""
    packed = np.sort(packed)
    pairs = packed >> _BITS
    heads = np.flatnonzero(np.r_[True, pairs[1:] != pairs[:-1]][: len(pairs)])
    bits = np.uint32(1) << (packed & ((1 << _BITS) - 1)).astype(np.uint32)
    return pairs[heads], np.bitwise_or.reduceat(bits, heads) if len(heads) else bits


def _settling(left: Rows, shared: NDArray[np.uint32], lefts: int) -> Mask:
    """One record alone has the row's number, and has its name as well: nobody else comes near him."""
    has_number = shared & np.uint32(1 << NUMBER) != 0
    named = shared & np.uint32(sum(1 << number for number in NUMBER_AND_NAME)) != 0
    holders = np.bincount(left[has_number], minlength=lefts)
    return has_number & named & (holders[left] == 1)


def _outdone(left: Rows, shared: NDArray[np.uint32], lefts: int) -> Mask:
    kinds = np.bitwise_count(shared)
    most = np.zeros(lefts, dtype=kinds.dtype)
    np.maximum.at(most, left, kinds)
    return (kinds <= FEW) & (kinds + LEAD <= most[left])
