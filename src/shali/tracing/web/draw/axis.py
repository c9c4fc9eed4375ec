"""Days on an axis."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str
    is_last: bool
