from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListOpened:
    """A pushed list's people were handed over to their units."""

    pushed_list: int
    people: int


@dataclass(frozen=True, slots=True)
class ListClosed:
    """Everybody on the list was struck off."""

    pushed_list: int


@dataclass(frozen=True, slots=True)
class FindingRecorded:
    task: int
    finding: int
    fact: int
    establishes: bool


@dataclass(frozen=True, slots=True)
class PersonStruckOff:
    """One asker was answered: the person's check ended lawfully."""

    pushed_list: int
    entry: int
    task: int
    ending: int


@dataclass(frozen=True, slots=True)
class AnomalyRaised:
    anomaly: int
    task: int
    kind: int
    path: str
