from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class DocumentClaim:
    """A numbered document. trusted: its structure and check digit hold; an ruined or mistyped number is not trusted."""

    kind: str
    number: str
    trusted: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """What one record says of somebody. division: 12-digit code of the deepest division that the address names."""

    name: str | None = None
    sex: str | None = None  # "male", "female"
    birth_on: date | None = None
    documents: tuple[DocumentClaim, ...] = ()
    phones: tuple[str, ...] = ()
    address: str | None = None
    division: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A registered person, under the key by which the caller knows him."""

    key: int
    claim: Claim


class Outcome(StrEnum):
    KNOWN = "known"
    NEW = "new"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate weighed: evidence in bits, and the codes of what spoke for and against."""

    key: int
    bits: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """key: the person when known. reasons: why, as codes. ranked: candidates, the likeliest first."""

    outcome: Outcome
    key: int | None
    bits: float
    reasons: tuple[str, ...]
    ranked: tuple[Ranked, ...] = field(default_factory=tuple)
