"""Blocking keys: two records that share none are never compared. The vault makes them blind before they are stored."""

from shali.engines.linkage.model import Claim
from shali.engines.linkage.names import name_key, sound_key

_CHECKS = "10X98765432"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
COMMUNITY_DIGITS = 12


def blocking_keys(claim: Claim) -> tuple[tuple[str, str], ...]:
    """Return (kind, plain value) pairs of a record; kinds are at most 24 characters and never change their meaning."""
    keys: set[tuple[str, str]] = set()
    for document in claim.documents:
        keys |= _document_keys(document.number)
    for phone in claim.phones:
        keys.add(("phone", phone))
    if claim.name:
        keys |= _name_keys(claim)
    if claim.birth_on and claim.division and len(claim.division) == COMMUNITY_DIGITS:
        keys.add(("birth+division", f"{claim.birth_on}|{claim.division}"))
    return tuple(sorted(keys))


def _document_keys(number: str) -> set[tuple[str, str]]:
    keys = {("document", number)}
    if len(number) == 15 and number.isdigit():
        keys.add(("document", eighteen(number)))
    if len(number) >= 15:
        # What a spreadsheet leaves of a number typed as one: its first fifteen digits.
        keys.add(("document15", number[:15]))
    if len(number) == 18:
        keys |= {("document_tail", number[6:]), ("document_head", number[:6] + number[14:])}
    return keys


def _name_keys(claim: Claim) -> set[tuple[str, str]]:
    name = claim.name or ""
    plain, sound = name_key(name), sound_key(name)
    keys: set[tuple[str, str]] = set()
    if claim.birth_on:
        keys |= {("name+birth", f"{plain}|{claim.birth_on}"), ("sound+birth", f"{sound}|{claim.birth_on}")}
    if claim.division:
        keys.add(("sound+division", f"{sound}|{claim.division}"))
    for document in claim.documents:
        if len(document.number) >= 8:
            keys.add(("name+tail", f"{plain}|{document.number[-4:]}"))
    return keys


def eighteen(fifteen: str) -> str:
    """Return the 18-character number that an old 15-digit one became."""
    first = f"{fifteen[:6]}19{fifteen[6:]}"
    return first + _CHECKS[sum(int(d) * w for d, w in zip(first, _WEIGHTS, strict=True)) % 11]
