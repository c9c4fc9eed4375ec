from datetime import date
from enum import StrEnum
from typing import NamedTuple

# Tuples: of a list of a hundred thousand rows they are made, and handed to another process, by the hundred thousand.


class DocumentClaim(NamedTuple):
    """A numbered document. trusted: its structure and check digit hold; an ruined or mistyped number is not trusted."""

    kind: str
    number: str
    trusted: bool


class Claim(NamedTuple):
    """What one record says of somebody. division: 12-digit code of the deepest division that the address names."""

    name: str | None = None
    sex: str | None = None  # "male", "female"
    birth_on: date | None = None
    documents: tuple[DocumentClaim, ...] = ()
    phones: tuple[str, ...] = ()
    address: str | None = None
    division: str | None = None


class Candidate(NamedTuple):
    """A registered person, under the key by which the caller knows him."""

    key: int
    claim: Claim


class Outcome(StrEnum):
    KNOWN = "known"
    NEW = "new"
    DOUBTFUL = "doubtful"


class Ranked(NamedTuple):
    """A candidate weighed: evidence in bits, and the codes of what spoke for and against."""

    key: int
    bits: float
    reasons: tuple[str, ...]


class Decision(NamedTuple):
    """key: the person when known. reasons: why, as codes. ranked: candidates, the likeliest first."""

    outcome: Outcome
    key: int | None
    bits: float
    reasons: tuple[str, ...]
    ranked: tuple[Ranked, ...] = ()
