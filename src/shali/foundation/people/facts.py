from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonsMerged:
    """Two records are one person: everything of `lost` now belongs to `kept`."""

    merge: int
    kept: int
    lost: int


@dataclass(frozen=True, slots=True)
class PersonsUnmerged:
    """The two records of a merge stand apart again."""

    merge: int
    kept: int
    lost: int
