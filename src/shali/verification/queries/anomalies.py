from dataclasses import dataclass
from datetime import datetime

from shali.foundation.accounts.queries import who
from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.reading import read
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


OF_SCOPE = """
select a.public_id, a.kind, t.public_id, t.subject_id, u.name, u.name_en, a.at, a.by, a.seen_by_county_at,
  a.seen_by_city_at, a.settled_at, a.settled_as
from verification_anomaly a join tasks_task t on t.id = a.task_id join jurisdictions_unit u on u.id = t.unit_id
where a.path >= %(path)s and a.path < %(path)s || '/' and {settled} order by a.at desc, a.id desc limit %(limit)s
"""
SETTLED = OF_SCOPE.format(settled="a.settled_at is not null")
NOT_SETTLED = OF_SCOPE.format(settled="a.settled_at is null")
SUBJECT, BY = 3, 7  # places of columns


def anomalies(scope: Scope, *, at: datetime, settled: bool = False, limit: int = 200) -> list[AnomalyRow]:
    """Return anomalies of a scope, the newest first; open ones unless settled ones are asked for."""
    found = read(SETTLED if settled else NOT_SETTLED, path=scope.path, limit=limit)
    people = masked_many(scope, [row[SUBJECT] for row in found if row[SUBJECT]], on=day_of(at))
    names = who(row[BY] for row in found)
    return [
        AnomalyRow(
            public_id,
            kind,
            task,
            people.get(subject or 0),
            unit,
            unit_en,
            raised_at,
            names[by].name if by in names else by,
            *settling,
        )
        for public_id, kind, task, subject, unit, unit_en, raised_at, by, *settling in found
    ]


def open_anomalies(scope: Scope) -> int:
    """Count the anomalies of a scope that nobody settled."""
    return Anomaly.objects.filter(within(scope.path), settled_at=None).count()
