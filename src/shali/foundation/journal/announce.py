"""Facts are announced in batches of one type, written down with their cause, and what follows from them runs at once.

What follows stands in `protocols/table.py`, which hands its table to this module at start-up: the journal lies
below every room that announces, so it knows no reaction by name. Reactions run in the writer's transaction:
"the row was settled" and "its task was opened" are both true or neither is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction

from shali.foundation.journal.models import Fact as FactRow
from shali.foundation.jurisdictions.rows import insert_rows, next_ids


@dataclass(frozen=True, slots=True)
class Announced:
    """Facts as written down: `numbers[i]` is the journal's number of `facts[i]`, the cause of what follows."""

    facts: Sequence[Any]  # frozen dataclasses of one type; the types are the rooms' own
    numbers: Sequence[int]
    by: str
    at: datetime


Reaction = Callable[[Announced], None]


@dataclass(slots=True)
class _Table:
    reactions: Mapping[type, tuple[Reaction, ...]] = field(default_factory=dict)


_table = _Table()


class UnknownFact(Exception):
    """A fact type that the table of reactions does not name; `()` there says on purpose that nothing follows."""


def use_table(reactions: Mapping[type, tuple[Reaction, ...]]) -> None:
    _table.reactions = reactions


def announce(
    facts: Sequence[Any], *, by: str, at: datetime, causes: Sequence[int | None] | int | None = None
) -> list[int]:
    """Write down facts of one type and run what follows from them, in the caller's transaction.

    causes: the journal's numbers of the facts that these follow from, one for all or one each
    :raises UnknownFact: the type has no line in the table of reactions
    """
    if not facts:
        return []
    kind = type(facts[0])
    if kind not in _table.reactions:
        raise UnknownFact(f"{kind.__name__} has no line in protocols/table.py")
    if not isinstance(causes, Sequence):
        causes = [causes] * len(facts)
    with transaction.atomic():
        numbers = next_ids("journal_fact", count=len(facts))
        _write(kind, numbers, facts, causes, by=by, at=at)
        announced = Announced(facts=facts, numbers=numbers, by=by, at=at)
        for reaction in _table.reactions[kind]:
            reaction(announced)
    return numbers


def _write(
    kind: type, numbers: list[int], facts: Sequence[Any], causes: Sequence[int | None], *, by: str, at: datetime
) -> None:
    plain = (orjson.dumps(fact).decode() for fact in facts)
    insert_rows(
        FactRow,
        ("id", "cause_id", "payload"),
        zip(numbers, causes, plain, strict=True),
        same={"kind": kind.__name__, "at": at, "by": by},
    )
