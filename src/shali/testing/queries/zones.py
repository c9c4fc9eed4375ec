"""Zones of a round, and which of them holds at a place."""

from dataclasses import dataclass
from datetime import datetime

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, within
from shali.testing.models import Round, Site, Zone
from shali.testing.queries.areas import places_to_choose
from shali.testing.queries.find import round_in_scope
from shali.testing.queries.tallies import round_sums


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds at a place of a round: people to a tube, and from when to when they come."""

    pool_size: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """people: of the roster, by where they live, a zone within it included. own_hours: they are not the round's."""

    path: str
    unit: str
    unit_en: str
    pool_size: int
    starts_at: datetime
    ends_at: datetime
    own_hours: bool
    people: int
    sampled: int
    points: int
    set_at: datetime
    set_by: str


def zone_of(scope: Scope, row: Round, path: str) -> Terms:
    """Return what holds at a place of a round: its innermost zone's terms, else the round's own.

    Zones are the round's plan: they hold for whoever stands in them, also where somebody above has set them.
    """
    around = [".".join(path.split(".")[: depth + 1]) for depth in range(len(path.split(".")))]
    inner = sorted(Zone.objects.filter(round=row, path__in=around), key=lambda zone: len(zone.path))
    if not inner:
        return Terms(row.pool_size, row.starts_at, row.ends_at)
    zone = inner[-1]
    return Terms(zone.pool_size, zone.starts_at or row.starts_at, zone.ends_at or row.ends_at)


def zones(scope: Scope, testing_round: str) -> list[ZoneRow]:
    """Return the zones of a round within a scope, in the order of the city's tree.

    :raises NotInScope: there is no such round here
    """
    row = round_in_scope(scope, testing_round)
    found = Zone.objects.filter(within(scope.path), round=row).select_related("unit").order_by("path")
    return [_row(scope, row, zone) for zone in found]


def zone_places(scope: Scope, testing_round: str) -> list[tuple[Unit, list[Unit]]]:
    """Return where zones of a round may be set: its units with those right below."""
    return places_to_choose(scope, round_in_scope(scope, testing_round))


def _row(scope: Scope, row: Round, zone: Zone) -> ZoneRow:
    people = round_sums(scope, row.pk, zone.path).people
    return ZoneRow(
        path=zone.path,
        unit=zone.unit.name,
        unit_en=zone.unit.name_en,
        pool_size=zone.pool_size,
        starts_at=zone.starts_at or row.starts_at,
        ends_at=zone.ends_at or row.ends_at,
        own_hours=zone.starts_at is not None,
        people=people.roster,
        sampled=people.sampled,
        points=Site.objects.filter(within(zone.path), round=row, closed_at=None).count(),
        set_at=zone.set_at,
        set_by=zone.set_by,
    )
