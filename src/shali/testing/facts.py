from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RoundOpened:
    round: int
    people: int
    path: str


@dataclass(frozen=True, slots=True)
class RoundClosed:
    round: int
    path: str


@dataclass(frozen=True, slots=True)
class PoolSuspect:
    """A tube of several people was positive or doubtful: each of them owes a single sample."""

    tube: int
    people: int
    path: str


@dataclass(frozen=True, slots=True)
class PersonTestedPositive:
    """A single sample of a person was positive. reference: public number of the result."""

    person: int
    taken_at: datetime
    reference: str
    path: str


@dataclass(frozen=True, slots=True)
class StationForked:
    """Two devices spoke with the key of one station: what they sent is kept apart until somebody decides."""

    station: int
    path: str


@dataclass(frozen=True, slots=True)
class StationCopyTaken:
    """A desk handed in the file of a device's second copy. Each line is fresh, known, kept apart or wrong."""

    station: int
    fresh: int
    known: int
    apart: int
    wrong: int
    path: str
