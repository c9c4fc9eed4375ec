"""A team's walk made ready: doors put together to the stops at which one goes from floor to floor."""

from dataclasses import dataclass
from itertools import groupby

from shali.testing.queries import words
from shali.testing.queries.homes import VisitRow, WalkView
from shali.testing.rules.doors import Door


@dataclass(frozen=True, slots=True)
class Stop:
    """metres: from the stop before; guess: in words, from what its place was taken where it is not its own."""

    number: int
    door: Door
    unit: VisitRow
    metres: float
    guess: str
    rows: tuple[tuple[VisitRow, str], ...]
    left: int


def stops_of(view: WalkView) -> list[Stop]:
    """Return the stops of a walk in their order; who was sampled meanwhile stays in his place."""
    found: list[Stop] = []
    for _key, group in groupby(view.rows, key=lambda one: (one.unit, one.door.stop)):
        rows = tuple(group)
        said = tuple((one, str(words.VISIT_OUTCOMES.get(one.outcome, one.outcome))) for one in rows)
        guess = str(words.GUESSES.get(rows[0].known, ""))
        left = sum(not one.outcome for one in rows)
        found.append(Stop(len(found) + 1, rows[0].door, rows[0], rows[0].metres, guess, said, left))
    return found
