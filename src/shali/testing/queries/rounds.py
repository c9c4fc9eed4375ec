"""Rounds: the list, one round on a page, its curve, its points, and its units by how many are left."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import Q

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.policy.rules import number
from shali.foundation.ui.paging import Page, page_by_hour
from shali.testing.models import Round
from shali.testing.queries.areas import Area, areas_of_rounds
from shali.testing.queries.balance import balance_of
from shali.testing.queries.find import round_in_scope
from shali.testing.queries.holding import AfterClosing, HoldingRow, after_closing, holding
from shali.testing.queries.tallies import round_sums, sampled_by_quarter, sums_of_parts
from shali.testing.rules import Balance, RoundState, forecast_end
from shali.testing.rules.stopping import PastRound, Rule, Step, Stopping, stopping

RECALLS = """
select count(*) filter (where r.done_at is null),
  count(*) filter (where r.done_at is null and t.due_at <= %s)
from testing_recall r left join tasks_task t on t.id = r.task_id
where r.round_id = %s and r.path >= %s and r.path < %s || '/'
"""
# A forecast looks at the last hours: the pace of the morning is not that of the afternoon.
FORECAST_HOURS = 2.0
ROUNDS = {
    "all": Q(),
    "planned": Q(state=RoundState.PLANNED),
    "open": Q(state=RoundState.OPEN),
    "closed": Q(state=RoundState.CLOSED),
}


@dataclass(frozen=True, slots=True)
class RoundRow:
    """unit: where the round stands, above all of its units; areas: these, one or several.

    exempt_rules: by which its roster is drawn, code -> number, see `rules.exempting`
    """

    public_id: str
    number: int
    unit: str
    unit_en: str
    path: str
    areas: tuple[Area, ...]
    starts_at: datetime
    ends_at: datetime
    pool_size: int
    state: int
    people: int
    opened_at: datetime | None
    closed_at: datetime | None
    exempt_rules: dict[str, int]


@dataclass(frozen=True, slots=True)
class StopRule:
    """Of rounds over the same units.

    clean: closed rounds in a row without a positive, of `wanted`; then a pause until an hour; then more, of `after`.

    step: test, wait, pause, again or stop; rule: where the numbers come from.
    """

    path: str
    unit: str
    unit_en: str
    areas: tuple[Area, ...]
    clean: int
    wanted: int
    pause_hours: int
    until: datetime | None
    more: int
    after: int
    step: Step
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
class RoundHead:
    row: RoundRow


@dataclass(frozen=True, slots=True)
class RoundView:
    """area: the part of it that the scope sees. curve: (hour, people sampled until then), a quarter of an hour apart;
    finish: as the last two hours went on.
    """

    row: RoundRow
    area: str
    balance: Balance
    curve: tuple[tuple[datetime, int], ...]
    finish: datetime | None
    units: tuple[UnitRow, ...]
    recalls_open: int
    recalls_overdue: int
    standings: dict[int, int]
    holding: tuple[HoldingRow, ...]
    late: AfterClosing | None


def rounds_page(scope: Scope, which: str = "all", *, after: str = "") -> Page[RoundRow]:
    """Return a page of the rounds that concern a scope under a word of ROUNDS, the newest planned first."""
    rows = Round.objects.filter(_concern(scope), ROUNDS[which]).select_related("unit")
    page = page_by_hour(rows, "planned_at", after=after, is_newest_first=True)
    return replace(page, rows=_rows(scope, page.rows))


def rounds_counted(scope: Scope) -> dict[str, int]:
    """Count the rounds that concern a scope under each word of ROUNDS."""
    return {which: Round.objects.filter(_concern(scope), ROUNDS[which]).count() for which in ROUNDS}


def newest_open(scope: Scope) -> str:
    """Return the newest open round that concerns a scope, '' where there is none."""
    rows = Round.objects.filter(_concern(scope), state=RoundState.OPEN).order_by("-number", "-id")
    return rows.values_list("public_id", flat=True).first() or ""


def _concern(scope: Scope) -> Q:
    above = [".".join(scope.path.split(".")[:n]) for n in range(1, scope.path.count(".") + 2)]
    return Q(path__gte=scope.path, path__lt=scope.path + "/") | Q(path__in=above)


def _rows(scope: Scope, found: Sequence[Round]) -> list[RoundRow]:
    areas = areas_of_rounds(scope, [one.pk for one in found])
    return [_row(one, areas[one.pk]) for one in found]


def _row(one: Round, areas: tuple[Area, ...]) -> RoundRow:
    return RoundRow(
        one.public_id,
        one.number,
        one.unit.name,
        one.unit.name_en,
        one.path,
        areas,
        one.starts_at,
        one.ends_at,
        one.pool_size,
        one.state,
        one.people,
        one.opened_at,
        one.closed_at,
        one.exempt_rules,
    )


POSITIVES = """
select a.areas, r.starts_at, r.closed_at, c.positive, c.undecided from testing_round r, lateral (
  select array_agg(a.path order by a.path) as areas from testing_roundarea a where a.round_id = r.id
) a, lateral (
  select coalesce(sum(t.n) filter (where t.state = 5), 0)::int as positive,
    coalesce(sum(t.n) filter (where t.state in (1, 2, 3)), 0)::int as undecided
  from testing_roundtally t where t.round_id = r.id and t.of = 1 and t.grain = 2
) c where r.state <> 1 and r.path = any(%s) order by r.path, a.areas, r.number
"""


def stop_rules(scope: Scope, *, at: datetime) -> list[StopRule]:
    """Say of each area with rounds how near it is to the end of testing by the rules of the day."""
    clean, pause = number("clean_rounds_to_stop", at), number("stop_pause_hours", at)
    rule = Rule(int(clean.value), float(pause.value), int(number("stop_rounds_after_pause", at).value))
    begun = Round.objects.filter(_concern(scope)).exclude(state=RoundState.PLANNED)
    rows = _rows(scope, list(begun.select_related("unit").order_by("number")))
    known = {tuple(area.path for area in one.areas): one for one in rows}
    found: dict[tuple[str, ...], list[PastRound]] = {}
    with in_scope(system_scope("testing.stop")), connection.cursor() as cursor:
        cursor.execute(POSITIVES, [sorted({one.path for one in known.values()})])
        for areas, *tested in cursor.fetchall():
            found.setdefault(tuple(areas or ()), []).append(PastRound(*tested))
    return [
        _stop(known[areas], stopping(rows, rule, at=at), rule, clean.rule_id)
        for areas, rows in found.items()
        if areas in known
    ]


def _stop(area: RoundRow, far: Stopping, rule: Rule, source: str) -> StopRule:
    return StopRule(
        path=area.path,
        unit=area.unit,
        unit_en=area.unit_en,
        areas=area.areas,
        clean=far.clean,
        wanted=rule.clean,
        pause_hours=int(rule.pause_hours),
        until=far.until,
        more=far.more,
        after=rule.after,
        step=far.step,
        rule=source,
    )


def round_view(scope: Scope, made: str, *, at: datetime) -> RoundView:
    """Return a round as a scope sees it: the part of it that lies there.

    :raises NotInScope: there is none here
    """
    row = round_in_scope(scope, made)
    # A township looks at its part of the city's round; whoever holds the whole round sees all of it.
    area = row.path if scope.holds(row.path) else scope.path
    waiting, overdue = _recalls(row, area, at)
    curve = _summed(sampled_by_quarter(scope, row.pk, area))
    with in_scope(system_scope("testing.balance")):  # counts alone leave here
        sums = round_sums(scope, row.pk, scope.path)
        counted = balance_of(scope, row.pk, sums)
    whole = counted.to_come - counted.named_missing
    finish = None
    if row.state == RoundState.OPEN:
        finish = forecast_end(curve, whole, at=at, over_hours=FORECAST_HOURS)
    units, held, late = units_of(scope, row, area), tuple(holding(scope, row)), after_closing(scope, row)
    return RoundView(
        _shown(scope, row), area, counted, curve, finish, units, waiting, overdue, sums.standings, held, late
    )


def round_head(scope: Scope, made: str) -> RoundHead:
    """Return what the head of a round's page says; nothing is counted for it.

    :raises NotInScope: there is none here
    """
    return RoundHead(_shown(scope, round_in_scope(scope, made)))


def _shown(scope: Scope, row: Round) -> RoundRow:
    return _row(row, areas_of_rounds(scope, [row.pk])[row.pk])


def _recalls(row: Round, area: str, at: datetime) -> tuple[int, int]:
    """Return how many recalls are open, and how many of these overdue."""
    with connection.cursor() as cursor:
        cursor.execute(RECALLS, [at, row.pk, area, area])
        waiting, overdue = cursor.fetchone()
    return int(waiting), int(overdue)


def units_of(scope: Scope, row: Round, area: str) -> tuple[UnitRow, ...]:
    """Return the units right below an area with their people in a round, whoever has most left first.

    People who live in the area but in none of its units are a row of the area itself.
    """
    sums = sums_of_parts(scope, row.pk, area)
    units = Unit.objects.filter(path__in=sums).order_by("place", "path")
    found = [
        UnitRow(one.path, one.name, one.name_en, of.roster, of.sampled, of.left)
        for one in units
        if (of := sums[one.path]).roster
    ]
    return tuple(sorted(found, key=lambda one: -one.left))


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


def round_number(scope: Scope, made: str) -> int:
    """Return the number of a round within its outbreak.

    :raises NotInScope: there is no such round here
    """
    return round_in_scope(scope, made).number
