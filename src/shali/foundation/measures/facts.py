from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MeasureProposed:
    measure: int
    kind: str
    person: int | None
    path: str


@dataclass(frozen=True, slots=True)
class MeasureDecided:
    """A named person has approved a measure; it is in force between its two hours."""

    measure: int
    kind: str
    person: int | None
    path: str


@dataclass(frozen=True, slots=True)
class MeasureRefused:
    measure: int
    kind: str
    person: int | None
    path: str


@dataclass(frozen=True, slots=True)
class MeasureServed:
    measure: int
    how: str
    path: str


@dataclass(frozen=True, slots=True)
class MeasureLifted:
    """The body that imposed a measure has ended it before its hour."""

    measure: int
    kind: str
    person: int | None
    reason: str
    path: str


@dataclass(frozen=True, slots=True)
class AppealLodged:
    appeal: int
    measure: int
    path: str


@dataclass(frozen=True, slots=True)
class AppealDecided:
    appeal: int
    measure: int
    outcome: str
    path: str


@dataclass(frozen=True, slots=True)
class MeasureWithdrawn:
    """A proposal was taken back before anybody decided it."""

    measure: int
    kind: str
    person: int | None
    path: str
