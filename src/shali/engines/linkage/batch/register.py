"""The right table under seal: found by blind keys, and opened only where a pair has to be compared.

The engine knows neither the key nor the cipher: whoever keeps the register hands over two functions, one that makes a
key blind and one that opens values. What a blind key says in the dark (this value is the left record's own) is not
opened at all, and nothing that the left record does not speak of.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shali.engines.linkage.batch.fields import MISSING, Codes, Field, Hashes, Kind, derive
from shali.engines.linkage.batch.keys import KEYS, NAMELESS, keys_of_side
from shali.engines.linkage.batch.pairs import Hits, Mask, Pairs, Rows, keys_asked, probe, shortlist

# Keys that hold a value itself: who shares one of them has that very value.
_TELL = {
    kind: np.uint32(sum(1 << number for number, key in enumerate(KEYS + NAMELESS) if (kind, "value") in key))
    for kind in Kind
}
Blinded = Callable[[int, Hashes], Hashes]


@dataclass(frozen=True, slots=True)
class Index:
    """Blind keys of one kind in ascending order, and the record of each."""

    keys: Hashes
    records: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Column:
    """What a register keeps of one field.

    said: (k, records), whether there is such a value. often: of its value and its sound, how many records have it.
    again: as `Field.met_again`. open: values of some records at one of the k places, as folded before they were sealed.
    """

    said: NDArray[np.bool_]
    often: Mapping[str, NDArray[np.int32]]
    again: Mapping[str, float]
    open: Callable[[int, Rows], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Register:
    """records: how many. indexes: by number of KEYS. columns: by name of the field. blinded: see `blind_keys`."""

    records: int
    indexes: Mapping[int, Index]
    columns: Mapping[str, Column]
    blinded: Blinded


def blind_keys(fields: list[Field], blinded: Blinded) -> dict[int, Index]:
    """Return the indexes of the right table. blinded: (number of the key, its values) -> as many blind ones."""
    found: dict[int, list[tuple[Hashes, Rows]]] = {}
    for number, hashes in keys_of_side(fields, "right"):
        records = np.flatnonzero(hashes)
        found.setdefault(number, []).append((blinded(number, hashes[records]), records))
    indexes = {}
    for number, some in found.items():
        keys, records = (np.concatenate(one) for one in zip(*some, strict=True))
        order = np.argsort(keys, kind="stable")
        indexes[number] = Index(keys[order], records[order].astype(np.int32))
    return indexes


def count_values(field: Field) -> tuple[dict[str, NDArray[np.int32]], dict[str, float]]:
    """Return `often` and `again` of a column of the right table."""
    said, every = field.right >= 0, np.arange(field.records)
    whats = ("value", "sound") if field.kind is Kind.NAME else ("value",)
    often = {}
    for what in whats:
        counts = [np.where(said[place], field.often(what, place, every), 0) for place in range(len(said))]
        often[what] = np.stack(counts).astype(np.int32)
    return often, {what: field.met_again(what) for what in whats}


@dataclass(frozen=True, kw_only=True)
class Opened(Field):
    """A field of some pairs: `left` and `right` have an entry a pair, `values` only what these pairs needed.

    inside: of each pair, its record in the register. base, taken: the left table's field, and where the first of
    `values` stand in it; opened: the rest of them.
    """

    column: Column
    inside: Rows
    everybody: int
    base: Field
    taken: Codes
    opened: pl.Series

    @property
    def records(self) -> int:
        return self.everybody

    def derived(self, what: str) -> Hashes:
        if what not in self._kept:
            self._kept[what] = np.concatenate([self.base.derived(what)[self.taken], derive(what, self.opened)])
        return self._kept[what]

    def often(self, what: str, place: int, right: Rows) -> NDArray[np.int64]:
        return self.column.often[what][place][self.inside[right]].astype(np.int64)

    def met_again(self, what: str) -> float:
        return self.column.again[what]


@dataclass(frozen=True, slots=True)
class Sealed:
    """The left table in the clear, the right one under seal. For `link_tables`."""

    fields: list[Field]
    register: Register

    @property
    def rights(self) -> int:
        return self.register.records

    def shortlist(self, whole: Mask) -> Pairs:
        return shortlist(self._search, lefts=self.fields[0].left.shape[1], rights=self.rights, whole=whole)

    def _search(self, asked: Mask, by_number: bool) -> Iterable[Callable[[], Hits]]:
        for number, hashes in keys_of_side(self.fields, "left", only=keys_asked(by_number)):
            if number in self.register.indexes:
                mine = np.where(asked, hashes, np.uint64(0))
                yield lambda number=number, mine=mine: self._look_up(number, mine)  # type: ignore[misc]

    def _look_up(self, number: int, hashes: Hashes) -> Hits:
        blind = np.zeros_like(hashes)
        said = np.flatnonzero(hashes)
        blind[said] = self.register.blinded(number, hashes[said])
        index = self.register.indexes[number]
        return probe(number, blind, index.keys, index.records)

    def view(self, pairs: Pairs) -> tuple[list[Field], Rows, Rows]:
        every = np.arange(len(pairs.left))
        numbered = _Numbered.of(pairs)
        return [self._opened(one, pairs, numbered) for one in self.fields], every, every

    def strangers(self, draw: np.random.Generator, many: int) -> tuple[list[Field], Rows, Rows]:
        lefts = self.fields[0].left.shape[1]
        many = min(many, lefts * self.rights)
        left, right = draw.integers(lefts, size=many), draw.integers(self.rights, size=many)
        nothing = np.zeros(many, dtype=np.uint32)
        return self.view(Pairs(left, right, nothing, np.zeros(lefts, dtype=bool)))

    def _opened(self, field: Field, pairs: Pairs, numbered: "_Numbered") -> Field:
        column = self.register.columns[field.name]
        left, taken = _renumbered(field.left[:, numbered.rows])
        left = left[:, numbered.row]
        asked = np.any(left >= 0, axis=0)
        said = column.said[:, pairs.right]
        same = self._is_told(field, pairs, asked, said)
        right = np.full(said.shape, MISSING, dtype=np.int32)
        values: list[str] = []
        for place in range(len(said)):
            need = np.flatnonzero(asked & said[place] & ~same)
            needed = np.zeros(len(numbered.records), dtype=bool)
            needed[numbered.record[need]] = True
            right[place][need] = len(taken) + len(values) + (np.cumsum(needed) - 1)[numbered.record[need]]
            values += column.open(place, numbered.records[needed])
        right[0][same] = left[0][same]
        opened = pl.Series("value", values, dtype=pl.String)
        return Opened(
            kind=field.kind,
            name=field.name,
            values=pl.concat([field.values.gather(taken).alias("value"), opened], rechunk=True),
            left=left,
            right=right,
            part=field.part,
            column=column,
            inside=pairs.right,
            everybody=self.rights,
            base=field,
            taken=taken,
            opened=opened,
        )

    def _is_told(self, field: Field, pairs: Pairs, asked: Mask, said: NDArray[np.bool_]) -> Mask:
        """Say of which pairs the blind keys tell that both have this very value, the only one of its kind in each."""
        alone = len([one for one in self.fields if one.kind is field.kind]) == 1 and len(field.left) == 1
        if not alone:
            return np.zeros(len(asked), dtype=bool)
        return (pairs.shared & _TELL[field.kind] != 0) & asked & said[0] & (said.sum(axis=0) == 1)


@dataclass(frozen=True, slots=True)
class _Numbered:
    """The left rows and the records of some pairs, each once, and of each pair which of them."""

    rows: Rows
    row: Rows
    records: Rows
    record: Rows

    @classmethod
    def of(cls, pairs: Pairs) -> "_Numbered":
        return cls(*np.unique(pairs.left, return_inverse=True), *np.unique(pairs.right, return_inverse=True))


def _renumbered(codes: Codes) -> tuple[Codes, Codes]:
    """Return codes that count from 0, and the old ones in that order."""
    said = codes >= 0
    new = np.full(codes.shape, MISSING, dtype=np.int32)
    new[said] = np.arange(said.sum(), dtype=np.int32)
    return new, codes[said]


__all__ = ["Column", "Index", "Register", "Sealed", "blind_keys", "count_values"]
