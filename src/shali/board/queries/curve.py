"""The day hour by hour: how many had been handed over and closed since midnight, today and yesterday."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count
from django.db.models.functions import TruncHour

from shali.foundation.clocks import city_zone, day_of, start_of_day
from shali.foundation.jurisdictions.reading import read
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.tasks.models import Task, TaskState
from shali.foundation.tasks.rules import is_kept
from shali.foundation.ui.refusal import NotInScope

Hours = Counter[tuple[date, int]]


@dataclass(frozen=True, slots=True)
class Curve:
    """Running sums at the end of each hour of the city's day; today's last value is that of the hour asked for."""

    handed_over: tuple[int, ...]
    closed: tuple[int, ...]
    handed_over_before: tuple[int, ...]
    closed_before: tuple[int, ...]


def curve(scope: Scope, *, path: str, at: datetime) -> Curve:
    """Return the curve of a unit's day.

    :raises NotInScope: the unit is not in the scope
    """
    if not scope.holds(path):
        raise NotInScope
    today = day_of(at)
    yesterday = today - timedelta(days=1)
    hours = at.astimezone(city_zone()).hour + 1
    since = start_of_day(yesterday)
    if is_kept(path):
        handed_over, closed = _kept_by_hour(path, since)
    else:
        handed_over, closed = (_by_hour(path, name, since, at) for name in ("handed_over_at", "closed_at"))
    return Curve(
        handed_over=_running(handed_over, today, range(hours)),
        closed=_running(closed, today, range(hours)),
        handed_over_before=_running(handed_over, yesterday, range(24)),
        closed_before=_running(closed, yesterday, range(24)),
    )


KEPT_HOURS = """
select hour, sum(handed_over), sum(closed) from tasks_flow
where path >= %(path)s and path < %(path)s || '/' and hour >= %(since)s group by hour
"""


def _kept_by_hour(path: str, since: datetime) -> tuple[Hours, Hours]:
    handed_over, closed = Hours(), Hours()
    for hour, came, went in read(KEPT_HOURS, path=path, since=since):
        here = hour.astimezone(city_zone())
        handed_over[(here.date(), here.hour)] += came
        closed[(here.date(), here.hour)] += went
    return handed_over, closed


def _by_hour(path: str, column: str, since: datetime, until: datetime) -> Hours:
    # The index of what was closed holds closed tasks alone, and is used where the question says so.
    kept = {"state": TaskState.CLOSED} if column == "closed_at" else {}
    found = (
        Task.objects.filter(within(path), handed_over_at__lte=until, **kept)
        .filter(**{f"{column}__gte": since, f"{column}__lte": until})
        .order_by()
        .values(hour=TruncHour(column, tzinfo=city_zone()))
        .annotate(count=Count("id"))
    )
    return Hours({(row["hour"].date(), row["hour"].hour): row["count"] for row in found})


def _running(counted: Hours, day: date, hours: Iterable[int]) -> tuple[int, ...]:
    total, result = 0, []
    for hour in hours:
        total += counted[(day, hour)]
        result.append(total)
    return tuple(result)
