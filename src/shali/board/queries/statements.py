"""The questions of the wall. Each but the last two adds up for the units just below one: `parts` is their depth."""

from shali.foundation.tasks.rules import AGE_BANDS

HERE = "path >= %(path)s and path < %(path)s || '/'"
CHILD = "array_to_string((string_to_array(path, '.'))[:%(parts)s], '.')"
NOT_ACCEPTED_THEN = "accepted_at is null or accepted_at > %(at)s"


def _ages(what: str, condition: str) -> str:
    """Return an array of sums by hours since the hand-over. condition: what else a row must be."""
    bands = []
    for low, high in AGE_BANDS:
        aged = f"handed_over_at <= %(at)s - interval '{low} hours'"
        aged += f" and handed_over_at > %(at)s - interval '{high} hours'" if high else ""
        bands.append(f"coalesce({what} filter (where {condition} and {aged}), 0)")
    return f"array[{', '.join(bands)}]"


def _open(what: str, condition: str, *, named: bool = False) -> str:
    """Return sums of what is open: all, overdue, due within six hours and within two."""
    ends = {
        "open": "true",
        "overdue": "due_at < %(at)s",
        "soon": "due_at between %(at)s and %(at)s + interval '6 hours'",
        "two_hours": "due_at between %(at)s and %(at)s + interval '2 hours'",
    }
    return ", ".join(
        f"coalesce({what} filter (where {condition} and {end}), 0)" + (f" as {name}" if named else "")
        for name, end in ends.items()
    )


# Summed up by township first: cutting a path to that of the unit above takes longer than the sums of its row.
STANDING = f"""
select {CHILD}, sum(open), sum(overdue), sum(soon), sum(two_hours), sum(not_accepted), sum(blocked),
  array[{", ".join(f"sum(ages[{place + 1}])" for place in range(len(AGE_BANDS)))}], min(oldest_due)
from (
  select path, {_open("sum(open)", "true", named=True)}, sum(not_accepted) as not_accepted, sum(blocked) as blocked,
    {_ages("sum(open)", "true")} as ages, min(due_at) filter (where due_at < %(at)s) as oldest_due
  from tasks_standing where {HERE} and open <> 0 group by path
) as townships group by 1
"""  # noqa: S608  constants of this file
STOOD = f"""
select {CHILD}, sum(open), sum(overdue), sum(soon), sum(two_hours), sum(not_accepted), sum(blocked),
  array[{", ".join(f"sum((ages->{place})::int)" for place in range(len(AGE_BANDS)))}], min(oldest_due)
from tasks_stood where {HERE} and at = %(at)s group by 1
"""  # noqa: S608
FLOWS = f"""
select {CHILD}, sum(carried), sum(handed_over), sum(closed), sum(whole), sum(within), max(last_word)
from (
  select path, sum(handed_over - closed) as carried, 0 as handed_over, 0 as closed, 0 as whole, 0 as within,
    max(last_word) as last_word
  from tasks_flow where {HERE} and hour < %(day)s group by path
  union all
  select path, 0, coalesce(sum(handed_over) filter (where hour >= %(day)s), 0),
    coalesce(sum(closed) filter (where hour >= %(day)s), 0),
    coalesce(sum(handed_over) filter (where hour < %(whole_until)s), 0),
    coalesce(sum(in_a_day) filter (where hour < %(whole_until)s), 0),
    max(last_word)
  from tasks_flow
  where {HERE} and hour >= %(whole)s and (%(until)s::timestamptz is null or hour < %(until)s) group by path
) as townships group by 1
"""  # noqa: S608
MINUTES = f"""
select {CHILD}, count(*), 0 from tasks_task where {HERE} and handed_over_at between %(since)s and %(at)s group by 1
union all
select {CHILD}, 0, count(*) from tasks_task
where {HERE} and state = 3 and closed_at between %(since)s and %(at)s group by 1
"""  # noqa: S608
_THEN = "handed_over_at <= %(at)s and (closed_at is null or closed_at > %(at)s)"
_OPEN_THEN = f"""
{_open("count(*)", _THEN)}, count(*) filter (where {_THEN} and ({{not_accepted}})),
count(*) filter (where {_THEN} and blocked_since <= %(at)s)
"""
_OLDEST = f"min(due_at) filter (where {_THEN} and due_at < %(at)s)"
# What is open still, and what was closed since, each along its own index.
OPEN_AT = f"""
select path, {_OPEN_THEN.format(not_accepted=NOT_ACCEPTED_THEN)}, {_ages("count(*)", _THEN)}, {_OLDEST}
from (
  select * from tasks_task where {HERE} and handed_over_at <= %(at)s and state <> 3
  union all select * from tasks_task where {HERE} and handed_over_at <= %(at)s and state = 3 and closed_at > %(at)s
) as tasks group by path
"""  # noqa: S608
COUNTED = f"""
select path, {_OPEN_THEN},
  count(*) filter (where handed_over_at < %(day)s and (closed_at is null or closed_at >= %(day)s)),
  count(*) filter (where handed_over_at between %(day)s and %(at)s),
  count(*) filter (where handed_over_at <= %(at)s and closed_at between %(day)s and %(at)s),
  count(*) filter (where handed_over_at >= %(whole)s and handed_over_at < %(whole_until)s),
  count(*) filter (where handed_over_at >= %(whole)s and handed_over_at < %(whole_until)s
    and closed_at <= handed_over_at + interval '24 hours'),
  {_ages("count(*)", _THEN)}, {_OLDEST},
  greatest(max(closed_at) filter (where closed_at <= %(at)s), max(accepted_at) filter (where accepted_at <= %(at)s))
from tasks_task where {HERE} and (state <> 3 or (state = 3 and closed_at >= %(look_back)s)) group by path
"""  # noqa: S608
