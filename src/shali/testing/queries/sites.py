"""Sampling points: whom each covers, how far it is, which devices stand there, what protection is there."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from shali.foundation.jurisdictions.scope import Scope, within
from shali.testing.models import Site, Station
from shali.testing.queries.find import round_in_scope, site_in_scope

# Counts of each point: people whom it covers, of these sampled and left; samples, tubes, boxes taken there.
SITES = """
select s.id, s.public_id, s.name, u.name, u.name_en, s.tables, s.pool_size, s.latitude, s.longitude, s.closed_at,
  coalesce(p.people, 0), coalesce(p.sampled, 0), coalesce(p.remaining, 0), coalesce(d.devices, 0),
  coalesce(d.silent, 0), coalesce(d.on_paper, 0), coalesce(d.behind, 0), coalesce(t.tubes, 0), coalesce(t.swabs, 0),
  t.last_at
from testing_site s join jurisdictions_unit u on u.id = s.unit_id
left join lateral (
  select count(*) as people, count(*) filter (where e.standing <> 0) as sampled,
    count(*) filter (where e.standing = 0 and e.exempt = '' and e.missing = '') as remaining
  from testing_cover c
  join testing_expected e on e.round_id = c.round_id and e.path >= c.path and e.path < c.path || '/'
  where c.site_id = s.id and not e.guest
) p on true
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
order by s.closed_at nulls first, coalesce(p.remaining, 0)::float / greatest(coalesce(p.people, 0), 1) desc, s.id
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
    path: str
    name: str
    name_en: str
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
    with connection.cursor() as cursor:
        cursor.execute(SITES, [silent_since, row.pk, scope.path, scope.path])
        return [SiteRow(*one) for one in cursor.fetchall()]


def site_view(scope: Scope, site: str, *, silent_since: datetime) -> SiteView:
    """Return one point with whom it covers, its devices and its protection.

    :raises NotInScope: there is none here
    """
    found = site_in_scope(scope, site)
    (row,) = [one for one in sites(scope, found.round.public_id, silent_since=silent_since) if one.id == found.pk]
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
        covers=_covers(found),
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


def _covers(site: Site) -> tuple[CoverRow, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select u.path, u.name, u.name_en, (select count(*) from testing_expected e where e.round_id = c.round_id"
            " and not e.guest and e.path >= c.path and e.path < c.path || '/')"
            " from testing_cover c join jurisdictions_unit u on u.path = c.path where c.site_id = %s order by u.path",
            [site.pk],
        )
        return tuple(CoverRow(*one) for one in cursor.fetchall())


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
