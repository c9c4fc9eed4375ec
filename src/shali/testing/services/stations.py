"""Stations: let in once by a code, known by their own key, given what they need for days without a network, revoked."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.policy.rules import limit, number
from shali.foundation.ui.refusal import Refusal, WrongInput
from shali.foundation.vault.outbox import is_point, is_signed, public_key
from shali.foundation.vault.public_id import ALPHABET
from shali.foundation.vault.sealing import blind
from shali.testing.models import Epoch, Station
from shali.testing.queries.find import site_in_scope, station_in_scope
from shali.testing.rules import RoundState
from shali.testing.services.envelopes import Sent
from shali.testing.services.ingest import NotKnown
from shali.testing.services.marks import MARK_BYTES, mark_key
from shali.testing.services.rounds import NotLawful

CODE_LENGTH = 12
# What a station keeps of the roster: people whom its point covers, who of them is exempt, who owes a single tube.
MARKS = """
with ours as (select id, round_id, path, place from testing_cover where site_id = %s)
select e.marks, e.exempt <> '', e.standing = 2 from ours c
join testing_expected e on e.round_id = c.round_id and e.cover_id is null
  and e.path >= c.path and e.path < c.path || '/'
where c.place = '' and not e.guest and not exists (
  select from testing_cover d
  where d.round_id = c.round_id and d.place = '' and d.path > c.path and d.path < c.path || '/'
    and e.path >= d.path and e.path < d.path || '/'
)
union all
select e.marks, e.exempt <> '', e.standing = 2 from ours c join testing_expected e on e.cover_id = c.id
where c.place <> '' and not e.guest
"""


class NoEntry(Refusal):
    """A code that lets nobody in: used, expired, or never made. Which of them is not told."""

    status = 403


@dataclass(frozen=True, slots=True)
class MadeStation:
    station: Station
    code: str


@transaction.atomic
def make_station(*, scope: Scope, site: str, table: int, by: str, at: datetime, replaces: str = "") -> MadeStation:
    """Make a place for a device at a table, and the code that lets it in once. The code is shown once and not kept."""
    row = site_in_scope(scope, site)
    if row.round.state == RoundState.CLOSED or row.closed_at is not None:
        raise NotLawful(_("This round or this point is closed."))
    if not 1 <= table <= row.tables:
        said = _("This point has the tables 1 to %(tables)d.") % {"tables": row.tables}
        raise WrongInput(said, fields={"table": "wrong"})
    code = "".join(secrets.choice(ALPHABET) for _n in range(CODE_LENGTH))
    made = Station.objects.create(
        round=row.round,
        site=row,
        path=row.path,
        table=table,
        code_blind=blind(code, kind="station_code"),
        code_expires_at=at + timedelta(hours=number("station_code_hours", at).value),
        made_at=at,
        made_by=by,
        replaces=station_in_scope(scope, replaces) if replaces else None,
    )
    return MadeStation(made, code)


@transaction.atomic
def enrol(*, code: str, key: bytes, app: str, at: datetime) -> Station:
    """Let a device in by its code; from now on it is known by its key alone.

    :raises NoEntry: the code was used, has expired, or is none
    :raises WrongInput: the key is no point of the curve
    """
    if len(key) != 65 or not is_point(key):
        raise WrongInput(_("The device's key cannot be read."), fields={"key": "wrong"})
    clean = code.strip().lower().replace("-", "").replace(" ", "")
    with in_scope(system_scope("testing.stations")):
        rows = Station.objects.select_for_update(of=("self",)).select_related("site", "round")
        found = rows.filter(code_blind=blind(clean, kind="station_code"), enrolled_at=None).first()
        if found is None or found.code_expires_at <= at or found.revoked_at is not None:
            raise NoEntry(_("This code lets no device in. Ask for a new one at the sampling point's page."))
        found.verify_key, found.enrolled_at, found.app, found.last_seen_at = key, at, app[:20], at
        found.save(update_fields=["verify_key", "enrolled_at", "app", "last_seen_at"])
    return found


@transaction.atomic
def revoke_station(*, scope: Scope, station: str, by: str, at: datetime) -> Station:
    """Revoke a device. What it still sends is kept apart for a decision: the swabs exist."""
    row = station_in_scope(scope, station)
    if row.revoked_at is not None:
        raise NotLawful(_("This device is revoked already."))
    row.revoked_at, row.revoked_by = at, by
    row.save(update_fields=["revoked_at", "revoked_by"])
    return row


def known_station(*, sent: Sent, at: datetime) -> Station:
    """Return the station that signed something, or refuse.

    :raises NotKnown: no such station, revoked, or not its signature
    """
    with in_scope(system_scope("testing.stations")):
        rows = Station.objects.select_related("round", "site").filter(public_id=sent.station, revoked_at=None)
        found = rows.exclude(verify_key=None).first()
        if found is None or not is_signed(
            point=bytes(found.verify_key or b""), signature=sent.signature, said=sent.signed()
        ):
            raise NotKnown(_("This device is not known here, or its signature does not hold."))
    return found


def pack_for(*, station: Station, at: datetime, have: str = "") -> dict[str, Any]:
    """Return all that a station needs to work for days without a network. Holds no name and no number of anybody.

    have: the version that it holds; {"same": true} where nothing has changed since
    """
    made, site = station.round, station.site
    with in_scope(system_scope("testing.stations")):
        with connection.cursor() as cursor:
            cursor.execute(MARKS, [site.pk])
            rows = cursor.fetchall()
        epoch = current_epoch(at=at)
    pack = {
        "round": {"number": made.number, "starts_at": made.starts_at, "ends_at": made.ends_at, "code": made.public_id},
        "site": {"name": site.name, "code": site.public_id, "size": site.pool_size},
        "station": station.public_id,
        "table": station.table,
        "exercise": made.exercise,
        "open": made.state == RoundState.OPEN and site.closed_at is None,
        "epoch": epoch.number,
        "transport_hours": limit("tube_transport", at).hours,
        "server_key": base64.b64encode(public_key()).decode(),
        "mark_key": base64.b64encode(mark_key(made=made)).decode(),
        "mark_bytes": MARK_BYTES,
        "people": len(rows),
        "roster": _joined([marks for marks, is_exempt, _owes in rows if not is_exempt]),
        "exempt": _joined([marks for marks, is_exempt, _owes in rows if is_exempt]),
        "owes": _joined([marks for marks, _is_exempt, owes in rows if owes]),
    }
    version = hashlib.sha256(orjson.dumps(pack)).hexdigest()[:16]
    if have == version:
        return {"same": True}
    return pack | {"version": version, "last_seq": station.last_seq, "made_at": at}


def _joined(rows: list[bytes | memoryview]) -> str:
    """Return marks in byte order, so that nothing shows whose stand together."""
    parted = [bytes(row)[n : n + MARK_BYTES] for row in rows for n in range(0, len(row), MARK_BYTES)]
    return base64.b64encode(b"".join(sorted(parted))).decode()


def current_epoch(*, at: datetime) -> Epoch:
    """Return the age of this database, the first one when there is none."""
    found = Epoch.objects.order_by("-number").first()
    return found or Epoch.objects.create(began_at=at, began_by="system:testing", why="first")


@transaction.atomic
def begin_epoch(*, why: str, by: str, at: datetime) -> Epoch:
    """Begin a new age after a backup was restored: stations send again what this database has not."""
    with in_scope(system_scope("testing")):
        return Epoch.objects.create(began_at=at, began_by=by, why=why[:60])


@transaction.atomic
def note_backup(*, until: datetime, by: str, at: datetime) -> Epoch:
    """Say that all that came before an hour lies in a backup; stations may forget it."""
    with in_scope(system_scope("testing")):
        epoch = current_epoch(at=at)
        earlier = Q(safe_before=None) | Q(safe_before__lt=until)
        Epoch.objects.filter(earlier, number=epoch.number).update(safe_before=until)
        epoch.refresh_from_db()
    return epoch
