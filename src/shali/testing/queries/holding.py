"""What is not here yet: events on devices, people on paper, who answers for them; what came after a round closed."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from shali.foundation.jurisdictions.scope import Scope
from shali.testing.models import Round
from shali.testing.rules import RoundState

HOLDING = """
select n.public_id, s.name, s.public_id, n.table, greatest(n.captured - n.last_seq, 0) as held, n.on_paper,
  n.last_seen_at, n.revoked_at is not null, n.taken_on_at, n.taken_on_by, n.taken_on_why,
  greatest(n.captured - n.last_seq, 0) > n.taken_on_events or n.on_paper > n.taken_on_paper as is_open
from testing_station n join testing_site s on s.id = n.site_id
where n.round_id = %s and n.path >= %s and n.path < %s || '/' and n.verify_key is not null
  and (n.captured > n.last_seq or n.on_paper > 0 or n.taken_on_at is not null)
order by is_open desc, greatest(n.captured - n.last_seq, 0) + n.on_paper desc, n.id limit %s
"""
LATE = """
with b as (
  select b.id, b.station_id, b.n from testing_sealedbatch b join testing_station n on n.id = b.station_id
  where n.round_id = %s and n.path >= %s and n.path < %s || '/' and b.received_at > %s
)
select (select count(distinct station_id) from b), (select coalesce(sum(n), 0) from b),
  (select count(*) from testing_sample s where s.batch_id in (select id from b)),
  (select count(*) from testing_tube t where t.round_id = %s and t.path >= %s and t.path < %s || '/'
    and t.state <> 3 and t.lost_at is null and t.outcome is null)
"""
MOST = 50


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """A device by what it said when it was last heard of. is_open: nobody answers for all of that by name."""

    public_id: str
    site: str
    site_id: str
    table: int
    events: int
    on_paper: int
    last_seen_at: datetime | None
    is_revoked: bool
    taken_on_at: datetime | None
    taken_on_by: str
    taken_on_why: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class AfterClosing:
    """Events that came when their round was closed; tubes: of the round, without a result now."""

    devices: int
    events: int
    swabs: int
    tubes: int


def holding(scope: Scope, made: Round, *, most: int = MOST) -> list[HoldingRow]:
    """Return devices that hold something, or held it when somebody took it on; those that keep the round open first."""
    with connection.cursor() as cursor:
        cursor.execute(HOLDING, [made.pk, scope.path, scope.path, most])
        return [HoldingRow(*one) for one in cursor.fetchall()]


def after_closing(scope: Scope, made: Round) -> AfterClosing | None:
    """Count what came after a round was closed; None while it is not, or where nothing did."""
    if made.state != RoundState.CLOSED:
        return None
    with connection.cursor() as cursor:
        here = (made.pk, scope.path, scope.path)
        cursor.execute(LATE, (*here, made.closed_at, *here))
        found = AfterClosing(*map(int, cursor.fetchone()))
    return found if found.events else None
