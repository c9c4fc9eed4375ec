from dataclasses import dataclass
from datetime import datetime

from shali.foundation.accounts.queries import who
from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.verification.models import Anomaly


@dataclass(frozen=True, slots=True)
class AnomalyRow:
    public_id: str
    kind: int
    task: str
    person: Masked | None
    unit: str
    unit_en: str
    at: datetime
    by: str
    seen_by_county_at: datetime | None
    seen_by_city_at: datetime | None
    settled_at: datetime | None
    settled_as: str


def anomalies(scope: Scope, *, at: datetime, settled: bool = False, limit: int = 200) -> list[AnomalyRow]:
    """Return anomalies of a scope, the newest first; open ones unless settled ones are asked for."""
    found = (
        Anomaly.objects.filter(within(scope.path), settled_at__isnull=not settled)
        .select_related("task__unit")
        .order_by("-at", "-id")[:limit]
    )
    people = masked_many(scope, [one.task.subject_id for one in found if one.task.subject_id], on=day_of(at))
    names = who(one.by for one in found)
    return [
        AnomalyRow(
            public_id=one.public_id,
            kind=one.kind,
            task=one.task.public_id,
            person=people.get(one.task.subject_id or 0),
            unit=one.task.unit.name,
            unit_en=one.task.unit.name_en,
            at=one.at,
            by=names[one.by].name if one.by in names else one.by,
            seen_by_county_at=one.seen_by_county_at,
            seen_by_city_at=one.seen_by_city_at,
            settled_at=one.settled_at,
            settled_as=one.settled_as,
        )
        for one in found
    ]


def open_anomalies(scope: Scope) -> int:
    """Count the anomalies of a scope that nobody settled."""
    return Anomaly.objects.filter(within(scope.path), settled_at=None).count()
