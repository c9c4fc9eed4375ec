"""Every value in one spelling: width, case, separators, variant characters, days, long numbers."""

import re
from collections.abc import Callable
from datetime import date

import polars as pl

from shali.engines.linkage.keys import eighteen
from shali.engines.linkage.names import VARIANTS

# What stands in a cell and says nothing, as each kind is folded. "Na" and "Nan" are names.
_NOTHING = {
    "name": ["null", "unknown", "不详", "未知", "无"],
    "number": ["NA", "N;A", "NAN", "NULL", "NONE", "UNKNOWN", "UNK"],
    "other": ["na", "n/a", "nan", "null", "none", "unknown", "unk", "-", "--", "?", "不详", "未知", "无"],
}


def _said(series: pl.Series, kind: str) -> pl.Series:
    """Leave out what says nothing: two records that both say "unknown" agree in nothing."""
    return series.set(series.is_in(_NOTHING[kind]).fill_null(False), None)


def empty_to_null(series: pl.Series) -> pl.Series:
    return series.set(series == "", None)


def _where(series: pl.Series, unclean: str, fold: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Fold only what needs it: most of a good register is clean, and folding is dear."""
    dirty = series.str.contains(unclean).fill_null(False)
    if not dirty.any():
        return series
    if dirty.mean() > 0.5:  # type: ignore[operator]
        return fold(series)
    return series.scatter(dirty.arg_true(), fold(series.filter(dirty)))


def _fold(series: pl.Series) -> pl.Series:
    return series.cast(pl.String).str.normalize("NFKC").str.strip_chars().str.to_lowercase()


def fold_name(series: pl.Series) -> pl.Series:
    odd = "[" + "".join(VARIANTS) + "]|[^\u4e00-\u9fffa-z]|^$"
    return _said(_where(series, odd, _fold_odd_name), "name")


def _fold_odd_name(series: pl.Series) -> pl.Series:
    folded = _fold(series).str.replace_all(r"[（(].*?[)）]", "")
    folded = folded.str.replace_all("[\\s·•・‧∙⋅.．。,，'’\\-_/\u200b-\u200f\ufeff]+", "")
    return empty_to_null(folded.str.replace_many(list(VARIANTS), list(VARIANTS.values())))


def fold_number(series: pl.Series) -> pl.Series:
    """Digits and letters only; 15-digit resident IDs lengthened."""
    folded = _said(_where(series, r"[^0-9A-Z]|^$", _fold_odd_number), "number")
    return _where(folded, r"^\d{15}$", lambda old: old.map_elements(_eighteen, return_dtype=pl.String))


def _fold_odd_number(series: pl.Series) -> pl.Series:
    folded = _fold(series).str.to_uppercase().str.replace_all(r"[;,、/|，；]+", ";")
    folded = folded.str.replace_all(r"[^0-9A-Z;.]", "").str.replace(r"^(\d+)\.0+$", "$1")
    return empty_to_null(folded.str.replace_all(r"[.]", "").str.strip_chars(";"))


def _eighteen(number: str) -> str:
    month, day = int(number[8:10]), int(number[10:12])
    return eighteen(number) if 1 <= month <= 12 and 1 <= day <= 31 else number


def fold_phone(series: pl.Series) -> pl.Series:
    return _where(series, r"^(00)?86|[^0-9]|^$", _fold_odd_phone)


def _fold_odd_phone(series: pl.Series) -> pl.Series:
    folded = _fold_odd_number(series).str.replace_all(r"[^0-9;]", "")
    return empty_to_null(folded.str.replace_all(r"(^|;)(?:00)?86(1\d{10})", "${1}${2}"))


def fold_address(series: pl.Series) -> pl.Series:
    return _said(_where(series, r"[\s,，.。;；A-ZＡ-Ｚａ-ｚ０-９－]|^$", _fold_odd_address), "other")


def _fold_odd_address(series: pl.Series) -> pl.Series:
    return empty_to_null(_fold(series).str.replace_all(r"[\s,，.。;；]+", " ").str.strip_chars())


def fold_birth(series: pl.Series) -> pl.Series:
    folded = _where(series, r"[^0-9-]|^\d{1,3}-|^$|^.{1,7}$|^\d{4}-\d-|-\d$", _fold_odd_birth)
    return _said(folded, "other").str.replace_all("-", "", literal=True)


def _fold_odd_birth(series: pl.Series) -> pl.Series:
    """Days as YYYYMMDD, whichever way they were written; whatever is no day stays as it is written."""
    folded = empty_to_null(_fold(series))
    distinct = folded.drop_nulls().unique(maintain_order=True)
    return folded.replace_strict(
        distinct, [_day(one) for one in distinct.to_list()], default=None, return_dtype=pl.String
    )


def _day(written: str) -> str | None:
    numbers = [int(one) for one in re.findall(r"\d+", written.split("t", maxsplit=1)[0])]
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
