"""The figures of a unit and of the units just below it, at the present hour and at the same hour of yesterday.

Of the city and of counties the present is added up from sums that the writers keep; of a township and below it is
counted, task by task. Yesterday's figures are counted from what the tasks say now: a task that moved counts for its
owner of today, one that was opened again counts as never closed.
"""

from dataclasses import dataclass
from datetime import datetime

from shali.board.queries.counted import DAY, Figures, counted, yesterday
from shali.board.queries.kept import kept
from shali.board.rules import child_of
from shali.foundation.jurisdictions.queries import children, unit
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.tasks.rules import is_kept


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One row of the table. Kind: "child"; "own", tasks of the unit's own desk; "gone", of units that were closed."""

    path: str
    name: str
    name_en: str
    kind: str
    now: Figures
    before: Figures


@dataclass(frozen=True, slots=True)
class Board:
    """A unit's page: the whole, and its rows in the city's order; the rows add up to the whole."""

    path: str
    name: str
    name_en: str
    level: int
    at: datetime
    now: Figures
    before: Figures
    lines: tuple[UnitLine, ...]


def board(scope: Scope, *, path: str, at: datetime) -> Board:
    """Return a unit's figures at the present hour, beside those of yesterday's same hour.

    at: now; of an hour that is past the sums of the city and of counties know nothing
    :raises NotInScope: the unit is not in the scope
    """
    top = unit(scope, path)
    named = {path: (top.name, top.name_en, "own")}
    named |= {row.path: (row.name, row.name_en, "child") for row in children(scope, path)}
    rows: dict[str, tuple[Figures, Figures]] = {key: (Figures(), Figures()) for key in named}
    gone = (Figures(), Figures())
    whole = (Figures(), Figures())
    present = kept(scope, path, at) if is_kept(path) else counted(scope, path, at, is_past=False)
    for place, found in enumerate((present, yesterday(scope, path, at - DAY))):
        for leaf, figures in found:
            for pair in (rows.get(child_of(leaf, path), gone), whole):
                pair[place].add(figures)
    own = rows.pop(path)
    lines = [UnitLine(key, *named[key], *rows[key]) for key in rows]
    lines += [UnitLine(path, *named[path], *own)] if _says(own) else []
    lines += [UnitLine(path, "", "", "gone", *gone)] if _says(gone) else []
    return Board(path, top.name, top.name_en, top.level, at, *whole, tuple(lines))


def _says(pair: tuple[Figures, Figures]) -> bool:
    return any(one.carried or one.handed_over or one.whole_24 for one in pair)
