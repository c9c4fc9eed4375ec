"""Two tables become fields: every value folded, and replaced by the number of its place among the distinct values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shali.engines.linkage.keys import eighteen
from shali.engines.linkage.names import SURNAME_SOUNDS, VARIANTS, plain_sound

Codes = NDArray[np.int32]
Hashes = NDArray[np.uint64]
MISSING = -1
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

    values: the distinct folded values of both tables. left, right: (k, rows), places in `values`, -1 where nothing is said;
    k is how many values of this kind a record may have.
    """

    kind: Kind
    name: str
    values: pl.Series
    left: Codes
    right: Codes
    part: int = 0
    _kept: dict[str, Hashes] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How often the right table has each value."""
        flat = self.right.ravel()
        return np.bincount(flat[flat >= 0], minlength=len(self.values))

    def derived(self, what: str) -> Hashes:
        """Return one hash a value: of its sound, its first fifteen digits, ...; 0 where the value has no such thing."""
        if what not in self._kept:
            plain = _DERIVED[what](self.values)
            hashes = plain.hash(seed=7).to_numpy().copy()
            hashes[(plain.is_null() | (plain == "")).fill_null(True).to_numpy()] = 0
            self._kept[what] = hashes
        return self._kept[what]


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
            fold = _FOLDS[kind]
            sides = [[fold(_joined(table, parts)) for parts in options] for table in (left, right)]
            if kind in (Kind.PHONE, Kind.DOCUMENT):
                sides = [[one for series in side for one in _several(series)][:MOST_VALUES] for side in sides]
            fields.append(_encode(kind, kind.value, *sides))
    return fields


def _names(left: pl.DataFrame, right: pl.DataFrame, options: Sequence[Sequence[str]]) -> list[Field]:
    """A name in parts is compared part by part, unless its characters are Chinese: then it is one."""
    if not options:
        return []
    parts = max(len(option) for option in options)
    if parts == 1 or _is_chinese(right, options) or _is_chinese(left, options):
        sides = [[_fold_name(_joined(table, option, "")) for option in options] for table in (left, right)]
        return [_encode(Kind.NAME, "name", *sides)]
    return [
        _encode(
            Kind.NAME,
            options[0][part].replace("_", " "),
            *([_fold_name(table[option[part]]) for option in options if part < len(option)] for table in (left, right)),
            part=part,
        )
        for part in range(parts)
    ]


def _is_chinese(table: pl.DataFrame, options: Sequence[Sequence[str]]) -> bool:
    head = table[options[0][0]].drop_nulls().head(1000)
    return bool(len(head)) and bool(head.str.contains(r"\p{Han}").mean() > 0.5)  # type: ignore[operator]


def _encode(kind: Kind, name: str, left: list[pl.Series], right: list[pl.Series], part: int = 0) -> Field:
    values = pl.concat([one.alias("value") for one in left + right]).drop_nulls().unique(maintain_order=True)
    place = pl.Enum(values) if len(values) else pl.Enum([""])

    def codes(series: pl.Series) -> Codes:
        return series.cast(place).to_physical().cast(pl.Int32).fill_null(MISSING).to_numpy()

    return Field(kind, name, values, np.stack([codes(s) for s in left]), np.stack([codes(s) for s in right]), part)


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
    return [_empty_to_null(split.list.get(place, null_on_oob=True)) for place in range(most)]


def _empty_to_null(series: pl.Series) -> pl.Series:
    return series.set(series == "", None)


def _fold(series: pl.Series) -> pl.Series:
    return series.cast(pl.String).str.normalize("NFKC").str.strip_chars().str.to_lowercase()


def _fold_name(series: pl.Series) -> pl.Series:
    folded = _fold(series).str.replace_all(r"[（(].*?[)）]", "")
    folded = folded.str.replace_all("[\\s·•・‧∙⋅.．。,，'’\\-_/\u200b-\u200f\ufeff]+", "")
    return _empty_to_null(folded.str.replace_many(list(VARIANTS), list(VARIANTS.values())))


def _fold_number(series: pl.Series) -> pl.Series:
    """Digits and letters only; what a spreadsheet makes of a long number is spelt out again; 15-digit IDs lengthened."""
    folded = _fold(series).str.to_uppercase().str.replace_all(r"[;,、/|，；]+", ";").str.replace_all(r"[^0-9A-Z;+.*]", "")
    folded = folded.str.replace(r"^(\d+)\.0+$", "$1").str.replace_all(r"[.]", "")
    old = folded.str.contains(r"^\d{15}$").fill_null(False)
    if old.any():
        lengthened = folded.filter(old).map_elements(_eighteen, return_dtype=pl.String)
        folded = folded.scatter(old.arg_true(), lengthened)
    return _empty_to_null(folded)


def _eighteen(number: str) -> str:
    month, day = int(number[8:10]), int(number[10:12])
    return eighteen(number) if 1 <= month <= 12 and 1 <= day <= 31 else number


def _fold_phone(series: pl.Series) -> pl.Series:
    folded = _fold_number(series).str.replace_all(r"[^0-9;]", "")
    return _empty_to_null(folded.str.replace_all(r"(^|;)(?:00)?86(1\d{10})", "$1$2"))


def _fold_address(series: pl.Series) -> pl.Series:
    return _empty_to_null(_fold(series).str.replace_all(r"[\s,，.。;；]+", " ").str.strip_chars())


def _fold_birth(series: pl.Series) -> pl.Series:
    """Days as YYYYMMDD, whichever way they were written; whatever is no day stays as it is written."""
    folded = _empty_to_null(_fold(series))
    distinct = folded.drop_nulls().unique(maintain_order=True)
    return folded.replace_strict(distinct, [_day(one) for one in distinct.to_list()], default=None, return_dtype=pl.String)


def _day(written: str) -> str | None:
    numbers = [int(one) for one in re.findall(r"\d+", written.split("t")[0])]
    if re.fullmatch(r"\d{8}(\.0)?", written):
        return written[:8]
    if len(numbers) < 3:
        return written
    if numbers[0] > 31:
        year, month, day = numbers[:3]
    else:
        day, month, year = numbers[:3]
        day, month = (month, day) if month > 12 else (day, month)
        year += 0 if year > 99 else 1900
    try:
        return date(year, month, day).strftime("%Y%m%d")
    except ValueError:
        return f"{year:04d}{month:02d}{day:02d}"


def _sound(values: pl.Series) -> pl.Series:
    """How names sound, character by character, so that a name and its misspelling are read alike."""
    characters = sorted(set("".join(values.to_list())))
    chinese = [one for one in characters if one >= "\u3400"]
    if not chinese:
        return values
    from pypinyin import Style, lazy_pinyin  # its dictionary takes half a second to load

    sounds = [plain_sound(lazy_pinyin(one, style=Style.NORMAL)[0]) + " " for one in chinese]
    firsts = {one: plain_sound(sound) + " " for one, sound in SURNAME_SOUNDS.items()}
    first = values.str.slice(0, 1)
    heads = first.replace(firsts).str.replace_many(chinese, sounds)
    return heads + values.str.slice(1).str.replace_many(chinese, sounds)


def _numbers_in(values: pl.Series) -> pl.Series:
    """Building, entrance and door: the last numbers that an address names, two at least."""
    numbers = values.str.extract_all(r"\d+")
    return pl.select(pl.when(numbers.list.len() >= 2).then(numbers.list.tail(3).list.join("-"))).to_series()


def _longest_word(values: pl.Series) -> pl.Series:
    """The longest word of an address that is written in words: mostly the rarest."""
    if values.head(200).str.contains(r"\p{Han}").any():
        return pl.Series([None] * len(values), dtype=pl.String)
    longest = values.str.extract_all(r"\p{L}{5,}").list.eval(pl.element().sort_by(-pl.element().str.len_chars().cast(pl.Int32)))
    return longest.list.get(0, null_on_oob=True)


def _if_long(values: pl.Series, expression: pl.Series, least: int) -> pl.Series:
    return pl.select(pl.when(values.str.len_chars() >= least).then(expression)).to_series()


_FOLDS = {
    Kind.NAME: _fold_name,
    Kind.BIRTH: _fold_birth,
    Kind.DOCUMENT: _fold_number,
    Kind.PHONE: _fold_phone,
    Kind.ADDRESS: _fold_address,
}
_DERIVED = {
    "value": lambda v: v,
    "sound": _sound,
    "first": lambda v: v.str.slice(0, 1),
    "letters": lambda v: v.str.split("").list.sort().list.join(""),
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
