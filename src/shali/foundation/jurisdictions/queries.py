import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import Count, Q, QuerySet

from shali.foundation.jurisdictions.models import ChangeKind, Department, Level, Unit, UnitChange
from shali.foundation.jurisdictions.reading import columns, made_of, read_by_key
from shali.foundation.jurisdictions.reference import DATA
from shali.foundation.jurisdictions.rules import above
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
    posts: int


@dataclass(frozen=True, slots=True)
class Named:
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change as it stands. kind: rename, move, open, close; other: the new parent, or who takes over."""

    id: int
    kind: str
    path: str
    unit: Named
    old_name: str
    name: str
    other: Named | None
    effective_on: date
    basis: str
    proposer: int | None
    is_approved: bool
    is_applied: bool


def unit(scope: Scope, path: str) -> Unit:
    """Return one unit of the scope.

    :raises NotInScope: there is none
    """
    found = units_at([path]) if scope.holds(path) else {}
    if path not in found:
        raise NotInScope
    return found[path]


CHILDREN = """
select u.id, u.code, u.path, u.level, u.name, u.name_en, u.population,
  (select count(*) from jurisdictions_unit c where c.parent_id = u.id and c.closed_on is null),
  case when %(at)s::timestamptz is null then 0 else (
    select count(*) from accounts_post p
    where p.unit_id = u.id and p.starts_at <= %(at)s and p.ends_at > %(at)s and p.revoked_at is null
  ) end
from jurisdictions_unit u join jurisdictions_unit above on above.id = u.parent_id
where above.path = %(path)s and u.path >= %(scope)s and u.path < %(scope)s || '/' and u.closed_on is null
order by u.place, u.id
"""


def children(scope: Scope, path: str, *, at: datetime | None = None) -> list[UnitRow]:
    """Return the open units just below one, in the city's order. `at`: count the posts in force at that hour."""
    return [UnitRow(*row) for row in read_by_key(CHILDREN, scope=scope.path, path=path, at=at)]


def units_named(scope: Scope, words: str, *, at: datetime | None = None) -> list[UnitRow]:
    """Return the open units of a scope whose name or code holds the words, the highest first; a hundred at most."""
    named = Q(name__icontains=words) | Q(name_en__icontains=words) | Q(code__startswith=words) | Q(path=words)
    return _rows(Unit.objects.filter(named, within(scope.path), closed_on=None).order_by("level", "path")[:100], at)


def _rows(found: QuerySet[Unit], at: datetime | None) -> list[UnitRow]:
    below = Count("children", filter=Q(children__closed_on=None), distinct=True)
    if at is None:
        units = [(one, 0) for one in found.annotate(below=below)]
    else:
        in_force = Q(posts__starts_at__lte=at, posts__ends_at__gt=at, posts__revoked_at=None)
        held = Count("posts", filter=in_force, distinct=True)
        units = [(one, one.held) for one in found.annotate(below=below, held=held)]
    return [UnitRow(u.pk, u.code, u.path, u.level, u.name, u.name_en, u.population, u.below, held) for u, held in units]


def posts_at(unit: Unit, *, at: datetime) -> int:
    """Return how many posts of a unit itself are in force."""
    return Unit.objects.filter(
        pk=unit.pk, posts__starts_at__lte=at, posts__ends_at__gt=at, posts__revoked_at=None
    ).count()


OPEN_CHANGES = "select exists (select from jurisdictions_unitchange where applied_at is null and declined_at is null)"
MADE_CHANGES = "select exists (select from jurisdictions_unitchange where applied_at is not null)"


def open_changes(scope: Scope) -> list[ChangeRow]:
    """Return the changes of a scope that are neither made nor declined, the day that comes first on top."""
    # Most days there is none: what is not there is not asked for, with its units, in a longer question.
    [(is_any,)] = read_by_key(OPEN_CHANGES)
    if not is_any:
        return []
    found = UnitChange.objects.filter(within(scope.path, "unit__path"), applied_at=None, declined_at=None)
    return _changes(found.order_by("effective_on", "id"))


def made_changes(scope: Scope, path: str) -> list[ChangeRow]:
    """Return what was changed about a unit, or opened below it, newest first."""
    [(is_any,)] = read_by_key(MADE_CHANGES)
    if not is_any:
        return []
    found = UnitChange.objects.filter(
        within(scope.path, "unit__path"), Q(unit__path=path) | Q(opened__path=path), applied_at__isnull=False
    )
    return _changes(found.order_by("-applied_at", "-id")[:50])


def _changes(found: QuerySet[UnitChange]) -> list[ChangeRow]:
    rows = []
    for one in found.select_related("unit", "parent", "successor"):
        other = one.parent or one.successor
        rows.append(
            ChangeRow(
                id=one.pk,
                kind=ChangeKind(one.kind).name.lower(),
                path=one.unit.path,
                unit=Named(one.unit.name, one.unit.name_en),
                old_name=one.old_name,
                name=one.name,
                other=Named(other.name, other.name_en) if other else None,
                effective_on=one.effective_on,
                basis=one.basis,
                proposer=one.proposer,
                is_approved=one.approved_at is not None,
                is_applied=one.applied_at is not None,
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be proposed about a unit: where it may go, who may take over, whether something opens below it."""

    homes: list[Unit]
    heirs: list[Unit]
    may_open: bool


def homes_and_heirs(scope: Scope, path: str) -> Choices:
    found = unit(scope, path)
    may_open = Level.COUNTY <= found.level <= Level.COMMUNITY
    if found.level <= Level.COUNTY:
        return Choices([], [], may_open)
    still = Unit.objects.filter(within(scope.path), closed_on=None)
    homes = still.filter(level=found.level - 1).exclude(pk=found.parent_id or 0).order_by("path")
    heirs = still.filter(parent=found.parent_id).exclude(pk=found.pk).order_by("place", "id")
    return Choices(list(homes), list(heirs), may_open)


def ancestors(scope: Scope, path: str) -> list[Unit]:
    """Return a unit with everything above it, the city first. `scope` must hold the unit."""
    if not scope.holds(path):
        raise NotInScope
    found = units_at(above(path))
    return [found[one] for one in sorted(found)]


AT = f"select {columns(Unit, 'u')} from jurisdictions_unit u where u.path = any(%(paths)s)"  # noqa: S608


def units_at(paths: Iterable[str]) -> dict[str, Unit]:
    """Return units by their paths, wherever they are: the tree of the city is public knowledge."""
    wanted = list(set(paths))
    found = read_by_key(AT, paths=wanted) if wanted else []
    return {unit.path: unit for unit in (made_of(Unit, row) for row in found)}


def departments(scope: Scope) -> list[Department]:
    """Return the departments of the units above and within a scope, whom a task may ask to join."""
    return list(
        Department.objects.filter(Q(path__in=above(scope.path)) | within(scope.path)).order_by("path", "place", "id")
    )


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
