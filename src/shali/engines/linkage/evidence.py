"""How much each field says, in bits for or against "these two records are one person".

The weights come from the shape of a city register: about 2^21 people, a surname shared by up to 7 in 100, a telephone
shared by a household, 36,500 days of birth. They are data for `decide`, not truth; the committed baseline of the bench
shows what a change of them does.
"""

from datetime import date

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from shali.engines.linkage.keys import eighteen
from shali.engines.linkage.model import Claim, DocumentClaim, Ranked
from shali.engines.linkage.names import compare_names, is_masked

NAME_BITS = {
    "same": 9.0,
    "variant": 8.5,
    "homophone": 6.0,
    "close": 4.0,
    "sibling": 2.0,
    "partial": 0.5,
    "different": -7.0,
}
DOCUMENT_BITS = {
    "equal": 20.0,
    "equal_untrusted": 11.0,
    "cut": 10.0,
    "near": 8.0,
    "differs": -9.0,
    "differs_untrusted": -2.0,
}
PHONE_EQUAL, PHONE_DIFFERENT = 8.0, -0.6
BIRTH_EQUAL, BIRTH_NEW_YEAR, BIRTH_NEAR, BIRTH_DIFFERENT = 10.0, 4.0, 3.0, -5.0
SEX_EQUAL, SEX_DIFFERENT = 0.9, -4.0
DIVISION_EQUAL, DIVISION_DIFFERENT, ADDRESS_ALIKE = 5.0, -0.8, 4.0


def weigh(claim: Claim, key: int, other: Claim) -> Ranked:
    """Add up what every field that both records have says of them being one person."""
    found = [
        _name(claim, other),
        _documents(claim, other),
        _phones(claim, other),
        _birth(claim, other),
        _sex(claim, other),
        *_places(claim, other),
    ]
    told = [one for one in found if one is not None]
    return Ranked(key, sum(bits for _, bits in told), tuple(reason for reason, _ in told))


def _name(claim: Claim, other: Claim) -> tuple[str, float] | None:
    if not claim.name or not other.name:
        return None
    if is_masked(claim.name):
        same = claim.name[:1] == other.name[:1]
        return ("name_masked_fits", 1.0) if same else ("name_different", NAME_BITS["different"])
    how = compare_names(claim.name, other.name)
    return f"name_{how}", NAME_BITS[how]


def _documents(claim: Claim, other: Claim) -> tuple[str, float] | None:
    if not claim.documents or not other.documents:
        return None
    pairs = [compare_documents(mine, theirs) for mine in claim.documents for theirs in other.documents]
    known = [how for how in pairs if how]
    if not known:
        return None
    how = max(known, key=lambda one: DOCUMENT_BITS[one])
    return f"document_{how}", DOCUMENT_BITS[how]


def compare_documents(mine: DocumentClaim, theirs: DocumentClaim) -> str:
    """Return how two numbers stand, '' when they are of kinds that say nothing of each other."""
    left, right = _long(mine.number), _long(theirs.number)
    if left == right:
        return "equal" if mine.trusted and theirs.trusted else "equal_untrusted"
    if len(left) < 15 or len(right) < 15:
        same_kind = mine.kind == theirs.kind and mine.trusted and theirs.trusted
        if len(left) == len(right) and OSA.distance(left, right) == 1:
            return "near"
        # A passport is renewed under another number; a difference says little.
        return "differs_untrusted" if same_kind else ""
    if not mine.trusted and left[:15] == right[:15]:
        return "cut"
    if not (mine.trusted and theirs.trusted):
        return "near" if OSA.distance(left, right) <= 2 else "differs_untrusted"
    return "differs"


def _long(number: str) -> str:
    return eighteen(number) if len(number) == 15 and number.isdigit() else number


def _phones(claim: Claim, other: Claim) -> tuple[str, float] | None:
    if not claim.phones or not other.phones:
        return None
    if set(claim.phones) & set(other.phones):
        return "phone_equal", PHONE_EQUAL
    return "phone_different", PHONE_DIFFERENT


def _birth(claim: Claim, other: Claim) -> tuple[str, float] | None:
    mine, theirs = claim.birth_on, other.birth_on
    if mine is None or theirs is None:
        return None
    if mine == theirs:
        # Registrars wrote 1 January for whoever did not know his day.
        return ("birth_new_year", BIRTH_NEW_YEAR) if (mine.month, mine.day) == (1, 1) else ("birth_equal", BIRTH_EQUAL)
    if _is_near(mine, theirs):
        return "birth_near", BIRTH_NEAR
    return "birth_different", BIRTH_DIFFERENT


def _is_near(mine: date, theirs: date) -> bool:
    """One of year, month, day is off, or month and day changed places."""
    equal = sum((mine.year == theirs.year, mine.month == theirs.month, mine.day == theirs.day))
    swapped = mine.year == theirs.year and (mine.month, mine.day) == (theirs.day, theirs.month)
    return equal == 2 or swapped


def _sex(claim: Claim, other: Claim) -> tuple[str, float] | None:
    if not claim.sex or not other.sex:
        return None
    return ("sex_equal", SEX_EQUAL) if claim.sex == other.sex else ("sex_different", SEX_DIFFERENT)


def _places(claim: Claim, other: Claim) -> list[tuple[str, float]]:
    told: list[tuple[str, float]] = []
    if claim.division and other.division:
        short, long = sorted((claim.division.rstrip("0"), other.division.rstrip("0")), key=len)
        if claim.division == other.division and len(short) > 9:
            told.append(("division_equal", DIVISION_EQUAL))
        elif not long.startswith(short):
            told.append(("division_different", DIVISION_DIFFERENT))
    if claim.address and other.address and fuzz.token_set_ratio(claim.address, other.address) >= 85:
        told.append(("address_alike", ADDRESS_ALIKE))
    return told
