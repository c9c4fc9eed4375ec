"""Figures counted task by task, by the owner's path; of the past, what the kept hours know is not counted again."""

from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from threading import Lock
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db.models import Count, DateTimeField, ExpressionWrapper, F, Max, Min, Q, Sum, Value

from shali.board.rules import AGE_BANDS, full_hour
from shali.foundation.clocks import day_of, start_of_day
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.tasks.models import Flow, Task, TaskState
from shali.foundation.tasks.rules import is_kept
from shali.foundation.ui.refusal import NotInScope

DAY = timedelta(hours=24)
# Everything asked below is about tasks that are open, or were closed since: the older ones are not read.
LOOK_BACK = 2 * DAY + timedelta(hours=1)
MINUTE = timedelta(minutes=1)
REMEMBERED_AT_MOST = 200


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

    @classmethod
    def of_flow(cls, row: dict[str, Any]) -> "Figures":
        # Out of what came and what went, and not out of what is open: so that the band can say it does not add up.
        counts = {name: row[f"n_{name}"] for name in ("handed_over", "closed", "whole_24", "within_24")}
        return cls(carried=row["came"] - row["went"], last_word=row["word"], **counts)

    def add(self, other: "Figures") -> None:
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, int):
                setattr(self, one.name, mine + theirs)
        self.ages = [a + b for a, b in zip(self.ages, other.ages, strict=True)]
        self.oldest_due = min(filter(None, (self.oldest_due, other.oldest_due)), default=None)
        self.last_word = max(filter(None, (self.last_word, other.last_word)), default=None)


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
    found = _remembered.get((path, minute))
    if found is not None:
        return found
    with _counting:  # one counts, the others of this process wait for his answer
        found = _remembered.get((path, minute))
        if found is not None:
            return found
        began = perf_counter()
        found = _past(scope, path, at) if is_kept(path) else counted(scope, path, at, is_past=True)
        if perf_counter() - began > settings.REMEMBER_SLOWER_THAN:
            _remember((path, minute), found)
    return found


def _past(scope: Scope, path: str, at: datetime) -> ByLeaf:
    """Return what `counted` does of a past hour, for units whose flows are kept: less is read, task by task.

    What was open then is counted; what came and went is added up from the kept hours, and counted for the last minutes.
    """
    found: dict[str, Figures] = {}
    names = ("open", "overdue", "soon", "two_hours", "not_accepted", "blocked")
    ages = [f"age{place}" for place in range(len(AGE_BANDS))]
    asked = _asked(at, Q(accepted_at=None) | Q(accepted_at__gt=at))
    asked = {name: asked[name] for name in (*names, *ages, "oldest_due")}
    here = Task.objects.filter(within(path)).order_by().values("path")
    known = Q(handed_over_at__lte=at)
    for open_then in (known & ~Q(state=TaskState.CLOSED), known & Q(state=TaskState.CLOSED, closed_at__gt=at)):
        for row in here.filter(open_then).annotate(**asked):
            counts = {name: row[name] for name in names}
            one = Figures(**counts, ages=[row[name] for name in ages], oldest_due=row["oldest_due"])
            found.setdefault(row["path"], Figures()).add(one)
    for row in flows(scope, path, at, until=full_hour(at)):
        found.setdefault(row["path"], Figures()).add(Figures.of_flow(row))
    minutes = (full_hour(at), at)
    for name, condition in (
        ("handed_over", Q(handed_over_at__range=minutes)),
        ("closed", Q(state=TaskState.CLOSED, closed_at__range=minutes)),
    ):
        for row in here.filter(condition).annotate(n=Count("id")):
            found.setdefault(row["path"], Figures()).add(Figures(**{name: row["n"]}))
    return list(found.items())


def flows(scope: Scope, path: str, at: datetime, *, until: datetime | None = None) -> Any:
    """Return what came and went by township, from the sums that writers keep; see `Figures.of_flow`.

    until: hours from this one on are left out
    :raises NotInScope: the unit is not in the scope
    """
    if not scope.holds(path):
        raise NotInScope
    day = start_of_day(day_of(at))
    past, today = Q(hour__lt=day), Q(hour__gte=day)
    whole = Q(hour__gte=full_hour(at) - 2 * DAY, hour__lt=full_hour(at) - DAY)
    asked = {
        "came": Sum("handed_over", filter=past, default=0),
        "went": Sum("closed", filter=past, default=0),
        "n_handed_over": Sum("handed_over", filter=today, default=0),
        "n_closed": Sum("closed", filter=today, default=0),
        "n_whole_24": Sum("handed_over", filter=whole, default=0),
        "n_within_24": Sum("in_a_day", filter=whole, default=0),
        "word": Max("last_word"),
    }
    hours = Flow.objects.filter(within(path), **({"hour__lt": until} if until else {}))
    return hours.order_by().values("path").annotate(**asked)


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
    not_accepted = Q(accepted_at=None) | Q(accepted_at__gt=at) if is_past else Q(state=TaskState.HANDED_OVER)
    found = (
        Task.objects.filter(within(path))
        .filter(~Q(state=TaskState.CLOSED) | Q(state=TaskState.CLOSED, closed_at__gte=at - LOOK_BACK))
        .order_by()
        .values("path")
        .annotate(**_asked(at, not_accepted))
    )
    return [(row["path"], _figures(row)) for row in found]


def _asked(at: datetime, not_accepted: Q) -> dict[str, Any]:
    day = start_of_day(day_of(at))
    known = Q(handed_over_at__lte=at)
    is_open = known & (Q(closed_at=None) | Q(closed_at__gt=at))
    late = is_open & Q(due_at__lt=at)
    whole = Q(handed_over_at__gte=full_hour(at) - 2 * DAY, handed_over_at__lt=full_hour(at) - DAY)
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
        "whole_24": whole,
        "within_24": whole & Q(closed_at__lte=_plus_24()),
    }
    for place, (low, high) in enumerate(AGE_BANDS):
        aged = is_open & Q(handed_over_at__lte=at - timedelta(hours=low))
        counts[f"age{place}"] = aged & Q(handed_over_at__gt=at - timedelta(hours=high)) if high else aged
    asked: dict[str, Any] = {name: Count("id", filter=condition) for name, condition in counts.items()}
    asked["oldest_due"] = Min("due_at", filter=late)
    asked["last_closed"] = Max("closed_at", filter=Q(closed_at__lte=at))
    asked["last_accepted"] = Max("accepted_at", filter=Q(accepted_at__lte=at))
    return asked


def _plus_24() -> ExpressionWrapper:
    return ExpressionWrapper(F("handed_over_at") + Value(DAY), output_field=DateTimeField())


def _figures(row: dict[str, Any]) -> Figures:
    names = [one.name for one in fields(Figures) if one.name not in ("ages", "oldest_due", "last_word")]
    words = [row["last_closed"], row["last_accepted"]]
    return Figures(
        **{name: row[name] for name in names},
        ages=[row[f"age{place}"] for place in range(len(AGE_BANDS))],
        oldest_due=row["oldest_due"],
        last_word=max(filter(None, words), default=None),
    )
