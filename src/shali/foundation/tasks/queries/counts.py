"""How many tasks each filter of the desk holds, in one statement."""

from datetime import datetime, timedelta

from shali.foundation.clocks import day_of, start_of_day
from shali.foundation.jurisdictions.reading import read
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.tasks.rules import is_kept

# Of the city and of counties the writers keep sums; what lies below is counted, task by task.
KEPT = """
select coalesce(sum(open), 0), coalesce(sum(open) filter (where due_at < %(at)s), 0),
  coalesce(sum(open) filter (where due_at between %(at)s and %(at)s + interval '6 hours'), 0),
  coalesce(sum(open) filter (where due_at between %(at)s and %(at)s + interval '2 hours'), 0),
  coalesce(sum(not_accepted), 0), coalesce(sum(blocked), 0),
  (select coalesce(sum(closed), 0) from tasks_flow
   where path >= %(path)s and path < %(path)s || '/' and hour >= %(today)s)
from tasks_standing where path >= %(path)s and path < %(path)s || '/' and open <> 0
"""
COUNTED = """
select count(*), count(*) filter (where due_at < %(at)s),
  count(*) filter (where due_at between %(at)s and %(at)s + interval '6 hours'),
  count(*) filter (where due_at between %(at)s and %(at)s + interval '2 hours'),
  count(*) filter (where state = 1), count(blocked_since),
  (select count(*) from tasks_task
   where path >= %(path)s and path < %(path)s || '/' and state = 3 and closed_at >= %(today)s)
from tasks_task where path >= %(path)s and path < %(path)s || '/' and state <> 3
"""
# What the post itself, and the unit's own desk, have to answer.
OWN = """
select
  (select count(*) from tasks_task
   where path >= %(path)s and path < %(path)s || '/' and state <> 3 and assignee_id = %(post)s),
  (select count(*) from tasks_task t where state <> 3 and exists (
     select from tasks_transfer x
     where x.task_id = t.id and x.state = 1 and x.to_path >= %(scope)s and x.to_path < %(scope)s || '/')),
  (select count(*) from tasks_transfer x join tasks_task t on t.id = x.task_id
   where x.state = 4 and x.arbiter_path = %(scope)s
     and t.path >= %(path)s and t.path < %(path)s || '/' and t.state <> 3),
  (select count(*) from tasks_task t
   where t.id = any(array(select r.task_id from tasks_reminder r where r.to_path = %(scope)s and r.at > %(since)s))
     and t.path >= %(path)s and t.path < %(path)s || '/' and t.state <> 3)
"""
NAMES = (
    *("open", "overdue", "soon", "next_two_hours", "not_accepted", "blocked", "closed_today"),
    *("mine", "to_answer", "to_arbitrate", "told"),
)


def counts(scope: Scope, *, unit: str = "", at: datetime) -> dict[str, int]:
    """Return how many tasks each filter of `desk.WHICH` holds, by the filter's name."""
    path = scope.part(unit)
    return counts_of(scope, path, KEPT if is_kept(path) else COUNTED, at=at)


def counts_of(scope: Scope, path: str, standing: str, *, at: datetime) -> dict[str, int]:
    """Return the counts of a unit within the scope out of KEPT or COUNTED: both say the same."""
    [row] = read(
        f"select * from ({standing}) as standing, ({OWN}) as own",  # noqa: S608  constants of this file
        path=path,
        scope=scope.path,
        post=scope.post or 0,
        at=at,
        today=start_of_day(day_of(at)),
        since=at - timedelta(hours=24),
    )
    return dict(zip(NAMES, row, strict=True))
