"""Who has not been sampled, unit by unit down to the grid, there by building: whoever is behind most stands on top."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import QuerySet

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.rules import lies_in
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.models import Person
from shali.testing.models import Expected, Round
from shali.testing.queries.areas import areas_of
from shali.testing.queries.find import round_in_scope
from shali.testing.queries.homes import addresses_of
from shali.testing.queries.left import LEFT
from shali.testing.queries.rounds import UnitRow, units_of
from shali.testing.queries.tallies import RoundSums, round_sums
from shali.testing.rules.areas import is_of
from shali.testing.rules.doors import door_of

# So many addresses are opened for one page; where more are left, it is too early to go from building to building.
MOST = 3_000
COMMUNITY_PARTS = 4  # city.county.township.community: an address names the community, and a building behind it


@dataclass(frozen=True, slots=True)
class Above:
    path: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class BuildingRow:
    """name: estate and building as the addresses say, "" where they name none; line: of one of its people left."""

    name: str
    line: int
    left: int


@dataclass(frozen=True, slots=True)
class Behind:
    """above: from the round's area down to what is shown. buildings: where no unit lies below; None elsewhere.

    has_more: more are left than addresses are opened for; then there are no buildings either.
    """

    area: str
    above: tuple[Above, ...]
    sums: RoundSums
    units: tuple[UnitRow, ...]
    buildings: tuple[BuildingRow, ...] | None
    has_more: bool


def area_of(scope: Scope, row: Round, unit: str) -> str:
    """Return a unit of a round, or one above some of its units, as far as the scope sees it.

    What is none is the whole that it sees.
    """
    whole = row.path if scope.holds(row.path) else scope.path
    if not unit or not lies_in(unit, whole):
        return whole
    areas = areas_of(scope, row)
    return unit if is_of(unit, areas) or any(lies_in(area, unit) for area in areas) else whole


def behind(scope: Scope, made: str, unit: str = "", *, own: bool = False) -> Behind:
    """Return a unit of a round with its people by the units right below it, else by building.

    own: only those who live in the unit itself, in none of the units below it

    :raises NotInScope: there is no such round here
    """
    row = round_in_scope(scope, made)
    area = area_of(scope, row, unit)
    units = () if own else units_of(scope, row, area)
    is_leaf = all(one.path == area for one in units)
    left = _left(row, area, own=own)
    has_more = is_leaf and left[: MOST + 1].count() > MOST
    return Behind(
        area=area,
        above=_above(scope, row, area),
        sums=round_sums(scope, row.pk, area),
        units=() if is_leaf else units,
        buildings=_buildings(scope, left) if is_leaf and not has_more else None,
        has_more=has_more,
    )


def lines_of_building(scope: Scope, made: str, unit: str, line: int, *, own: bool = False) -> list[int]:
    """Return the lines of those left in the building of one of a unit's people (by the number of his line)."""
    row = round_in_scope(scope, made)
    area = area_of(scope, row, unit)
    his = Expected.objects.filter(within(area), round=row, pk=line)
    wanted = next(iter(_named(scope, his).values()), None)
    return [one for one, name in _named(scope, _left(row, area, own=own)[:MOST]).items() if name == wanted]


def _left(row: Round, area: str, *, own: bool) -> QuerySet[Expected]:
    lines = Expected.objects.filter(LEFT, within(area), round=row).order_by("id")
    return lines.filter(path=area) if own else lines


def _buildings(scope: Scope, lines: QuerySet[Expected]) -> tuple[BuildingRow, ...]:
    names = _named(scope, lines)
    first = {name: line for line, name in sorted(names.items(), reverse=True)}
    counted = sorted(Counter(names.values()).items(), key=lambda one: (-one[1], one[0]))
    return tuple(BuildingRow(name, first[name], left) for name, left in counted)


def _named(scope: Scope, lines: QuerySet[Expected]) -> dict[int, str]:
    """Return of lines the estate and building in which their people live."""
    found = list(lines.values_list("pk", "person_id", "path"))
    people = Person.objects.in_bulk([person for _line, person, _path in found])
    addresses = addresses_of(scope, people.values())
    communities = {line: ".".join(path.split(".")[:COMMUNITY_PARTS]) for line, _person, path in found}
    units = dict(Unit.objects.filter(path__in=set(communities.values())).values_list("path", "name"))
    named = {}
    for line, person, _path in found:
        door = door_of(addresses.get(person, ""), units.get(communities[line], ""))
        named[line] = door.estate + door.building
    return named


def _above(scope: Scope, row: Round, area: str) -> tuple[Above, ...]:
    whole = area_of(scope, row, "")
    parts = area.split(".")
    paths = [".".join(parts[:n]) for n in range(whole.count(".") + 1, len(parts) + 1)]
    found = {one.path: one for one in Unit.objects.filter(path__in=paths)}
    return tuple(Above(path, found[path].name, found[path].name_en) for path in paths if path in found)
