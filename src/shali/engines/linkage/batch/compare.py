"""How two values of one kind stand: a level, the strongest first. Nothing is weighed here; `learn.py` weighs levels."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from shali.engines.linkage.batch.fields import MISSING, Codes, Field, Hashes, Kind

Levels = NDArray[np.int8]
Rows = NDArray[np.int64]

LEVELS: dict[Kind, tuple[str, ...]] = {
    Kind.NAME: ("same", "homophone", "close", "one_character", "begins_alike", "different", "swapped"),
    Kind.BIRTH: ("same", "near", "same_year", "different"),
    Kind.DOCUMENT: ("same", "cut", "one_slip", "two_slips", "neighbour", "different"),
    Kind.PHONE: ("same", "one_slip", "different"),
    Kind.ADDRESS: ("same", "same_door", "alike", "partly", "different"),
}
SAME, CUT, NEIGHBOUR, SWAPPED = 0, 1, 4, 6
_A, _B = pl.col("a"), pl.col("b")
_LENGTH_A, _LENGTH_B = (text.str.len_chars().cast(pl.Int64) for text in (_A, _B))
_HAN, _LOST = r"\p{Han}", r"[?？�□■〓*＊×某]"
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)


def compare(field: Field, left: Rows, right: Rows) -> Levels:
    """Return the level of each pair of rows, -1 where either says nothing; of several values the best pair counts."""
    best = np.full(len(left), 127, dtype=np.int8)
    for mine in field.left:
        for theirs in field.right:
            level = _compare_codes(field, mine[left], theirs[right])
            best = np.where(level >= 0, np.minimum(best, level), best)
    best[best == 127] = MISSING
    return best


def mark_swapped(names: Sequence[Field], levels: list[Levels], left: Rows, right: Rows) -> None:
    """Given name written for surname and the other way round: neither part agrees, both do crosswise."""
    if len(names) != 2:
        return
    ask = np.flatnonzero((levels[0] > 0) & (levels[1] > 0))
    mine = [field.values.gather(field.left[0][left[ask]]) for field in names]
    theirs = [field.values.gather(field.right[0][right[ask]]) for field in names]
    crossed = ((mine[0] == theirs[1]) & (mine[1] == theirs[0])).to_numpy()
    for level in levels[:2]:
        level[ask[crossed]] = SWAPPED


def silence_the_birth_in_numbers(document: Field, birth: Levels, left: Rows, right: Rows) -> None:
    """Two resident IDs that hold one day of birth have said so: the column of birth says it no second time."""
    mine, theirs = document.left[0][left], document.right[0][right]
    ask = np.flatnonzero((mine >= 0) & (theirs >= 0) & (birth == SAME))
    days = [_embedded_days(document.values.gather(codes[ask])) for codes in (mine, theirs)]
    birth[ask[(days[0] == days[1]) & (days[0] > 0)]] = MISSING


def _embedded_days(values: pl.Series) -> NDArray[np.int64]:
    inside = values.str.extract(r"^\d{6}((?:18|19|20)\d{6})\d{3}[0-9X]$")
    return inside.cast(pl.Int64, strict=False).fill_null(0).to_numpy()


def _compare_codes(field: Field, mine: Codes, theirs: Codes) -> Levels:
    level = np.full(len(mine), MISSING, dtype=np.int8)
    said = np.flatnonzero((mine >= 0) & (theirs >= 0))
    level[said] = 0
    value = field.derived("value")
    unlike = said[value[mine[said]] != value[theirs[said]]]
    if len(unlike):
        level[unlike] = _OF[field.kind](field, mine[unlike], theirs[unlike])
    return level


def _texts(field: Field, codes: Codes) -> list[str]:
    # Pairs come in order of the left record: its values stand there many times in a row, and are taken out once.
    heads = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]][: len(codes)])
    texts = np.array(field.values.gather(codes[heads]).to_list(), dtype=object)
    return np.repeat(texts, np.diff(np.r_[heads, len(codes)])).tolist()


def _told(field: Field, mine: Codes, theirs: Codes, **asked: pl.Expr) -> list[NDArray[Any]]:
    """Return what is asked of both texts of each pair, which are called a and b; in one go over all of them."""
    texts = pl.DataFrame({"a": field.values.gather(mine), "b": field.values.gather(theirs)})
    return [one.to_numpy() for one in texts.select(**asked).get_columns()]


def _flags(field: Field, codes: Codes, pattern: str) -> NDArray[np.bool_]:
    return field.values.gather(codes).str.contains(pattern).to_numpy()


def _equal(field: Field, what: str, mine: Codes, theirs: Codes) -> NDArray[np.bool_]:
    hashes: Hashes = field.derived(what)
    return (hashes[mine] == hashes[theirs]) & (hashes[mine] != 0)


def _names(field: Field, mine: Codes, theirs: Codes) -> Levels:
    """Chinese names by characters and sounds, others by Jaro and Winkler's likeness; a masked name fits or does not."""
    level = np.full(len(mine), 5, dtype=np.int8)
    a, b = _texts(field, mine), _texts(field, theirs)
    lengths_a, lengths_b, chinese, lost = _told(
        field, mine, theirs, length_a=_LENGTH_A, length_b=_LENGTH_B,
        chinese=_A.str.contains(_HAN) & _B.str.contains(_HAN), lost=_A.str.contains(_LOST) | _B.str.contains(_LOST),
    )  # fmt: skip
    short, long = np.minimum(lengths_a, lengths_b), np.maximum(lengths_a, lengths_b)
    chinese = chinese & (long < 6)
    distance = cpdist(a, b, scorer=OSA.distance, score_cutoff=3, dtype=np.int32)
    alike = np.zeros(len(mine), dtype=np.float32)
    others = np.flatnonzero(~chinese)
    alike[others] = cpdist(
        [a[n] for n in others], [b[n] for n in others], scorer=JaroWinkler.normalized_similarity, dtype=np.float32
    )
    first = _equal(field, "first", mine, theirs)
    inside = _inside(a, b, np.flatnonzero(chinese & (short >= 2) & (long - short == 1) & (distance == 1)))
    level[first & (chinese | lost)] = 4
    level[chinese & (distance == 1) & (long >= 3) & first] = 3
    level[~chinese & ((alike >= 0.8) | ((distance <= 2) & (long >= 5)))] = 3
    level[~chinese & (alike >= 0.92)] = 2
    level[inside] = 2
    level[chinese & lost & first & (distance == 1)] = 2
    level[(short >= 2) & _equal(field, "letters", mine, theirs)] = 2
    level[chinese & _equal(field, "sound", mine, theirs)] = 1
    return level


def _inside(a: Sequence[str], b: Sequence[str], places: Rows) -> NDArray[np.bool_]:
    """Say, for the places asked about, whether one text begins or ends with the other."""
    found = np.zeros(len(a), dtype=bool)
    for place in places.tolist():
        short, long = sorted((a[place], b[place]), key=len)
        found[place] = long.startswith(short) or long.endswith(short)
    return found


def _births(field: Field, mine: Codes, theirs: Codes) -> Levels:
    """near: one of year, month and day is off, or month and day changed places, or one key was hit wrongly."""
    level = np.full(len(mine), 3, dtype=np.int8)
    a, b = _told(field, mine, theirs, a=_A.cast(pl.Int64, strict=False).fill_null(0),
                 b=_B.cast(pl.Int64, strict=False).fill_null(0))  # fmt: skip
    year = a // 10000 == b // 10000
    month = a // 100 % 100 == b // 100 % 100
    day = a % 100 == b % 100
    crossed = year & (a // 100 % 100 == b % 100) & (a % 100 == b // 100 % 100)
    level[year] = 2
    level[(year & month) | (year & day) | (month & day) | crossed] = 1
    rest = np.flatnonzero(level > 1)
    texts = _texts(field, mine[rest]), _texts(field, theirs[rest])
    level[rest[cpdist(*texts, scorer=OSA.distance, score_cutoff=1, dtype=np.int32) <= 1]] = 1
    return level


def _documents(field: Field, mine: Codes, theirs: Codes) -> Levels:
    """neighbour: two numbers that both stand their check and yet are nearly one: twins, or the next in the register."""
    level = np.full(len(mine), 5, dtype=np.int8)
    a, b = _texts(field, mine), _texts(field, theirs)
    distance = cpdist(a, b, scorer=OSA.distance, score_cutoff=3, dtype=np.int32)
    lengths = _told(field, mine, theirs, length_a=_LENGTH_A, length_b=_LENGTH_B)
    long = np.minimum(*lengths) >= 6
    lost = (lengths[0] != lengths[1]) & (np.minimum(*lengths) >= 8)
    level[(distance == 2) & long] = 3
    level[(distance == 1) & long] = 2
    level[_equal(field, "cut", mine, theirs) | _starts(a, b, lost)] = 1
    nearly = np.flatnonzero(level < 5)
    nearly = nearly[_stands(field, mine[nearly])]
    nearly = nearly[_stands(field, theirs[nearly])]
    level[nearly] = NEIGHBOUR
    return level


def _starts(a: Sequence[str], b: Sequence[str], where: NDArray[np.bool_]) -> NDArray[np.bool_]:
    found = np.zeros(len(a), dtype=bool)
    for place in np.flatnonzero(where).tolist():
        found[place] = a[place].startswith(b[place]) or b[place].startswith(a[place])
    return found


def _stands(field: Field, codes: Codes) -> NDArray[np.bool_]:
    """Say of each number whether it is a resident ID whose check character holds (GB 11643-1999)."""
    texts = field.values.gather(codes)
    shaped = texts.str.contains(r"^[0-9]{17}[0-9X]$").to_numpy()
    grid = np.frombuffer("".join(texts.filter(pl.Series(shaped)).to_list()).encode(), dtype=np.uint8).reshape(-1, 18)
    sums = ((grid[:, :17].astype(np.int64) - 48) * _WEIGHTS).sum(axis=1)
    good = np.zeros(len(codes), dtype=bool)
    good[np.flatnonzero(shaped)] = _CHECKS[sums % 11] == grid[:, 17]
    return good


def _phones(field: Field, mine: Codes, theirs: Codes) -> Levels:
    a, b = _texts(field, mine), _texts(field, theirs)
    slip = cpdist(a, b, scorer=OSA.distance, score_cutoff=1, dtype=np.int32) <= 1
    tail = _equal(field, "last7", mine, theirs)
    return np.where(slip | tail, 1, 2).astype(np.int8)


def _addresses(field: Field, mine: Codes, theirs: Codes) -> Levels:
    """same_door: the last two or three numbers agree, and enough of the words."""
    a, b = _texts(field, mine), _texts(field, theirs)
    ratio = cpdist(a, b, scorer=fuzz.ratio, dtype=np.float32)
    if not _flags(field, mine[:50], _HAN).any():
        ratio = np.maximum(ratio, cpdist(a, b, scorer=fuzz.token_sort_ratio, dtype=np.float32))
    level = np.full(len(mine), 4, dtype=np.int8)
    level[ratio >= 60] = 3
    level[ratio >= 80] = 2
    level[_equal(field, "numbers", mine, theirs) & (ratio >= 45)] = 1
    return level


_OF = {
    Kind.NAME: _names,
    Kind.BIRTH: _births,
    Kind.DOCUMENT: _documents,
    Kind.PHONE: _phones,
    Kind.ADDRESS: _addresses,
}
