"""Which measures hold at an hour: a condition on the rows and the hour, and nothing that a job would have to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.measures.models import Measure, holding, holding_now


@dataclass(frozen=True, slots=True)
class InForce:
    """A measure that holds. `person` is the record that stands for him after a merge."""

    measure: int
    public_id: str
    kind: str
    person: int | None
    area: int | None
    path: str
    starts_at: datetime
    ends_at: datetime
    origin: tuple[str, str]
    served_at: datetime | None


def in_force(scope: Scope, persons: Iterable[int], at: datetime) -> dict[int, tuple[InForce, ...]]:
    """Return what holds for each of some persons at an hour; a person without a measure has no key.

    A measure given to a record that was merged into the person counts for the person.
    """
    wanted = list(set(persons))
    rows = Measure.objects.filter(within(scope.path), holding(at)).filter(
        Q(person__in=wanted) | Q(person__merged_into__in=wanted)
    )
    found: dict[int, list[InForce]] = {}
    asked = set(wanted)
    for row in _read(rows):
        for person in asked.intersection(one for one in (row[0].person_id, row[1]) if one):
            found.setdefault(person, []).append(_shown(row[0], person))
    return {person: tuple(some) for person, some in found.items()}


def in_force_by_unit(scope: Scope, at: datetime) -> dict[tuple[str, str], int]:
    """Return how many measures hold at an hour, by the path of the unit that answers and the kind."""
    rows = (
        Measure.objects.filter(within(scope.path), holding(at))
        .values_list("path", "kind")
        .annotate(count=Count("id"))
        .order_by("path", "kind")
    )
    return {(path, kind): count for path, kind, count in rows}


def expiring(scope: Scope, within_time: timedelta, at: datetime, *, limit: int = 500) -> tuple[InForce, ...]:
    """Return the measures in force whose last hour comes within some time, the soonest first."""
    rows = Measure.objects.filter(within(scope.path), holding_now(at), ends_at__lte=at + within_time)
    return tuple(_shown(row, person) for row, person in _read(rows.order_by("ends_at", "id")[:limit]))


def _read(rows: QuerySet[Measure]) -> list[tuple[Measure, int | None]]:
    """Return each row with the record that stands for its person."""
    marked = rows.annotate(stands_for=Coalesce("person__merged_into", "person"))
    return [(row, row.stands_for) for row in marked]


def _shown(row: Measure, person: int | None) -> InForce:
    return InForce(
        measure=row.pk,
        public_id=row.public_id,
        kind=row.kind,
        person=person,
        area=row.area_id,
        path=row.path,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        origin=(row.origin_kind, row.origin_id),
        served_at=row.served_at,
    )
