"""Documents: what a number's structure and check digit say. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from operator import mul

RESIDENT_ID, OLD_RESIDENT_ID, PASSPORT, HONG_KONG_MACAU_PERMIT, TAIWAN_PERMIT = 1, 2, 3, 4, 5
HMT_RESIDENCE_PERMIT, FOREIGN_RESIDENT_ID, UNKNOWN = 6, 7, 9

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A number as taken: its kind, its clean form, and whether structure and check digit hold."""

    kind: int
    number: str
    whole: bool
    birth_on: date | None = None
    sex: int = 0


def check_character(first_17: str) -> str:
    """Return the 18th character of a resident ID (GB 11643-1999): weighted sum modulo 11."""
    return _CHECKS[sum(map(mul, map(int, first_17), _WEIGHTS)) % 11]


def read_document(text: str) -> ReadDocument:
    """Take a number for what its structure says it is."""
    number = clean_number(text)
    if re.fullmatch(r"\d{17}[\dX]", number):
        return _eighteen(number)
    if re.fullmatch(r"\d{15}", number):
        birth = _day(f"19{number[6:12]}")
        sex = 1 if int(number[-1]) % 2 else 2
        return ReadDocument(OLD_RESIDENT_ID, number, birth is not None, birth, sex if birth else 0)
    for kind, pattern in (
        (HONG_KONG_MACAU_PERMIT, r"[HM]\d{8}(\d{2})?"),
        (TAIWAN_PERMIT, r"\d{8}(\d{2})?"),
        (FOREIGN_RESIDENT_ID, r"[A-Z]{3}\d{12}"),
        (PASSPORT, r"[A-Z]{1,2}\d{7,8}"),
    ):
        if re.fullmatch(pattern, number):
            return ReadDocument(kind, number, True)
    return ReadDocument(UNKNOWN, number, False)


def _eighteen(number: str) -> ReadDocument:
    birth = _day(number[6:14])
    holds = birth is not None and check_character(number[:17]) == number[17]
    kind = RESIDENT_ID
    if number[:2] in ("81", "82", "83"):
        kind = HMT_RESIDENCE_PERMIT
    elif number[0] == "9":
        kind = FOREIGN_RESIDENT_ID
    sex = 1 if int(number[16]) % 2 else 2
    return ReadDocument(kind, number, holds, birth, sex if holds else 0)


def clean_number(text: str) -> str:
    """Fold full-width characters, drop spaces, apostrophes, dashes and invisible characters, raise letters."""
    if text.isascii() and text.isalnum():
        return text.upper()
    folded = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s'’‘`\-\u200b-\u200f\u2060\ufeff]", "", folded).upper()


def eighteen_of_old(number: str) -> str | None:
    """Return the 18-character number that an old 15-digit one became, or None when it is none."""
    if not re.fullmatch(r"\d{15}", number):
        return None
    first = f"{number[:6]}19{number[6:]}"
    return first + check_character(first)


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


# What a look may show, in the order in which pages name it.
FIELDS = ("name", "document", "phone", "address", "birth")
# Why somebody may look; no other reason opens a field.
PURPOSES = ("contact_person", "verify_identity", "medical_help", "correct_record", "answer_sender", "other")
# From this share of the day's budget on, a post stands on top of the auditor's page.
NEAR_BUDGET = 0.8


def budget_left(*, seen: int, budget: int) -> int:
    """Return how many more people a post may look at today."""
    return max(budget - seen, 0)


def is_near_budget(*, seen: int, budget: int) -> bool:
    return seen >= NEAR_BUDGET * budget
