from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RowSettled:
    """A row of a batch means this person. `division` is the deepest one its address names, or ''."""

    batch: int
    row: int
    person: int
    division: str


@dataclass(frozen=True, slots=True)
class BatchSettled:
    """Every row of a batch is accounted for (doubtful ones wait in the review queue)."""

    batch: int


@dataclass(frozen=True, slots=True)
class BatchUndone:
    batch: int


@dataclass(frozen=True, slots=True)
class IdentityAsked:
    """It cannot be told from the register who a row means: `person`'s document has to be seen in person."""

    batch: int
    row: int
    person: int


@dataclass(frozen=True, slots=True)
class IdentityNotAsked:
    """The question was taken back, or decided without its answer."""

    batch: int
    row: int


@dataclass(frozen=True, slots=True)
class IdentityFound:
    """What came back from the door: `found` is a code of `Found`, never a number."""

    batch: int
    row: int
    found: str


@dataclass(frozen=True, slots=True)
class RowReviewed:
    """Somebody said who a doubtful row means: `person` answers for it now."""

    batch: int
    row: int
    person: int
