"""The sums of a round that the writers keep: how many of a unit stand where, how many tubes, how the day went.

A unit's figures are sums over rows of its townships, below a township over those of its own units.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, Sum

from shali.foundation.jurisdictions.scope import Scope, within
from shali.testing.models import Round, RoundTally
from shali.testing.rules import TOWNSHIP_PARTS, Grain, Standing, Tallied, TubeState, grain_of

SUMS = """
select of, guest, state, word, sum(n) from testing_roundtally
where round_id = %s and of in (1, 3, 4) and grain = %s and path >= %s and path < %s || '/' group by 1, 2, 3, 4
"""
# Somebody who lives in no unit below is a row of the area itself.
BY_PART = """
select array_to_string((string_to_array(path, '.'))[1:%s], '.') as part, guest, state, word, sum(n)
from testing_roundtally
where round_id = %s and of = 1 and grain = %s and path >= %s and path < %s || '/' group by 1, 2, 3, 4
"""
CURVE_KEPT = """
select slot, sum(n) from testing_roundtally
where round_id = %s and of = 2 and grain = 2 and path >= %s and path < %s || '/' group by slot having sum(n) <> 0
order by slot
"""
# Within a township the roster is some ten thousand lines at most.
CURVE_COUNTED = """
select testing_quarter(e.sampled_at) as slot, count(*) from testing_expected e
where e.round_id = %s and not e.guest and e.sampled_at is not null and e.path >= %s and e.path < %s || '/'
group by slot order by slot
"""
RECOUNT = """
select c.of, g.grain, g.path, c.guest, c.state, c.word, c.slot, sum(c.n) from (
  select path, 1, guest, standing, case when same_as_id is not null then 'merged' when exempt <> '' then 'exempt'
      when missing <> '' then 'missing' else '' end,
    null::timestamptz, 1 from testing_expected where round_id = %(round)s
  union all select path, 2, false, 0, '', testing_quarter(sampled_at), 1 from testing_expected
    where round_id = %(round)s and not guest and sampled_at is not null
  union all select e.path, 3, false, 0, '', null, 1 from testing_expected e where e.round_id = %(round)s and exists (
    select from testing_sample s
    where s.round_id = e.round_id and s.person_id = e.person_id and s.unbound_at is null)
  union all select path, 4, false, state, concat(case when received_at is not null then 'r' end,
    case when lost_at is not null then 'l' end, outcome), null, 1 from testing_tube where round_id = %(round)s
) as c (path, of, guest, state, word, slot, n)
cross join lateral (values (1, c.path), (2, testing_township(c.path))) as g (grain, path)
where g.grain = 2 or c.of <> 2 group by 1, 2, 3, 4, 5, 6, 7
"""


@dataclass(frozen=True, slots=True)
class PeopleSums:
    """Whoever was sampled is counted as sampled, exempt or not; of the rest each has one word."""

    roster: int = 0
    sampled: int = 0
    exempt: int = 0
    missing: int = 0
    left: int = 0
    guests: int = 0
    merged: int = 0


@dataclass(frozen=True, slots=True)
class TubeSums:
    """resulted: of those neither void nor lost; received: at the laboratory, or resulted without a scan."""

    tubes: int = 0
    received: int = 0
    void: int = 0
    lost: int = 0
    resulted: int = 0


@dataclass(frozen=True, slots=True)
class RoundSums:
    """in_tubes: people with a bound sample, counted from the samples; standings: guests included."""

    people: PeopleSums
    in_tubes: int
    tubes: TubeSums
    standings: dict[int, int]


def round_sums(scope: Scope, made: int, area: str) -> RoundSums:
    """Return the sums of a round (by its row's number) in an area; one statement, so that they agree."""
    with connection.cursor() as cursor:
        cursor.execute(SUMS, [made, grain_of(area), area, area])
        rows = [(Tallied(of), guest, state, word, int(n)) for of, guest, state, word, n in cursor.fetchall()]
    people = [(guest, state, word, n) for of, guest, state, word, n in rows if of is Tallied.PEOPLE]
    standings: Counter[int] = Counter()
    for _guest, state, _word, n in people:
        standings[state] += n
    return RoundSums(
        people=_people(people),
        in_tubes=sum(n for of, _guest, _state, _word, n in rows if of is Tallied.IN_TUBES),
        tubes=_tubes((state, word, n) for of, _guest, state, word, n in rows if of is Tallied.TUBES),
        standings={state: n for state, n in standings.items() if n},
    )


def _people(rows: Iterable[tuple[bool, int, str, int]]) -> PeopleSums:
    """Add up people of (guest, standing, word, how many)."""
    found: Counter[str] = Counter()
    for guest, state, word, n in rows:
        is_sampled = state != Standing.NOT_SAMPLED
        if guest:
            found["guests"] += n * is_sampled
            continue
        found["roster"] += n
        found["sampled" if is_sampled else word or "left"] += n
    return PeopleSums(**found)


def _tubes(rows: Iterable[tuple[int, str, int]]) -> TubeSums:
    found: Counter[str] = Counter()
    for state, word, n in rows:
        is_resulted = word[-1:].isdigit()
        found["tubes"] += n
        if state == TubeState.VOID:
            found["void"] += n
        elif "l" in word:
            found["lost"] += n
        else:
            found["received"] += n * (is_resulted or "r" in word)
            found["resulted"] += n * is_resulted
    return TubeSums(**found)


def sums_of_parts(scope: Scope, made: int, area: str) -> dict[str, PeopleSums]:
    """Return the people of a round by the unit right below an area; whoever lives in none of them, under the area."""
    parts = len(area.split(".")) + 1
    found: dict[str, list[tuple[bool, int, str, int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(BY_PART, [parts, made, grain_of(area, parts=parts), area, area])
        for part, guest, state, word, n in cursor.fetchall():
            found.setdefault(part, []).append((guest, state, word, int(n)))
    return {part: _people(rows) for part, rows in found.items()}


def how_many(scope: Scope, made: int, area: str, which: Q, *, own: bool = False) -> int:
    """Count people of a round (by its row's number) of whom `which` holds, said of the columns of the sums.

    own: only those who live in the area itself, in none below it
    """
    rows = RoundTally.objects.filter(which, round=made, of=Tallied.PEOPLE)
    rows = rows.filter(grain=Grain.OWN, path=area) if own else rows.filter(within(area), grain=grain_of(area))
    return int(rows.aggregate(n=Sum("n"))["n"] or 0)


def units_with(
    scope: Scope, made: int, area: str, which: Q, *, own: bool = False, first: str = "", most: int
) -> list[str]:
    """Return the first units of an area, from `first` on, where some people of a round live of whom `which` holds."""
    rows = RoundTally.objects.filter(which, within(area), round=made, of=Tallied.PEOPLE, grain=Grain.OWN)
    rows = rows.filter(path=area) if own else rows.filter(path__gte=first)
    found = rows.values("path").annotate(people=Sum("n")).filter(people__gt=0).order_by("path")
    return list(found.values_list("path", flat=True)[:most])


def sampled_by_quarter(scope: Scope, made: int, area: str) -> list[tuple[datetime, int]]:
    """Return how many of a roster had their first sample in each quarter of an hour, in order."""
    is_kept = len(area.split(".")) <= TOWNSHIP_PARTS
    with connection.cursor() as cursor:
        cursor.execute(CURVE_KEPT if is_kept else CURVE_COUNTED, [made, area, area])
        return [(slot, int(n)) for slot, n in cursor.fetchall()]


def differences(scope: Scope, made: Round) -> dict[tuple[object, ...], tuple[int, int]]:
    """Return the sums of a round that differ from a recount, as (kept, counted); none, or something is broken."""
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT, {"round": made.pk})
        counted = {tuple(row[:-1]): int(row[-1]) for row in cursor.fetchall()}
        cursor.execute(
            "select of, grain, path, guest, state, word, slot, sum(n) from testing_roundtally where round_id = %s"
            " group by 1, 2, 3, 4, 5, 6, 7 having sum(n) <> 0",
            [made.pk],
        )
        kept = {tuple(row[:-1]): int(row[-1]) for row in cursor.fetchall()}
    return {
        key: (kept.get(key, 0), counted.get(key, 0))
        for key in kept.keys() | counted.keys()
        if kept.get(key, 0) != counted.get(key, 0)
    }
