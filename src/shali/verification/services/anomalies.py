from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.tasks.services.step import progress
from shali.foundation.ui.refusal import NotInScope, Refusal
from shali.foundation.vault.sealing import seal
from shali.verification.facts import AnomalyRaised
from shali.verification.models import Anomaly, AnomalyKind
from shali.verification.queries.checks import check_for_update
from shali.verification.services.findings import Recorded

CITY_PARTS, COUNTY_PARTS = 1, 2


class AlreadySettled(Refusal):
    """Another desk settled the anomaly first."""


@transaction.atomic
def raise_anomaly(
    *,
    scope: Scope,
    task: str,
    entry: UUID,
    kind: AnomalyKind,
    taken_at: datetime,
    by: str,
    at: datetime,
    note: str = "",
) -> Recorded:
    """Tell county and city at once about something found with a person; the task goes on."""
    check = check_for_update(scope, task)
    known = Anomaly.objects.filter(entry=entry).first()
    if known is not None:
        return Recorded(known.pk, is_new=False)
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('verification_anomaly', 'id'))")
        number = int(cursor.fetchone()[0])
    Anomaly.objects.create(
        pk=number,
        task_id=check.pk,
        entry=entry,
        kind=kind,
        path=check.task.path,
        at=min(taken_at, at),
        recorded_at=at,
        by=by,
        note_sealed=seal(note, table="verification_anomaly", column="note", row=number) if note else None,
    )
    progress(task=check.pk, scope=scope, by=by, at=at, detail={"anomaly": int(kind)})
    announce([AnomalyRaised(number, check.pk, int(kind), check.task.path)], by=by, at=at)
    return Recorded(number, is_new=True)


@transaction.atomic
def mark_seen(*, scope: Scope, anomalies: list[str], by: str, at: datetime) -> int:
    """Note that the county's or the city's desk has seen anomalies; the first look counts.

    Returns how many were new to this desk.
    """
    level = len(scope.path.split("."))
    found = Anomaly.objects.filter(within(scope.path), public_id__in=anomalies)
    if level == CITY_PARTS:
        return found.filter(seen_by_city="").update(seen_by_city=by, seen_by_city_at=at)
    if level == COUNTY_PARTS:
        return found.filter(seen_by_county="").update(seen_by_county=by, seen_by_county_at=at)
    return 0


@transaction.atomic
def settle_anomaly(*, scope: Scope, anomaly: str, settled_as: str, by: str, at: datetime) -> None:
    """Note what was done about an anomaly. Compare-and-set: of two desks at once, one settles it.

    :raises AlreadySettled: another desk was quicker
    """
    mine = Q(within(scope.path), public_id=anomaly)
    changed = Anomaly.objects.filter(mine, settled_at=None).update(settled_at=at, settled_by=by, settled_as=settled_as)
    if changed:
        return
    if not Anomaly.objects.filter(mine).exists():
        raise NotInScope
    raise AlreadySettled(_("Another desk settled this already; its entry stands."))
