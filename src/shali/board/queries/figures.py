"""The figures of a unit and of the units just below it, at an hour and at the same hour of yesterday.

One grouped query by the owner's path, climbed in Python. Yesterday's figures are recounted from what the tasks say
now: a task that moved counts for its owner of today, one that was reopened counts as never closed.
"""

from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q

from shali.board.rules import AGE_BANDS, child_of
from shali.foundation.clocks import day_of, start_of_day
from shali.foundation.jurisdictions.queries import children, unit
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.tasks.models import Task, TaskState

DAY = timedelta(hours=24)
# Everything asked below is about tasks that are open, or were closed since: the older ones are not read.
LOOK_BACK = 3 * DAY


@dataclass(slots=True)
class Figures:
    """One unit at one hour. carried + handed_over - closed = open, or `off_by` says by how much not.

    within_24, whole_24: people handed over in the day that ended 24 hours ago, and those of them closed within 24 hours
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
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, int):
                setattr(self, one.name, mine + theirs)
        self.ages = [a + b for a, b in zip(self.ages, other.ages, strict=True)]
        self.oldest_due = min(filter(None, (self.oldest_due, other.oldest_due)), default=None)
        self.last_word = max(filter(None, (self.last_word, other.last_word)), default=None)


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
    """Return a unit's figures at an hour, beside those of yesterday's same hour.

    :raises NotInScope: the unit is not in the scope
    """
    top = unit(scope, path)
    named = {path: (top.name, top.name_en, "own")}
    named |= {row.path: (row.name, row.name_en, "child") for row in children(scope, path)}
    rows: dict[str, tuple[Figures, Figures]] = {key: (Figures(), Figures()) for key in named}
    gone = (Figures(), Figures())
    whole = (Figures(), Figures())
    for leaf, now, before in _by_leaf(path, at):
        for pair in (rows.get(child_of(leaf, path), gone), whole):
            pair[0].add(now)
            pair[1].add(before)
    own = rows.pop(path)
    lines = [UnitLine(key, *named[key], *rows[key]) for key in rows]
    lines += [UnitLine(path, *named[path], *own)] if _says(own) else []
    lines += [UnitLine(path, "", "", "gone", *gone)] if _says(gone) else []
    return Board(path, top.name, top.name_en, top.level, at, *whole, tuple(lines))


def _says(pair: tuple[Figures, Figures]) -> bool:
    return any(one.carried or one.handed_over or one.whole_24 for one in pair)


def _by_leaf(path: str, at: datetime) -> list[tuple[str, Figures, Figures]]:
    # A task in new hands may keep the hour of an older acceptance: now, its state says it, as at the desk.
    before = Q(accepted_at=None) | Q(accepted_at__gt=at - DAY)
    asked = _asked(at, "n_", Q(state=TaskState.HANDED_OVER)) | _asked(at - DAY, "b_", before)
    found = (
        Task.objects.filter(within(path))
        .filter(~Q(state=TaskState.CLOSED) | Q(state=TaskState.CLOSED, closed_at__gte=at - LOOK_BACK))
        .order_by()
        .values("path")
        .annotate(**asked)
    )
    return [(row["path"], _figures(row, "n_"), _figures(row, "b_")) for row in found]


def _asked(at: datetime, mark: str, not_accepted: Q) -> dict[str, Any]:
    day = start_of_day(day_of(at))
    known = Q(handed_over_at__lte=at)
    is_open = known & (Q(closed_at=None) | Q(closed_at__gt=at))
    late = is_open & Q(due_at__lt=at)
    counted_24 = Q(handed_over_at__gt=at - 2 * DAY, handed_over_at__lte=at - DAY)
    counts = {
        "carried": Q(handed_over_at__lt=day) & (Q(closed_at=None) | Q(closed_at__gte=day)),
        "handed_over": known & Q(handed_over_at__gte=day),
        "closed": known & Q(closed_at__gte=day, closed_at__lte=at),
        "open": is_open,
        "overdue": late,
        "soon": is_open & Q(due_at__gte=at, due_at__lte=at + timedelta(hours=6)),
        "two_hours": is_open & Q(due_at__gte=at, due_at__lte=at + timedelta(hours=2)),
        "not_accepted": is_open & not_accepted,
        "blocked": is_open & Q(blocked_since__lte=at),
        "whole_24": counted_24,
        "within_24": counted_24 & Q(closed_at__lte=_plus_24()),
    }
    for place, (low, high) in enumerate(AGE_BANDS):
        aged = is_open & Q(handed_over_at__lte=at - timedelta(hours=low))
        counts[f"age{place}"] = aged & Q(handed_over_at__gt=at - timedelta(hours=high)) if high else aged
    asked: dict[str, Any] = {mark + name: Count("id", filter=condition) for name, condition in counts.items()}
    asked[mark + "oldest_due"] = Min("due_at", filter=late)
    asked[mark + "last_closed"] = Max("closed_at", filter=Q(closed_at__lte=at))
    asked[mark + "last_accepted"] = Max("accepted_at", filter=Q(accepted_at__lte=at))
    return asked


def _plus_24() -> Any:
    from django.db.models import DateTimeField, ExpressionWrapper, F, Value

    return ExpressionWrapper(F("handed_over_at") + Value(DAY), output_field=DateTimeField())


def _figures(row: dict[str, Any], mark: str) -> Figures:
    names = [one.name for one in fields(Figures) if one.name not in ("ages", "oldest_due", "last_word")]
    words = [row[mark + "last_closed"], row[mark + "last_accepted"]]
    return Figures(
        **{name: row[mark + name] for name in names},
        ages=[row[f"{mark}age{place}"] for place in range(len(AGE_BANDS))],
        oldest_due=row[mark + "oldest_due"],
        last_word=max(filter(None, words), default=None),
    )
