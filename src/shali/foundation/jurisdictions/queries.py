import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Count, Q

from shali.foundation.jurisdictions.models import Department, Unit, UnitChange
from shali.foundation.jurisdictions.reference import DATA
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.ui.refusal import NotInScope


@dataclass(frozen=True, slots=True)
class UnitRow:
    id: int
    code: str
    path: str
    level: int
    name: str
    name_en: str
    population: int | None
    children: int


def unit(scope: Scope, path: str) -> Unit:
    """Return one unit of the scope.

    :raises NotInScope: there is none
    """
    found = Unit.objects.filter(within(scope.path), path=path).first()
    if found is None:
        raise NotInScope
    return found


def children(scope: Scope, path: str) -> list[UnitRow]:
    """Return the open units just below one, in the city's order."""
    found = (
        Unit.objects.filter(within(scope.path), parent__path=path, closed_on=None)
        .annotate(below=Count("children", filter=Q(children__closed_on=None)))
        .order_by("place", "id")
    )
    return [UnitRow(u.pk, u.code, u.path, u.level, u.name, u.name_en, u.population, u.below) for u in found]


def ancestors(scope: Scope, path: str) -> list[Unit]:
    """Return a unit with everything above it, the city first. `scope` must hold the unit."""
    if not scope.holds(path):
        raise NotInScope
    parts = path.split(".")
    return list(Unit.objects.filter(path__in=[".".join(parts[:n]) for n in range(1, len(parts) + 1)]).order_by("path"))


def departments(scope: Scope) -> list[Department]:
    """Return the departments of the units above and within a scope, whom a task may ask to join."""
    parts = scope.path.split(".")
    above = [".".join(parts[:n]) for n in range(1, len(parts) + 1)]
    return list(Department.objects.filter(Q(path__in=above) | within(scope.path)).order_by("path", "place", "id"))


def name_on(scope: Scope, path: str, day: date) -> str:
    """Return what a unit was called on a day, from the history of its changes."""
    found = unit(scope, path)
    later = (
        UnitChange.objects.filter(unit=found, kind=1, applied_at__isnull=False, effective_on__gt=day)
        .order_by("effective_on", "id")
        .first()
    )
    return later.old_name if later else found.name


@cache
def county_boundaries() -> dict[str, Any]:
    """Return the counties' outlines as GeoJSON, WGS84."""
    data: dict[str, Any] = json.loads((DATA / "county_boundaries.geojson").read_text())
    return data
