"""The names of people or places, numbers or text, and the codes that stand for them, in the order of appearance."""

from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from shali.engines.rings.model import Codes

WIDEST = 1 << 28  # a table from number to code is kept up to here; beyond it a dictionary does
Name = int | str


class WrongKind(ValueError):
    """Names that are text, given to a store whose names are numbers."""


class Names:
    """All names so far, as one array of int64 or large_string, none of them null."""

    def __init__(self, known: pa.Array | None = None, order: Codes | None = None) -> None:
        self.known = known
        self._order = order
        self._table: NDArray[np.int32] | None = None
        self._codes: dict[Name, int] | None = None

    def __len__(self) -> int:
        return 0 if self.known is None else len(self.known)

    def encode(self, names: pa.Array) -> Codes:
        """Return the code of each name, giving new ones a code; nulls are not among them."""
        if self.known is None:
            self.known = pa.array([], names.type if pa.types.is_integer(names.type) else pa.large_string())
            self.known = self.known.cast(pa.int64()) if pa.types.is_integer(names.type) else self.known
        names = self._as_kept(names)
        if pa.types.is_integer(names.type):
            return self._encode_numbers(names.to_numpy(zero_copy_only=False))
        words = names.dictionary_encode()
        return self._encode_words(words.dictionary)[words.indices.to_numpy()]

    def find(self, wanted: Sequence[Name]) -> list[int | None]:
        """Return the code of each name, None where nobody is called so; '7' finds 7."""
        found = []
        for name in wanted:
            one = self._of_this_kind(name)
            place = bisect_left(self.order, one, key=self._name_at) if one is not None else len(self)
            here = place < len(self) and self._name_at(self.order[place]) == one
            found.append(int(self.order[place]) if here else None)
        return found

    def named(self, codes: Codes) -> pa.Array:
        """Return the names of codes."""
        assert self.known is not None
        return self.known.take(pa.array(codes))

    @property
    def kind(self) -> str:
        return "text" if self.known is not None and pa.types.is_large_string(self.known.type) else "number"

    @property
    def order(self) -> Codes:
        """Return the codes in the order of their names."""
        if self._order is None or len(self._order) != len(self):
            self._order = (
                pc.sort_indices(self.known).to_numpy().astype(np.int32) if len(self) else np.empty(0, np.int32)
            )
        return self._order

    def _name_at(self, code: int) -> Name:
        assert self.known is not None
        return self.known[int(code)].as_py()

    def _of_this_kind(self, name: Name) -> Name | None:
        if self.known is None or not pa.types.is_integer(self.known.type):
            return str(name)
        try:
            return int(name)
        except ValueError:
            return None

    def _as_kept(self, names: pa.Array) -> pa.Array:
        assert self.known is not None
        if self.known.type == names.type:
            return names
        try:
            return names.cast(self.known.type)
        except pa.ArrowInvalid as error:
            raise WrongKind(str(error)) from None

    def _encode_numbers(self, numbers: NDArray[np.int64]) -> Codes:
        if not len(numbers):
            return np.empty(0, np.int32)
        if numbers.min() < 0 or numbers.max() >= WIDEST:
            distinct, back = np.unique(numbers, return_inverse=True)
            return self._encode_words(pa.array(distinct))[back]
        table = self._number_table(int(numbers.max()) + 1)
        codes = table[numbers]
        if (codes < 0).any():
            fresh = np.unique(numbers[codes < 0])
            table[fresh] = np.arange(len(self), len(self) + len(fresh), dtype=np.int32)
            self._add(pa.array(fresh))
            codes = table[numbers]
        return codes

    def _number_table(self, size: int) -> NDArray[np.int32]:
        """Return the code of each number below `size`, -1 where it has none."""
        if self._table is None:
            self._table = np.full(max(size, 1024), -1, np.int32)
            known = self.known.to_numpy() if self.known is not None else np.empty(0, np.int64)
            small = (known >= 0) & (known < WIDEST)
            if small.any():
                self._table = np.full(max(size, int(known[small].max()) + 1), -1, np.int32)
                self._table[known[small]] = np.flatnonzero(small).astype(np.int32)
        if size > len(self._table):
            longer = np.full(max(size, 2 * len(self._table)), -1, np.int32)
            longer[: len(self._table)] = self._table
            self._table = longer
        return self._table

    def _encode_words(self, distinct: pa.Array) -> Codes:
        """Return the codes of names that are different from one another."""
        if self._codes is None:
            self._codes = {} if self.known is None else {name: at for at, name in enumerate(self.known.to_pylist())}
        codes, many = self._codes, len(self)
        words = distinct.to_pylist()
        found = np.array([codes.setdefault(word, len(codes)) for word in words], dtype=np.int32)
        self._add(distinct.filter(pa.array(found >= many)))
        if self._table is not None:
            self._table = None
        return found

    def _add(self, fresh: pa.Array) -> None:
        """Put new names behind the known ones, in the order in which they come."""
        assert self.known is not None
        if len(fresh):
            self.known = pa.concat_arrays([self.known, fresh.cast(self.known.type)])
            if pa.types.is_integer(fresh.type) and self._codes is not None and len(self._codes) != len(self.known):
                self._codes = None


def read_names(stem: Path, kind: str, many: int) -> Names:
    """Open names that were written, mapped into memory."""
    if not many:
        return Names()
    order = np.memmap(f"{stem}.order", np.int32, "r", shape=(many,)).view(np.ndarray)
    if kind == "number":
        numbers = np.memmap(f"{stem}.names", np.int64, "r", shape=(many,)).view(np.ndarray)
        return Names(pa.Array.from_buffers(pa.int64(), many, [None, pa.py_buffer(numbers)]), order)
    ends = np.memmap(f"{stem}.ends", np.int64, "r", shape=(many + 1,)).view(np.ndarray)
    text = np.memmap(f"{stem}.names", np.uint8, "r").view(np.ndarray) if ends[-1] else np.empty(0, np.uint8)
    words = pa.Array.from_buffers(pa.large_string(), many, [None, pa.py_buffer(ends), pa.py_buffer(text)])
    return Names(words, order)


def write_names(stem: Path, names: Names) -> None:
    """Write all names and their order."""
    known = names.known
    if known is None:
        return
    parts: dict[str, NDArray[np.generic]] = {"order": names.order}
    if pa.types.is_integer(known.type):
        parts["names"] = known.to_numpy()
    else:
        _, ends, text = known.buffers()
        parts["ends"] = np.frombuffer(ends, np.int64)[: len(known) + 1]
        parts["names"] = np.frombuffer(text, np.uint8) if text is not None else np.empty(0, np.uint8)
    for part, values in parts.items():
        with Path(f"{stem}.{part}").open("wb") as file:
            values.tofile(file)
