"""Rounds: the list, one round on a page, its curve, its points, and its units by how many are left."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.policy.rules import number
from shali.testing.models import Round
from shali.testing.queries.balance import balance
from shali.testing.queries.find import round_in_scope
from shali.testing.rules import Balance, RoundState, clean_in_a_row, forecast_end

CURVE = """
select date_bin('15 minutes', e.sampled_at, timestamptz '2020-01-01') as slot, count(*)
from testing_expected e
where e.round_id = %s and not e.guest and e.sampled_at is not null and e.path >= %s and e.path < %s || '/'
group by slot order by slot
"""
UNITS = """
select u.path, u.name, u.name_en, count(*), count(*) filter (where e.standing <> 0),
  count(*) filter (where e.standing = 0 and e.exempt = '' and e.missing = '')
from testing_expected e join jurisdictions_unit u on e.path >= u.path and e.path < u.path || '/'
where e.round_id = %s and not e.guest and u.parent_id = (select id from jurisdictions_unit where path = %s)
group by u.path, u.name, u.name_en, u.place
order by count(*) filter (where e.standing = 0 and e.exempt = '' and e.missing = '') desc, u.place
"""
RECALLS = """
select count(*) filter (where r.done_at is null),
  count(*) filter (where r.done_at is null and t.due_at <= %s)
from testing_recall r left join tasks_task t on t.id = r.task_id
where r.round_id = %s and r.path >= %s and r.path < %s || '/'
"""
STANDINGS = """
select standing, count(*) from testing_expected where round_id = %s and path >= %s and path < %s || '/'
group by standing
"""
# A forecast looks at the last hours: the pace of the morning is not that of the afternoon.
FORECAST_HOURS = 2.0


@dataclass(frozen=True, slots=True)
class RoundRow:
    public_id: str
    number: int
    unit: str
    unit_en: str
    path: str
    starts_at: datetime
    ends_at: datetime
    pool_size: int
    state: int
    people: int
    opened_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class StopRule:
    """clean: closed rounds in a row without a positive; wanted: how many the rules ask for before testing stops."""

    unit: str
    unit_en: str
    clean: int
    wanted: int
    rule: str


@dataclass(frozen=True, slots=True)
class UnitRow:
    path: str
    name: str
    name_en: str
    roster: int
    sampled: int
    left: int


@dataclass(frozen=True, slots=True)
class RoundView:
    """curve: (hour, people sampled until then), a quarter of an hour apart; finish: as the last two hours went on."""

    row: RoundRow
    balance: Balance
    curve: tuple[tuple[datetime, int], ...]
    finish: datetime | None
    units: tuple[UnitRow, ...]
    recalls_open: int
    recalls_overdue: int
    standings: dict[int, int]


def rounds(scope: Scope) -> list[RoundRow]:
    """Return the rounds that concern a scope, the newest first."""
    above = [".".join(scope.path.split(".")[:n]) for n in range(1, scope.path.count(".") + 2)]
    here = Q(path__gte=scope.path, path__lt=scope.path + "/") | Q(path__in=above)
    return [_row(one) for one in Round.objects.filter(here).select_related("unit").order_by("-number")[:100]]


def _row(one: Round) -> RoundRow:
    return RoundRow(
        one.public_id,
        one.number,
        one.unit.name,
        one.unit.name_en,
        one.path,
        one.starts_at,
        one.ends_at,
        one.pool_size,
        one.state,
        one.people,
        one.opened_at,
        one.closed_at,
    )


POSITIVES = """
select r.path, r.number, r.state = 3, (
  select count(*) from testing_expected e where e.round_id = r.id and e.standing = 5
) from testing_round r where r.path = any(%s) order by r.path, r.number
"""


def stop_rules(scope: Scope, *, at: datetime) -> list[StopRule]:
    """Say of each area with rounds how near it is to the end of testing by the rules of the day."""
    wanted = number("clean_rounds_to_stop", at)
    areas = {one.path: one for one in rounds(scope)}
    found: dict[str, list[tuple[bool, int]]] = {}
    with in_scope(system_scope("testing.stop")), connection.cursor() as cursor:
        cursor.execute(POSITIVES, [list(areas)])
        for path, _number, is_closed, positive in cursor.fetchall():
            found.setdefault(path, []).append((is_closed, positive))
    return [
        StopRule(areas[path].unit, areas[path].unit_en, clean_in_a_row(rows), int(wanted.value), wanted.rule_id)
        for path, rows in found.items()
    ]


def round_view(scope: Scope, made: str, *, at: datetime) -> RoundView:
    """Return a round as a scope sees it: the part of it that lies there.

    :raises NotInScope: there is none here
    """
    row = round_in_scope(scope, made)
    # A township looks at its part of the city's round; whoever holds the whole round sees all of it.
    area = row.path if scope.holds(row.path) else scope.path
    here = [row.pk, area, area]
    with connection.cursor() as cursor:
        cursor.execute(CURVE, here)
        curve = _summed(cursor.fetchall())
        cursor.execute(UNITS, [row.pk, area])
        units = tuple(UnitRow(*one) for one in cursor.fetchall())
        cursor.execute(RECALLS, [at, *here])
        recalls_open, overdue = cursor.fetchone()
        cursor.execute(STANDINGS, here)
        standings = dict(cursor.fetchall())
    counted = balance(scope, row.pk)
    whole = counted.roster - counted.exempt - counted.named_missing
    finish = None
    if row.state == RoundState.OPEN:
        finish = forecast_end(curve, whole, at=at, over_hours=FORECAST_HOURS)
    return RoundView(_row(row), counted, curve, finish, units, recalls_open, overdue, standings)


def _summed(rows: list[tuple[datetime, int]]) -> tuple[tuple[datetime, int], ...]:
    found, total = [], 0
    for slot, count in rows:
        total += count
        found.append((slot, total))
    return tuple(found)


def needs(scope: Scope, people: int, *, at: datetime) -> dict[str, int]:
    """Return what so many people need by the rules of the day: points, tables, samplers, tubes by ten."""
    return {
        "points_low": -(-people // int(number("people_per_point_high", at).value)),
        "points_high": -(-people // int(number("people_per_point_low", at).value)),
        "tables": -(-people // int(number("people_per_table", at).value)),
        "samplers": -(-people // int(number("people_per_sampler", at).value)),
        "tubes": -(-people // 10),
    }
