"""What a list's sums do not know: its rows that are not settled, looked at one by one."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shali.foundation.jurisdictions.reading import read
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.policy.rules import due_soon_share
from shali.foundation.ui.paging import PAGE
from shali.verification.models import PushedList
from shali.verification.rules import AGE_BANDS


@dataclass(frozen=True, slots=True)
class Band:
    from_hours: int
    to_hours: int | None
    people: int
    state: str


@dataclass(slots=True)
class Rest:
    """What the rows that are not settled add up to; and the open ones by the hour of their hand-over.

    first: the tasks of the first page of those who are open, and one more, the most pressing on top
    """

    soon: int = 0
    blocked: int = 0
    not_accepted: int = 0
    counted: int = 0
    identified: int = 0
    located: int = 0
    controlled: int = 0
    open_since: dict[datetime, int] = field(default_factory=dict)
    first: list[int] = field(default_factory=list)

    def established(self, settled: int) -> tuple[int, int, int, int]:
        """Return how many have each fact, with those who were struck off with all four."""
        found = (self.counted, self.identified, self.located, self.controlled)
        a, b, c, d = (settled + one for one in found)
        return a, b, c, d


# All people of one list share its hour unless an earlier list asked: so this is a handful of rows. A repeated or
# withdrawn entry asks nothing, and what is settled is in the list's sums. Each row is looked up once, for the sums and
# for the first page of those who are open.
REST = """
with asked as materialized (
  select t.id, t.kind, t.state, t.handed_over_at, t.due_at, t.blocked_since, e.struck_off_at,
    c.counted_id, c.identified_id, c.located_id, c.controlled_id
  from verification_listentry e join tasks_task t on t.id = e.task_id
  left join verification_check c on c.task_id = t.id
  where e.pushed_list_id = %(list)s and (e.struck_off_at is null or e.ending <> 1) and e.duplicate_of_id is null
    and e.ending is distinct from 6 and t.path >= %(path)s and t.path < %(path)s || '/'
)
select handed_over_at,
  count(*) filter (where struck_off_at is null and due_at >= %(at)s
    and handed_over_at <= %(at)s - (due_at - handed_over_at) * %(share)s),
  count(*) filter (where struck_off_at is null and blocked_since is not null),
  count(*) filter (where struck_off_at is null and state = 1),
  count(counted_id), count(identified_id), count(located_id), count(controlled_id),
  count(*) filter (where struck_off_at is null),
  array(
    select id from asked where struck_off_at is null and state <> 3 and kind = 'verification'
    group by due_at, id order by due_at, id limit %(limit)s
  )
from asked group by handed_over_at
"""


def rest_of(scope: Scope, pushed_list: int, *, at: datetime) -> Rest:
    """Return what the rows of a list add up to that its sums do not know."""
    rest = Rest()
    names = ("soon", "blocked", "not_accepted", "counted", "identified", "located", "controlled")
    found = read(REST, list=pushed_list, path=scope.path, at=at, share=due_soon_share(at), limit=PAGE + 1)
    for hour, *counts, still_open, first in found:
        for name, count in zip(names, counts, strict=True):
            setattr(rest, name, getattr(rest, name) + count)
        rest.open_since[hour] = still_open
        rest.first = first
    return rest


def bands(scope: Scope, open_since: dict[datetime, int], one: PushedList, *, at: datetime) -> tuple[Band, ...]:
    """Open people by full hours since hand-over."""
    counts = dict.fromkeys(AGE_BANDS, 0)
    for handed_over_at, people in open_since.items():
        age = (at - handed_over_at) / timedelta(hours=1)
        band = next(b for b in AGE_BANDS if b.from_hours <= age and (b.to_hours is None or age < b.to_hours))
        counts[band] += people
    limit = (one.due_at - one.handed_over_at) / timedelta(hours=1)
    soon = due_soon_share(one.handed_over_at) * limit

    def state(to_hours: int | None) -> str:
        if to_hours is None or to_hours > limit:
            return "overdue"
        return "soon" if to_hours > soon else "ontime"

    return tuple(Band(b.from_hours, b.to_hours, n, state(b.to_hours)) for b, n in counts.items())
