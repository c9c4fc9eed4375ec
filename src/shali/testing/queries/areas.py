"""Of which units a round is: chosen when it was planned, frozen with its roster; none of them lies in another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.rules import lies_in
from shali.foundation.jurisdictions.scope import Scope, within
from shali.testing.models import Round, RoundArea

NAMED = """
select a.round_id, a.path, coalesce(u.name, a.path), coalesce(u.name_en, a.path)
from testing_roundarea a left join jurisdictions_unit u on u.path = a.path where a.round_id = any(%s)
order by a.round_id, a.path
"""


@dataclass(frozen=True, slots=True)
class Area:
    """One chosen unit."""

    path: str
    unit: str
    unit_en: str


def areas_of(scope: Scope, row: Round) -> tuple[str, ...]:
    """Return the paths of a round's units, in the order of the tree; known wherever the round is."""
    return tuple(RoundArea.objects.filter(round=row).order_by("path").values_list("path", flat=True))


def areas_of_rounds(scope: Scope, rounds: Sequence[int]) -> dict[int, tuple[Area, ...]]:
    """Return the units of rounds (by their rows' numbers) with their names."""
    found: dict[int, tuple[Area, ...]] = dict.fromkeys(rounds, ())
    with connection.cursor() as cursor:
        cursor.execute(NAMED, [list(rounds)])
        for made, *area in cursor.fetchall():
            found[made] += (Area(*area),)
    return found


def within_any(scope: Scope, areas: Iterable[str]) -> Q:
    """Return the filter for rows of any of some units that the scope sees; of none for none."""
    found = Q(pk__in=())
    for area in seen_of(scope, areas):
        found |= within(area)
    return found


def seen_of(scope: Scope, areas: Iterable[str]) -> list[str]:
    """Return the parts of a round that a scope sees: its units here, or the scope where one of them holds it."""
    paths = (
        area if scope.holds(area) else scope.path for area in areas if scope.holds(area) or lies_in(scope.path, area)
    )
    return sorted(set(paths))


def places_to_choose(scope: Scope, row: Round) -> list[tuple[Unit, list[Unit]]]:
    """Return a round's units in a scope, each with the open units right below it, in the order of the tree.

    Of a round of one unit those below come first, with what lies below them: nobody chooses among one.
    """
    tops = seen_of(scope, areas_of(scope, row))
    here = Q(parent__path__in=tops) if len(tops) == 1 else Q(path__in=tops)
    found = list(Unit.objects.filter(here, closed_on=None).order_by("place", "path"))
    below: dict[int, list[Unit]] = {one.pk: [] for one in found}
    for one in Unit.objects.filter(parent__in=below, closed_on=None).order_by("place", "path"):
        below[one.parent_id or 0].append(one)
    return [(one, below[one.pk]) for one in found]


def site_places(scope: Scope, row: Round) -> list[Unit]:
    """Return where a point of a round may stand: the parts of the round in a scope, and the open units below each."""
    tops = seen_of(scope, areas_of(scope, row))
    here = Q(path__in=tops) | Q(parent__path__in=tops)
    return list(Unit.objects.filter(here, closed_on=None).order_by("path"))
