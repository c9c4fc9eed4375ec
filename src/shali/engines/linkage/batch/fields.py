"""Two tables become fields: every value folded, and replaced by the number of its place among the distinct values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shali.engines.linkage.batch.fold import (
    empty_to_null,
    fold_address,
    fold_birth,
    fold_name,
    fold_number,
    fold_phone,
)
from shali.engines.linkage.names import SURNAME_SOUNDS, plain_sound

Codes = NDArray[np.int32]
Hashes = NDArray[np.uint64]
MISSING = -1
SIEVE_BITS = 22
MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9))
MOST_VALUES = 4  # of one kind in one record: a fourth telephone still counts, a fifth does not


class Kind(StrEnum):
    NAME = "name"
    BIRTH = "birth"
    DOCUMENT = "document"
    PHONE = "phone"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold what. Inside one tuple: parts of one value. Several tuples: several values of one kind."""

    name: Sequence[Sequence[str]] = ()
    birth: Sequence[Sequence[str]] = ()
    document: Sequence[Sequence[str]] = ()
    phone: Sequence[Sequence[str]] = ()
    address: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Field:
    """One thing that both tables say.

    values: what all records say, folded, one after the other. left, right: (k, rows), places in `values`, -1 where
    nothing is said; k is how many values of this kind a record may have.
    """

    kind: Kind
    name: str
    values: pl.Series
    left: Codes
    right: Codes
    part: int = 0
    _kept: dict[str, Hashes] = field(default_factory=dict, compare=False, repr=False)
    _counts: dict[str, tuple[Hashes, NDArray[np.int64]]] = field(default_factory=dict, compare=False, repr=False)

    def derived(self, what: str) -> Hashes:
        """Return one hash a value: of itself, its sound, its first fifteen digits; 0 where there is no such thing."""
        if what not in self._kept:
            self._kept[what] = derive(what, self.values)
        return self._kept[what]

    @property
    def records(self) -> int:
        """How many records the right table has."""
        return self.right.shape[1]

    def often(self, what: str, place: int, right: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many values of the right table are (or sound) like that of each of these records of it."""
        wanted = self.derived(what)[self.right[place][right]]
        found, counts = self._counted(what)
        if not len(found):
            return np.zeros(len(wanted), np.int64)
        # Looked up in order: neighbours in memory follow one another.
        asked, back = np.unique(wanted, return_inverse=True)
        places = np.minimum(np.searchsorted(found, asked), len(found) - 1)
        return np.where(found[places] == asked, counts[places], 0)[back]

    def met_again(self, what: str) -> float:
        """Return how many others to expect with a value that is there once: 2 N2 / N1, after Good and Turing.

        Near 1 for names; near 0 for numbers that are given to one person only.
        """
        counts = self._counted(what)[1]
        singles, doubles = int((counts == 1).sum()), int((counts == 2).sum())
        return min(1.0, (2 * doubles + 0.05) / (singles + 5))

    def _counted(self, what: str) -> tuple[Hashes, NDArray[np.int64]]:
        """Return the values of the right table in order, and how often each is there; sorted once for all who ask."""
        if what not in self._counts:
            flat = self.right.ravel()
            ordered = np.sort(self.derived(what)[flat[flat >= 0]])
            heads = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]][: len(ordered)])
            self._counts[what] = ordered[heads], np.diff(np.r_[heads, len(ordered)])
        return self._counts[what]


FOLDS = {
    Kind.NAME: fold_name,
    Kind.BIRTH: fold_birth,
    Kind.DOCUMENT: fold_number,
    Kind.PHONE: fold_phone,
    Kind.ADDRESS: fold_address,
}


def read_fields(left: pl.DataFrame, right: pl.DataFrame, columns: Columns) -> list[Field]:
    """Fold and number the values of both tables, a field for each part of a name and for each other kind."""
    fields = _names(left, right, columns.name)
    for kind, options in (
        (Kind.BIRTH, columns.birth),
        (Kind.DOCUMENT, columns.document),
        (Kind.PHONE, columns.phone),
        (Kind.ADDRESS, columns.address),
    ):
        if options:
            fold = FOLDS[kind]
            sides = [[fold(_joined(table, parts)) for parts in options] for table in (left, right)]
            if kind in (Kind.PHONE, Kind.DOCUMENT):
                sides = [[one for series in side for one in _several(series)][:MOST_VALUES] for side in sides]
            fields.append(_encode(kind, kind.value, sides[0], sides[1]))
    return fields


def _names(left: pl.DataFrame, right: pl.DataFrame, options: Sequence[Sequence[str]]) -> list[Field]:
    """A name in parts is compared part by part, unless its characters are Chinese: then it is one."""
    if not options:
        return []
    parts = max(len(option) for option in options)
    if parts == 1 or _is_chinese(right, options) or _is_chinese(left, options):
        sides = [[fold_name(_joined(table, option, "")) for option in options] for table in (left, right)]
        return [_encode(Kind.NAME, "name", sides[0], sides[1])]
    fields = []
    for part in range(parts):
        sides = [
            [fold_name(table[option[part]]) for option in options if part < len(option)] for table in (left, right)
        ]
        fields.append(_encode(Kind.NAME, options[0][part].replace("_", " "), sides[0], sides[1], part))
    return fields


def _is_chinese(table: pl.DataFrame, options: Sequence[Sequence[str]]) -> bool:
    head = table[options[0][0]].drop_nulls().head(1000)
    return bool(len(head)) and bool(head.str.contains(r"\p{Han}").mean() > 0.5)  # type: ignore[operator]


def _encode(kind: Kind, name: str, left: list[pl.Series], right: list[pl.Series], part: int = 0) -> Field:
    sides = [[one for one in side if one.null_count() < len(one)] or side[:1] for side in (left, right)]
    codes, offset = [], 0
    for side in sides:
        rows = []
        for one in side:
            places = np.arange(offset, offset + len(one), dtype=np.int32)
            places[one.is_null().to_numpy()] = MISSING
            rows.append(places)
            offset += len(one)
        codes.append(np.stack(rows))
    values = pl.concat([one.alias("value") for side in sides for one in side], rechunk=True)
    return Field(kind, name, values, codes[0], codes[1], part)


def _joined(table: pl.DataFrame, parts: Sequence[str], between: str = " ") -> pl.Series:
    if len(parts) == 1:
        return table[parts[0]]
    joined = pl.concat_str([pl.col(part) for part in parts], separator=between, ignore_nulls=True)
    return table.select(joined.alias("joined")).to_series()


def _several(series: pl.Series) -> list[pl.Series]:
    """A cell may hold several numbers: one series for the first, one for the second, ..."""
    if not series.str.contains(";", literal=True).any():
        return [series]
    split = series.str.split(";")
    most = min(int(split.list.len().max() or 1), MOST_VALUES)  # type: ignore[arg-type]
    return [empty_to_null(split.list.get(place, null_on_oob=True)) for place in range(most)]


def _characters(values: pl.Series) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64]]:
    """Return all characters of all values as code points, where each value starts, and how long each is."""
    texts = values.fill_null("")
    lengths = texts.str.len_chars().cast(pl.Int64).to_numpy()
    codes = np.frombuffer("".join(texts.to_list()).encode("utf-32-le"), dtype=np.uint32)
    return codes, np.cumsum(lengths) - lengths, lengths


def _summed(hashes: Hashes, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> Hashes:
    running = np.r_[np.uint64(0), np.cumsum(hashes, dtype=np.uint64)]
    return running[starts + lengths] - running[starts]


def _letters(values: pl.Series) -> Hashes:
    """The characters of a name in whichever order."""
    codes, starts, lengths = _characters(values)
    mixed = codes.astype(np.uint64) * MIX[1]
    return _summed(mixed ^ (mixed >> np.uint64(31)), starts, lengths)


def _sound(values: pl.Series) -> Hashes:
    """How names sound, character by character, so that a name and its misspelling are read alike."""
    codes, starts, lengths = _characters(values)
    distinct = np.unique(codes)
    usual, first = (np.zeros(int(distinct.max(initial=0)) + 1, dtype=np.uint64) for _ in range(2))
    usual[distinct] = first[distinct] = distinct
    chinese = [chr(code) for code in distinct if code >= 0x3400]
    if chinese:
        from pypinyin import Style, lazy_pinyin  # its dictionary takes half a second to load

        plain = [plain_sound(lazy_pinyin(one, style=Style.NORMAL)[0]) for one in chinese]
        heads = [
            plain_sound(SURNAME_SOUNDS[c]) if c in SURNAME_SOUNDS else s for c, s in zip(chinese, plain, strict=True)
        ]
        places = [ord(one) for one in chinese]
        usual[places], first[places] = pl.Series(plain).hash(seed=7), pl.Series(heads).hash(seed=7)
    read = usual[codes]
    said = starts[lengths > 0]
    read[said] = first[codes[said]]
    position = np.arange(len(codes)) - np.repeat(starts, lengths)
    power = MIX[2] * (2 * position.astype(np.uint64) + np.uint64(1))
    mixed = (read + np.uint64(1)) * power
    return _summed(mixed ^ (mixed >> np.uint64(31)), starts, lengths)


def _numbers_in(values: pl.Series) -> pl.Series:
    """Building, entrance and door: the last numbers that an address names, two at least."""
    numbers = values.str.extract_all(r"\d+")
    return pl.select(pl.when(numbers.list.len() >= 2).then(numbers.list.tail(3).list.join("-"))).to_series()


def _longest_word(values: pl.Series) -> pl.Series:
    """The longest word of an address that is written in words: mostly the rarest."""
    if values.head(200).str.contains(r"\p{Han}").any():
        return pl.Series([None] * len(values), dtype=pl.String)
    longest = values.str.extract_all(r"\p{L}{5,}").list.eval(
        pl.element().sort_by(-pl.element().str.len_chars().cast(pl.Int32))
    )
    return longest.list.get(0, null_on_oob=True)


def _if_long(values: pl.Series, expression: pl.Series, least: int) -> pl.Series:
    return pl.select(pl.when(values.str.len_chars() >= least).then(expression)).to_series()


_DERIVED = {
    "value": lambda v: v,
    "first": lambda v: v.str.slice(0, 1),
    "cut": lambda v: _if_long(v, v.str.slice(0, 15), 15),
    "tail12": lambda v: _if_long(v, v.str.slice(6), 18),
    "head+tail": lambda v: _if_long(v, v.str.slice(0, 6) + v.str.slice(14), 18),
    "last4": lambda v: _if_long(v, v.str.slice(-4), 6),
    "first7": lambda v: _if_long(v, v.str.slice(0, 7), 10),
    "last7": lambda v: _if_long(v, v.str.slice(-7), 8),
    "numbers": _numbers_in,
    "longest": _longest_word,
    "year": lambda v: v.str.slice(0, 4),
    "month+day": lambda v: v.str.slice(4, 4),
}
_BY_CHARACTER = {"sound": _sound, "letters": _letters}


def derive(what: str, values: pl.Series) -> Hashes:
    """Return a hash of something of each value, 0 where there is no such thing."""
    if what in _BY_CHARACTER:
        return _BY_CHARACTER[what](values)
    plain = _DERIVED[what](values)
    hashes = plain.hash(seed=7).to_numpy().copy()
    hashes[(plain.is_null() | (plain == "")).fill_null(True).to_numpy()] = 0
    return hashes
