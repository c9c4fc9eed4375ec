"""Why two records were taken for one, or not: codes for programs, sentences for people."""

from shali.engines.linkage.batch.compare import LEVELS
from shali.engines.linkage.batch.fields import Field, Kind

_HOW = {
    "same": "the same",
    "homophone": "sounds the same",
    "close": "almost the same",
    "one_character": "one character differs",
    "begins_alike": "only begins alike",
    "different": "different",
    "swapped": "parts changed places",
    "near": "one part differs",
    "same_year": "only the year agrees",
    "cut": "the same as far as it goes",
    "one_slip": "one digit astray",
    "two_slips": "two digits astray",
    "neighbour": "a neighbouring number, valid itself",
    "same_door": "the same door, written otherwise",
    "alike": "alike",
    "partly": "partly alike",
}
_WHAT = {
    Kind.BIRTH: "date of birth",
    Kind.DOCUMENT: "document number",
    Kind.PHONE: "telephone",
    Kind.ADDRESS: "address",
}


def reason(field: Field, level: int) -> str:
    """Say how two values of a field stand, without either value."""
    if level < 0:
        return ""
    what = _WHAT.get(field.kind, field.name)
    how = _HOW[LEVELS[field.kind][level]]
    if field.kind is Kind.NAME and how == "one character differs" and field.part:
        how = "a few letters differ"
    return f"{what}: {how}"
