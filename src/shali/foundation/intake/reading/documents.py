"""Numbers of identity documents: what kind they are by structure, and whether they can be trusted."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import mul

from shali.foundation.intake.reading.text import narrow, squeeze

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"  # GB 11643-1999
_OFFSET = 48 * sum(WEIGHTS)
# What stands before a number so that the sheet takes it for text.
_LEADING = "'`’‘′\"＇"
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d{1,2}")
# What may stand beside a number and says nothing but that it is one; "母亲" or a name would make it another's.
_WORDS = r"(?:中国|大陆|居民|公民|本人|第?二代|身份证件?|身份|证件|证号|号码|号|[:;,.、。(){}\[\]【】])*"
_ABOUT = re.compile(_WORDS + r"([A-Z0-9]{8,20})" + _WORDS)
_EIGHTEEN = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
_PASSPORT = re.compile(r"[A-Z]{1,3}\d{6,9}|P\.?\d{7}|\d{9}")
_HONG_KONG_MACAU = re.compile(r"[HM]\d{8}(?:\d{2})?")
_FOREIGN_OLD = re.compile(r"[A-Z]{3}\d{12}")
_OTHER = re.compile(r"[A-Z0-9()\-/]{5,25}")

KIND_WORDS = {
    "resident_id": ("居民身份证", "身份证", "二代证", "户口", "idcard", "identitycard", "residentid", "id"),
    "passport": ("护照", "passport"),
    "hong_kong_macau_permit": ("港澳居民来往", "来往内地通行证", "回乡证", "港澳通行证"),
    "taiwan_permit": ("台湾居民来往", "台胞证", "来往大陆通行证"),
    "hmt_residence_permit": ("港澳居民居住证", "台湾居民居住证", "港澳台居住证", "港澳台居民居住证"),
    "foreign_resident_id": ("永久居留", "外国人居留"),
}


@dataclass(frozen=True, slots=True)
class Document:
    """`number` is clean. `whole` says that structure and check hold; `reason` says why not."""

    number: str
    kind: str
    whole: bool
    reason: str = ""


def clean_number(text: str) -> str:
    return squeeze(text).strip(_LEADING).upper().removesuffix(".0").replace("×", "X").replace("-", "")


def check_digit(seventeen: str) -> str:
    """Return the check digit of GB 11643: Σ weight x digit mod 11, looked up."""
    # An ASCII digit's code is its value and 48.
    return CHECKS[(sum(map(mul, WEIGHTS, seventeen.encode())) - _OFFSET) % 11]


@lru_cache(maxsize=60_000)
def _is_day(text: str) -> bool:
    try:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return 1880 <= day.year <= 2035


def read_document(text: str, *, is_number: bool, kind: str = "") -> Document:
    """Return what a cell of the ID column holds.

    is_number: the cell is a number, not text; with 16 digits or more its end is lost for certain.
    kind: what a neighbouring column says the document is, when there is one.
    """
    if len(text) == 18 and not is_number and text.isdigit() and text.isascii():
        return _eighteen(text)
    number = clean_number(text)
    if not is_number and len(number) > 18:
        runs = {run.upper() for run in _EIGHTEEN.findall(narrow(text))}
        if len(runs) > 1:
            return Document(number, kind or "unknown", whole=False, reason="id_number_several")
        if alone := _ABOUT.fullmatch(number):
            number = alone[1]
    if _SCIENTIFIC.fullmatch(number) or (is_number and len(number.partition(".")[0]) >= 16):
        return Document(number, "resident_id", whole=False, reason="id_number_lost_digits")
    if not number.isascii() or not _OTHER.fullmatch(number):
        return Document(number, kind or "unknown", whole=False, reason="id_number_unreadable")
    return _by_structure(number, kind, is_number)


def _by_structure(number: str, kind: str, is_number: bool) -> Document:
    if len(number) == 18 and number[:17].isdigit() and number[17] in "0123456789X":
        return _eighteen(number)
    if kind in ("", "resident_id"):
        if len(number) == 15 and number.isdigit():
            holds = _is_day("19" + number[6:12])
            return Document(number, "old_resident_id", holds, "" if holds else "id_number_check_failed")
        if 12 <= len(number) <= 20 and number.rstrip("X").isdigit():
            return Document(number, "resident_id", whole=False, reason="id_number_length")
    if kind == "resident_id" and not number[0].isalpha():
        return Document(number, "resident_id", whole=False, reason="id_number_length")
    if kind not in ("", "resident_id", "unknown"):
        return Document(
            number, kind, whole=_fits(number, kind), reason="" if _fits(number, kind) else "id_number_length"
        )
    if _HONG_KONG_MACAU.fullmatch(number):
        return Document(number, "hong_kong_macau_permit", whole=True)
    if _FOREIGN_OLD.fullmatch(number):
        return Document(number, "foreign_resident_id", whole=True)
    if len(number) == 8 and number.isdigit() and not _is_day(number):
        return Document(number, "taiwan_permit", whole=True)
    if _PASSPORT.fullmatch(number) and number[0].isalpha():
        return Document(number, "passport", whole=True)
    if number.isdigit() and len(number) < 8:
        return Document(number, "unknown", whole=False, reason="id_number_length")
    return Document(number, "unknown", whole=False, reason="id_kind_unknown")


def _fits(number: str, kind: str) -> bool:
    shapes = {
        "passport": r"[A-Z0-9]{6,12}",
        "hong_kong_macau_permit": r"[HM]\d{8}(?:\d{2})?",
        "taiwan_permit": r"\d{8}|\d{10}[A-Z0-9]?",
        "foreign_resident_id": r"[A-Z]{3}\d{12}",
    }
    return re.fullmatch(shapes.get(kind, r"(?!)"), number) is not None


def _eighteen(number: str) -> Document:
    kind = "resident_id"
    if number[:2] in ("81", "82", "83"):
        kind = "hmt_residence_permit"
    elif number[0] == "9":
        kind = "foreign_resident_id"
    holds = check_digit(number[:17]) == number[17] and _is_day(number[6:14])
    if holds:
        return Document(number, kind, whole=True)
    # A number that went through 15 digits of precision comes back with three zeros.
    reason = "id_number_lost_digits" if number.endswith("000") else "id_number_check_failed"
    return Document(number, kind, whole=False, reason=reason)


@lru_cache(maxsize=2_000)
def kind_of_words(text: str) -> str:
    """Return the kind that a cell of the "kind of document" column names, '' when it names none."""
    words = squeeze(text).lower().replace("_", "")
    for kind in ("hmt_residence_permit", "hong_kong_macau_permit", "taiwan_permit", "foreign_resident_id", "passport"):
        if any(word in words for word in KIND_WORDS[kind]):
            return kind
    if any(word in words for word in KIND_WORDS["resident_id"]):
        return "resident_id"
    return ""
