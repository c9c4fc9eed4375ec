"""Units that somebody ticks in a form: what he chose so far, and what is offered to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.queries import UnitRow, children, units_at, units_named
from shali.foundation.jurisdictions.rules import above
from shali.foundation.jurisdictions.scope import Scope


@dataclass(frozen=True, slots=True)
class Choice:
    """chosen: ticked so far; offered: right below `inside`, or what a search found; way: from the scope down to it."""

    chosen: tuple[Unit, ...]
    offered: tuple[UnitRow, ...]
    inside: Unit | None
    way: tuple[Unit, ...]
    words: str
    people: int | None


def choice_of(scope: Scope, ticked: Sequence[str], *, inside: str, words: str) -> Choice:
    """Return what is ticked, and what is offered: what a search by words found, else the units right below one."""
    inside = scope.part(inside)
    ticked = [path for path in ticked if scope.holds(path)]
    way = [path for path in above(inside) if scope.holds(path)]
    known = units_at([*ticked, *way])
    chosen = tuple(known[path] for path in sorted(set(ticked)) if path in known)
    found = units_named(scope, words) if words else children(scope, inside)
    taken = {one.path for one in chosen}
    numbers = [one.population for one in chosen]
    return Choice(
        chosen=chosen,
        offered=tuple(one for one in found if one.path not in taken),
        inside=None if words else known.get(inside),
        way=tuple(known[path] for path in way if path in known),
        words=words,
        people=sum(one or 0 for one in numbers) if numbers and all(numbers) else None,
    )
