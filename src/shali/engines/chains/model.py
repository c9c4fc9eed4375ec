"""What a chain of transmission is made of. Days are numbers: days since any fixed day; None where nobody knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a line list. place: what tells its row to a reader; about: anything else, as written."""

    id: str
    onset: float | None = None
    report: float | None = None
    row: int = 0
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contact:
    """One row of a contact list: source is said to have met, and perhaps infected, target."""

    source: str
    target: str
    first: float | None = None
    last: float | None = None
    row: int = 0
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something of the files that a reader should know. kind: one of KINDS; did: what was done about it."""

    kind: str
    file: str
    row: int
    id: str
    column: str
    value: str
    did: str


@dataclass(frozen=True, slots=True)
class Chain:
    """Cases, and for each at most one link to whoever infected it. Generation of a case without a source: 0."""

    cases: tuple[Case, ...]
    links: tuple[Contact, ...]
    source: Mapping[str, str]
    generation: Mapping[str, int]
    root: Mapping[str, str]
    offspring: Mapping[str, int]
    problems: Sequence[Problem]

    @property
    def roots(self) -> list[str]:
        return [case.id for case in self.cases if case.id not in self.source]

    @property
    def by_generation(self) -> list[int]:
        """Return how many cases each generation has, from generation 0 on."""
        counts = [0] * (max(self.generation.values(), default=-1) + 1)
        for one in self.generation.values():
            counts[one] += 1
        return counts

    def serial_intervals(self) -> list[float]:
        """Return the days from onset to onset of the links whose two ends have an onset; some may be negative."""
        onset = {case.id: case.onset for case in self.cases}
        found = []
        for link in self.links:
            before, after = onset[link.source], onset[link.target]
            if before is not None and after is not None:
                found.append(after - before)
        return found
