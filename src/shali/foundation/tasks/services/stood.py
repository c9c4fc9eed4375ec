"""Yesterday's minute that the walls of the city and of the counties are about to show, counted once for all of them."""

from datetime import datetime, timedelta

from django.db import connection

from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.tasks.models import Stood
from shali.foundation.tasks.rules import AGE_BANDS

DAY, MINUTE = timedelta(hours=24), timedelta(minutes=1)
KEPT = timedelta(minutes=30)
ORDER = (
    "array["
    + ", ".join(
        f"count(*) filter (where age >= interval '{low} hours'"
        + (f" and age < interval '{high} hours')" if high else ")")
        for low, high in AGE_BANDS
    )
    + "]"
)
# What is open still, and what was closed since, each along its own index.
COUNT = f"""
insert into tasks_stood (path, at, open, overdue, soon, two_hours, not_accepted, blocked, ages, oldest_due)
select tasks_township(path), %(at)s, count(*), count(*) filter (where due_at < %(at)s),
  count(*) filter (where due_at between %(at)s and %(at)s + interval '6 hours'),
  count(*) filter (where due_at between %(at)s and %(at)s + interval '2 hours'),
  count(*) filter (where accepted_at is null or accepted_at > %(at)s),
  count(*) filter (where blocked_since <= %(at)s),
  to_jsonb({ORDER}), min(due_at) filter (where due_at < %(at)s)
from (
  select *, %(at)s - handed_over_at as age from tasks_task where state <> 3 and handed_over_at <= %(at)s
  union all
  select *, %(at)s - handed_over_at from tasks_task
  where state = 3 and closed_at > %(at)s and handed_over_at <= %(at)s
) as open_then
group by 1
on conflict do nothing
"""  # noqa: S608  constants of this file


def keep_yesterday(*, at: datetime) -> int:
    """Count how every township's tasks stood a day before this minute and before the next; return how many rows.

    The next minute's is ready when it begins. What is older than half an hour is removed.
    """
    minute = at.replace(second=0, microsecond=0)
    with in_scope(system_scope("stood")), connection.cursor() as cursor:
        rows = 0
        for one in (minute - DAY, minute + MINUTE - DAY):
            if not Stood.objects.filter(at=one).exists():
                cursor.execute(COUNT, {"at": one})
                rows += cursor.rowcount
        Stood.objects.filter(at__lt=minute - DAY - KEPT).delete()
    return rows
