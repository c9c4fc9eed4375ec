"""Figures of lists by unit, from tallies that triggers keep in the transaction of whoever changes a row."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet, Sum

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


def tallies(scope: Scope, *, lists: Iterable[int], at: datetime) -> dict[int, Sums]:
    """Return the figures of lists within a scope, by the list's row; one query however many people they have."""
    found = (
        _of(scope)
        .filter(pushed_list_id__in=list(lists))
        .order_by()
        .values("pushed_list_id")
        .annotate(n=Sum("people"), still=Sum("open"), late=Sum("open", filter=Q(due_at__lt=at), default=0))
    )
    return {row["pushed_list_id"]: Sums(row["n"], row["still"], row["late"]) for row in found}


def by_path(scope: Scope, *, pushed_list: int, at: datetime) -> list[tuple[str, Sums]]:
    """Return a list's figures by unit: fine enough for the units just below the scope."""
    found = (
        _of(scope, parts=len(scope.path.split(".")) + 1)
        .filter(pushed_list_id=pushed_list)
        .order_by()
        .values("path")
        .annotate(
            n=Sum("people"),
            still=Sum("open"),
            late=Sum("open", filter=Q(due_at__lt=at), default=0),
            four=Sum("four_facts"),
        )
    )
    return [(row["path"], Sums(row["n"], row["still"], row["late"], row["four"])) for row in found if row["n"]]


def has_people_of(scope: Scope, *, pushed_list: int) -> bool:
    """Say whether somebody on the list is within the scope."""
    return _of(scope).filter(pushed_list_id=pushed_list, entries__gt=0).exists()


def _of(scope: Scope, *, parts: int = 0) -> QuerySet[ListTally]:
    """Rows that add up to the scope: townships' where that is fine enough, else the owners' own.

    parts: how deep the paths must tell units apart; the scope's own depth by default
    """
    is_wide = (parts or len(scope.path.split("."))) <= TOWNSHIP_PARTS
    grain = ListTally.Grain.TOWNSHIP if is_wide else ListTally.Grain.OWNER
    return ListTally.objects.filter(within(scope.path), grain=grain)


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
