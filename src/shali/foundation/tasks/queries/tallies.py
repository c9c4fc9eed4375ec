"""Sums by township that triggers keep in the transaction of whoever changes a task, and their recount."""

from django.db import connection

from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.tasks.models import Flow, Standing

STANDING = """
select tasks_township(path), kind, handed_over_at, due_at,
  count(*), count(*) filter (where state = 1), count(*) filter (where blocked_since is not null)
from tasks_task where state <> 3 and path >= %s and path < %s || '/' group by 1, 2, 3, 4
"""
FLOW = """
select tasks_township(path), kind, date_trunc('hour', at, 'UTC'), sum(came)::int, sum(went)::int, sum(in_time)::int
from (
  select path, kind, handed_over_at as at, 1 as came, 0 as went,
    coalesce(closed_at <= handed_over_at + interval '24 hours', false)::int as in_time
  from tasks_task
  union all select path, kind, closed_at, 0, 1, 0 from tasks_task where closed_at is not null
) as flows where path >= %s and path < %s || '/' group by 1, 2, 3
"""


def differences(scope: Scope) -> dict[tuple[object, ...], tuple[object, object]]:
    """Return the sums of a scope that differ from a recount, as (kept, counted); none, or something is broken."""
    found: dict[tuple[object, ...], tuple[object, object]] = {}
    for name, sql, rows in (
        (
            "standing",
            STANDING,
            Standing.objects.values_list("path", "kind", "handed_over_at", "due_at", "open", "not_accepted", "blocked"),
        ),
        ("flow", FLOW, Flow.objects.values_list("path", "kind", "hour", "handed_over", "closed", "in_a_day")),
    ):
        keys = 4 if name == "standing" else 3
        with connection.cursor() as cursor:
            cursor.execute(sql, [scope.path, scope.path])
            counted = {row[:keys]: row[keys:] for row in cursor.fetchall()}
        kept = {row[:keys]: row[keys:] for row in rows.filter(within(scope.path))}
        nothing = (0, 0, 0)
        for key in kept.keys() | counted.keys():
            pair = (kept.get(key, nothing), counted.get(key, nothing))
            if pair[0] != pair[1]:
                found[(name, *key)] = pair
    return found
