"""Figures of lists by unit, from tallies that triggers keep in the transaction of whoever changes a row."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from shali.foundation.jurisdictions.reading import read
from shali.foundation.jurisdictions.scope import Scope, within
from shali.verification.models import ListTally

TOWNSHIP_PARTS = 3
Key = tuple[int, int, str, datetime]
RECOUNT = """
select e.pushed_list_id, g.grain, g.path, t.due_at, count(*),
  count(*) filter (where e.duplicate_of_id is null and e.ending is distinct from 6),
  count(*) filter (where e.duplicate_of_id is null and e.struck_off_at is null),
  count(*) filter (where e.duplicate_of_id is null and e.ending = 1)
from verification_listentry e join tasks_task t on t.id = e.task_id
cross join lateral (values (1, t.path), (2, verification_township(t.path))) as g (grain, path)
where t.path >= %s and t.path < %s || '/'
group by 1, 2, 3, 4
"""


@dataclass(frozen=True, slots=True)
class Sums:
    people: int = 0
    open: int = 0
    overdue: int = 0
    four_facts: int = 0


# Rows that add up to the scope: townships' where that is fine enough, else the owners' own.
OF_LISTS = """
select pushed_list_id, sum(people), sum(open), coalesce(sum(open) filter (where due_at < %(at)s), 0)
from verification_listtally
where path >= %(path)s and path < %(path)s || '/' and grain = %(grain)s and pushed_list_id = any(%(lists)s)
group by pushed_list_id
"""
BY_PATH = """
select path, sum(people), sum(open), coalesce(sum(open) filter (where due_at < %(at)s), 0), sum(four_facts)
from verification_listtally
where path >= %(path)s and path < %(path)s || '/' and grain = %(grain)s and pushed_list_id = %(list)s
group by path having sum(people) <> 0
"""
HAS_PEOPLE = """
select exists (
  select from verification_listtally
  where path >= %(path)s and path < %(path)s || '/' and grain = %(grain)s and pushed_list_id = %(list)s and entries > 0
)
"""


def tallies(scope: Scope, *, lists: Iterable[int], at: datetime) -> dict[int, Sums]:
    """Return the figures of lists within a scope, by the list's row; one query however many people they have."""
    found = read(OF_LISTS, path=scope.path, grain=_grain(scope), lists=list(lists), at=at)
    return {number: Sums(*sums) for number, *sums in found}


def by_path(scope: Scope, *, pushed_list: int, at: datetime) -> list[tuple[str, Sums]]:
    """Return a list's figures by unit: fine enough for the units just below the scope."""
    grain = _grain(scope, parts=len(scope.path.split(".")) + 1)
    found = read(BY_PATH, path=scope.path, grain=grain, list=pushed_list, at=at)
    return [(path, Sums(*sums)) for path, *sums in found]


def has_people_of(scope: Scope, *, pushed_list: int) -> bool:
    """Say whether somebody on the list is within the scope."""
    [[found]] = read(HAS_PEOPLE, path=scope.path, grain=_grain(scope), list=pushed_list)
    return bool(found)


def _grain(scope: Scope, *, parts: int = 0) -> int:
    """Return whose rows add up to the scope. parts: how deep the paths must tell units apart; its own depth else."""
    is_wide = (parts or len(scope.path.split("."))) <= TOWNSHIP_PARTS
    return (ListTally.Grain.TOWNSHIP if is_wide else ListTally.Grain.OWNER).value


def differences(scope: Scope) -> dict[Key, tuple[tuple[int, ...], tuple[int, ...]]]:
    """Return the tallies of a scope that differ from a recount, as (kept, counted); none, or something is broken."""
    nothing = (0, 0, 0, 0)
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT, [scope.path, scope.path])
        counted = {(row[0], row[1], row[2], row[3]): tuple(row[4:]) for row in cursor.fetchall()}
    rows = ListTally.objects.filter(within(scope.path)).values_list(
        "pushed_list_id", "grain", "path", "due_at", "entries", "people", "open", "four_facts"
    )
    kept = {(row[0], row[1], row[2], row[3]): tuple(row[4:]) for row in rows}
    return {
        key: (kept.get(key, nothing), counted.get(key, nothing))
        for key in kept.keys() | counted.keys()
        if kept.get(key, nothing) != counted.get(key, nothing)
    }
