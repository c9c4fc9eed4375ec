"""Sampling points: whom each covers, how far it is, which devices stand there, what protection is there."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, within
from shali.testing.models import Site, Station
from shali.testing.queries.areas import site_places
from shali.testing.queries.covered import NOBODY, Roster, covered
from shali.testing.queries.find import round_in_scope, site_in_scope

# Devices of each point and what was taken there; whom it covers is counted for all points at once (`covered`).
SITES = """
select s.id, s.public_id, s.name, u.name, u.name_en, s.tables, s.pool_size, s.latitude, s.longitude, s.closed_at,
  coalesce(d.devices, 0), coalesce(d.silent, 0), coalesce(d.on_paper, 0), coalesce(d.behind, 0), coalesce(t.tubes, 0),
  coalesce(t.swabs, 0), t.last_at
from testing_site s join jurisdictions_unit u on u.id = s.unit_id
left join lateral (
  select count(*) as devices, count(*) filter (where n.last_seen_at < %s) as silent, sum(n.on_paper) as on_paper,
    sum(greatest(n.captured - n.last_seq, 0)) as behind
  from testing_station n where n.site_id = s.id and n.enrolled_at is not null and n.revoked_at is null
) d on true
left join lateral (
  select count(*) as tubes, sum(b.members) as swabs, max(b.first_at) as last_at
  from testing_tube b where b.site_id = s.id and b.state <> 3
) t on true
where s.round_id = %s and s.path >= %s and s.path < %s || '/'
"""
COVERS = """
select c.id, u.path, u.name, u.name_en, c.place
from testing_cover c join jurisdictions_unit u on u.path = c.path where c.site_id = %s order by u.path, c.place
"""


@dataclass(frozen=True, slots=True)
class SiteRow:
    """people: whom the point covers. silent: devices not heard of for an hour; behind: events that they still hold."""

    id: int
    public_id: str
    name: str
    unit: str
    unit_en: str
    tables: int
    pool_size: int
    latitude: float | None
    longitude: float | None
    closed_at: datetime | None
    people: int
    sampled: int
    left: int
    devices: int
    silent: int
    on_paper: int
    behind: int
    tubes: int
    swabs: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class StationRow:
    """captured = acknowledged + held there, as the device said when it was last heard of."""

    public_id: str
    table: int
    made_at: datetime
    enrolled_at: datetime | None
    expires_at: datetime
    revoked_at: datetime | None
    forked_at: datetime | None
    last_seen_at: datetime | None
    clock_off_ms: int
    captured: int
    acknowledged: int
    on_paper: int


@dataclass(frozen=True, slots=True)
class CoverRow:
    """place: of the unit, by the name that a plan's table gave it; '' for the unit, or what is left of it."""

    path: str
    name: str
    name_en: str
    place: str
    people: int


@dataclass(frozen=True, slots=True)
class SiteView:
    row: SiteRow
    path: str
    round: str
    round_number: int
    opens_at: datetime
    closes_at: datetime
    protection: tuple[str, ...]
    checked_at: datetime | None
    checked_by: str
    covers: tuple[CoverRow, ...]
    stations: tuple[StationRow, ...]


def sites(scope: Scope, made: str, *, silent_since: datetime) -> list[SiteRow]:
    """Return the points of a round, those with the largest share left first."""
    row = round_in_scope(scope, made)
    return _rows(scope, row.pk, covered(scope, row.pk), silent_since)


def places_for_points(scope: Scope, made: str) -> list[Unit]:
    """Return the units of a round in which a point may stand, and whose people may come to one.

    :raises NotInScope: there is no such round here
    """
    return site_places(scope, round_in_scope(scope, made))


def _rows(scope: Scope, made: int, roster: Roster, silent_since: datetime) -> list[SiteRow]:
    with connection.cursor() as cursor:
        cursor.execute(SITES, [silent_since, made, scope.path, scope.path])
        found = cursor.fetchall()
    rows = []
    for one in found:
        here = roster.of_site.get(one[0], NOBODY)
        rows.append(SiteRow(*(*one[:10], here.people, here.sampled, here.left, *one[10:])))
    return sorted(rows, key=lambda one: (one.closed_at is not None, -one.left / max(one.people, 1), one.id))


def site_view(scope: Scope, site: str, *, silent_since: datetime) -> SiteView:
    """Return one point with whom it covers, its devices and its protection.

    :raises NotInScope: there is none here
    """
    found = site_in_scope(scope, site)
    roster = covered(scope, found.round_id)
    (row,) = [one for one in _rows(scope, found.round_id, roster, silent_since) if one.id == found.pk]
    return SiteView(
        row=row,
        path=found.path,
        round=found.round.public_id,
        round_number=found.round.number,
        opens_at=found.opens_at,
        closes_at=found.closes_at,
        protection=tuple(found.protection),
        checked_at=found.checked_at,
        checked_by=found.checked_by,
        covers=_covers(found, roster),
        stations=tuple(
            _station(one) for one in Station.objects.filter(site=found).order_by("revoked_at", "table", "id")
        ),
    )


@dataclass(frozen=True, slots=True)
class KnownStation:
    round: int
    site: str
    table: int
    captured: int
    acknowledged: int
    on_paper: int
    last_seen_at: datetime | None
    revoked_at: datetime | None
    forked_at: datetime | None


def all_stations(scope: Scope) -> list[KnownStation]:
    """Return every device of a scope that was let in, the longest silent first."""
    rows = Station.objects.filter(within(scope.path)).exclude(verify_key=None).select_related("round", "site")
    return [
        KnownStation(
            one.round.number,
            one.site.name,
            one.table,
            one.captured,
            one.last_seq,
            one.on_paper,
            one.last_seen_at,
            one.revoked_at,
            one.forked_at,
        )
        for one in rows.order_by("last_seen_at")
    ]


def _covers(site: Site, roster: Roster) -> tuple[CoverRow, ...]:
    with connection.cursor() as cursor:
        cursor.execute(COVERS, [site.pk])
        return tuple(
            CoverRow(path, name, name_en, place, roster.of_cover.get(cover, NOBODY).people)
            for cover, path, name, name_en, place in cursor.fetchall()
        )


def _station(one: Station) -> StationRow:
    return StationRow(
        one.public_id,
        one.table,
        one.made_at,
        one.enrolled_at,
        one.code_expires_at,
        one.revoked_at,
        one.forked_at,
        one.last_seen_at,
        one.clock_off_ms,
        one.captured,
        one.last_seq,
        one.on_paper,
    )
