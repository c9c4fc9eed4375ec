"""What could not be done: kept with its reason, settled by name."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.rows import next_ids
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.ui.refusal import WrongInput
from shali.foundation.vault.sealing import seal
from shali.testing.models import Parked, Waiting
from shali.testing.queries.find import parked_in_scope
from shali.testing.services.rounds import NotLawful

# take: do with it what was meant; set_aside: leave it undone, by name.
SETTLEMENTS = ("take", "set_aside")
OF_A_STATION = ("station_revoked", "station_forked", "station_copy")


def park(
    *,
    path: str,
    kind: str,
    at: datetime,
    round_id: int | None = None,
    station: int | None = None,
    batch: int | None = None,
    seq: int | None = None,
    tube: int | None = None,
    detail: dict[str, Any] | None = None,
    payload: bytes = b"",
) -> None:
    """Keep what could not be done. payload: what it was, sealed here. The same thing is parked once."""
    (number,) = next_ids("testing_parked", count=1)
    sealed = seal(payload, table="testing_parked", column="sealed", row=number) if payload else None
    row = Parked(
        pk=number,
        round_id=round_id,
        path=path,
        kind=kind,
        station_id=station,
        batch_id=batch,
        seq=seq,
        tube_id=tube,
        detail=detail or {},
        sealed=sealed,
        opened_at=at,
    )
    Parked.objects.bulk_create([row], ignore_conflicts=True)


@transaction.atomic
def settle_parked(*, scope: Scope, parked: str, settled_as: str, by: str, at: datetime) -> Parked:
    """Settle something parked, by name.

    A batch kept apart is processed when it is taken: its events count like any other's, each once.
    :raises NotLawful: it is settled already
    """
    row = parked_in_scope(scope, parked)
    if settled_as not in SETTLEMENTS:
        raise WrongInput(_("Say whether it is taken or set aside."), fields={"settled_as": "missing"})
    with in_scope(system_scope("testing")), connection.cursor() as cursor:
        cursor.execute(
            "update testing_parked set settled_at = %s, settled_by = %s, settled_as = %s"
            " where id = %s and settled_at is null",
            [at, by, settled_as, row.pk],
        )
        if not cursor.rowcount:
            raise NotLawful(_("Somebody settled this already."))
        if settled_as == "take" and row.kind in OF_A_STATION and row.batch_id and row.station_id:
            Waiting.objects.get_or_create(batch_id=row.batch_id, defaults={"station_id": row.station_id})
    row.refresh_from_db()
    return row
