"""Figures counted task by task, by the owner's path; of the past, what the kept hours know is not counted again."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from threading import Lock
from time import perf_counter

from django.conf import settings

from shali.board.queries.statements import (
    COUNTED,
    FLOWS,
    MINUTES,
    NOT_ACCEPTED_THEN,
    OPEN_AT,
    STANDING,
    STOOD,
)
from shali.board.rules import full_hour
from shali.foundation.clocks import day_of, start_of_day
from shali.foundation.jurisdictions.reading import Row, read
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.tasks.rules import AGE_BANDS, is_kept
from shali.foundation.ui.refusal import NotInScope

DAY = timedelta(hours=24)
# Everything asked below is about tasks that are open, or were closed since: the older ones are not read.
LOOK_BACK = 2 * DAY + timedelta(hours=1)
REMEMBERED_AT_MOST = 200
OPEN_THEN = ("open", "overdue", "soon", "two_hours", "not_accepted", "blocked")


@dataclass(slots=True)
class Figures:
    """One unit at one hour. carried + handed_over - closed = open, or `off_by` says by how much not.

    whole_24, within_24: people handed over in the day of full hours that ended 24 hours ago, and those of them closed
        within 24 hours
    oldest_due: the earliest deadline that is past; last_word: when somebody was last closed or accepted
    """

    carried: int = 0
    handed_over: int = 0
    closed: int = 0
    open: int = 0
    overdue: int = 0
    soon: int = 0
    two_hours: int = 0
    not_accepted: int = 0
    blocked: int = 0
    within_24: int = 0
    whole_24: int = 0
    ages: list[int] = field(default_factory=lambda: [0] * len(AGE_BANDS))
    oldest_due: datetime | None = None
    last_word: datetime | None = None

    @property
    def off_by(self) -> int:
        return self.carried + self.handed_over - self.closed - self.open

    @property
    def on_time(self) -> int:
        return self.open - self.overdue - self.soon

    def add(self, other: "Figures") -> None:
        for name in NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.ages = [a + b for a, b in zip(self.ages, other.ages, strict=True)]
        self.oldest_due = min(filter(None, (self.oldest_due, other.oldest_due)), default=None)
        self.last_word = max(filter(None, (self.last_word, other.last_word)), default=None)


NUMBERS = tuple(one.name for one in fields(Figures) if one.name not in ("ages", "oldest_due", "last_word"))
ByLeaf = list[tuple[str, Figures]]
_remembered: dict[tuple[str, datetime], ByLeaf] = {}
_counting = Lock()


def yesterday(scope: Scope, path: str, at: datetime) -> ByLeaf:
    """Return the figures of a past hour, by the owner's path.

    What was slow to count is kept for its minute: the past does not change while a room looks at it.
    """
    if not scope.holds(path):
        raise NotInScope
    minute = at.replace(second=0, microsecond=0)
    if is_kept(path) and (stood := _stood(path, minute)):
        return _past(scope, path, minute, stood)
    found = _remembered.get((path, minute))
    if found is not None:
        return found
    with _counting:  # one counts, the others of this process wait for his answer
        found = _remembered.get((path, minute))
        if found is not None:
            return found
        began = perf_counter()
        if is_kept(path):
            found = _past(scope, path, at, _open_then(path, at))
        else:
            found = counted(scope, path, at, is_past=True)
        if perf_counter() - began > settings.REMEMBER_SLOWER_THAN:
            _remember((path, minute), found)
    return found


def _stood(path: str, minute: datetime) -> list[Row]:
    """Return what a job kept of a past minute, as OPEN_THEN names it; nothing where it did not."""
    return read(STOOD, path=path, parts=_parts(path), at=minute)


def _open_then(path: str, at: datetime) -> list[Row]:
    """Count what was open at a past hour where no job has, by the owner's path."""
    return read(OPEN_AT, path=path, at=at)


def _past(scope: Scope, path: str, at: datetime, open_then: Iterable[Row]) -> ByLeaf:
    """Return what `counted` does of a past hour, for units whose flows are kept: less is read, task by task.

    open_then: what was open, counted; what came and went is added up from the kept hours, and counted for the last
        minutes
    """
    found: dict[str, Figures] = {}
    for where, *counts, ages, oldest_due in open_then:
        one = Figures(**dict(zip(OPEN_THEN, counts, strict=True)), ages=ages, oldest_due=oldest_due)
        found.setdefault(where, Figures()).add(one)
    for where, one in flows(scope, path, at, until=full_hour(at)):
        found.setdefault(where, Figures()).add(one)
    for where, handed_over, closed in read(MINUTES, path=path, parts=_parts(path), since=full_hour(at), at=at):
        found.setdefault(where, Figures()).add(Figures(handed_over=handed_over, closed=closed))
    return list(found.items())


def flows(scope: Scope, path: str, at: datetime, *, until: datetime | None = None) -> ByLeaf:
    """Return what came and went, from the sums that writers keep, added up for the units just below one.

    until: hours from this one on are left out
    :raises NotInScope: the unit is not in the scope
    """
    if not scope.holds(path):
        raise NotInScope
    rows = read(
        FLOWS,
        path=path,
        parts=_parts(path),
        day=start_of_day(day_of(at)),
        whole=full_hour(at) - 2 * DAY,
        whole_until=full_hour(at) - DAY,
        until=until,
    )
    # Carried out of what came and what went, and not out of what is open: so that the band can say it does not add up.
    names = ("carried", "handed_over", "closed", "whole_24", "within_24", "last_word")
    return [(where, Figures(**dict(zip(names, found, strict=True)))) for where, *found in rows]


def standing(scope: Scope, path: str, at: datetime) -> ByLeaf:
    """Return what is open at the present hour, from the sums that writers keep, for the units just below one.

    :raises NotInScope: the unit is not in the scope
    """
    if not scope.holds(path):
        raise NotInScope
    return [
        (where, Figures(**dict(zip(OPEN_THEN, counts, strict=True)), ages=ages, oldest_due=oldest_due))
        for where, *counts, ages, oldest_due in read(STANDING, path=path, parts=_parts(path), at=at)
    ]


def _parts(path: str) -> int:
    return len(path.split(".")) + 1


def _remember(key: tuple[str, datetime], found: ByLeaf) -> None:
    if len(_remembered) >= REMEMBERED_AT_MOST:
        _remembered.clear()
    for old in [one for one in _remembered if one[0] == key[0]]:
        del _remembered[old]
    _remembered[key] = found


def counted(scope: Scope, path: str, at: datetime, *, is_past: bool) -> ByLeaf:
    """Return the figures at an hour, by the owner's path.

    is_past: acceptance is read from its hour; else from the state, as at the desk (a task in new hands may keep the
        hour of an older acceptance)
    :raises NotInScope: the unit is not in the scope
    """
    if not scope.holds(path):
        raise NotInScope
    day, hour = start_of_day(day_of(at)), full_hour(at)
    found = read(
        COUNTED.format(not_accepted=NOT_ACCEPTED_THEN if is_past else "state = 1"),
        path=path,
        at=at,
        day=day,
        look_back=at - LOOK_BACK,
        whole=hour - 2 * DAY,
        whole_until=hour - DAY,
    )
    names = (*OPEN_THEN, "carried", "handed_over", "closed", "whole_24", "within_24")
    return [
        (where, Figures(**dict(zip(names, counts, strict=True)), ages=ages, oldest_due=oldest_due, last_word=last_word))
        for where, *counts, ages, oldest_due, last_word in found
    ]
