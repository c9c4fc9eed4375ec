"""Who may have infected a case, and on which relationship a link rests."""

from dataclasses import dataclass
from datetime import datetime

from shali.foundation.jurisdictions.scope import Scope, within
from shali.tracing.models import Case, Relationship
from shali.tracing.queries.find import case_in_scope
from shali.tracing.rules import Classification


@dataclass(frozen=True, slots=True)
class Ground:
    """A relationship on which a link may rest. case: number of whom it names as the source."""

    relationship: str
    case_number: int
    case: str
    first_at: datetime
    last_at: datetime
    situation: str
    protection: str
    certainty: str
    has_place: bool


def grounds_of(scope: Scope, case: str) -> list[Ground]:
    """Return every relationship in which a case of the scope was somebody's contact: who else may have infected him."""
    row = case_in_scope(scope, case)
    met = (
        Relationship.objects.filter(contact__person_id=row.person_id, case__isnull=False, withdrawn_at=None)
        .select_related("case")
        .order_by("-last_at")
    )
    return [
        Ground(
            relationship=one.public_id,
            case_number=one.case.number if one.case else 0,
            case=one.case.public_id if one.case else "",
            first_at=one.first_at,
            last_at=one.last_at,
            situation=one.situation,
            protection=one.protection,
            certainty=one.certainty,
            has_place=one.place_sealed is not None,
        )
        for one in met
        if one.case is not None
    ]


@dataclass(frozen=True, slots=True)
class Possible:
    public_id: str
    number: int
    met: bool


def possible_sources(scope: Scope, case: str, *, at: datetime) -> list[Possible]:
    """Return who may have infected a case of the scope: whom he met first, then the others, by number."""
    row = case_in_scope(scope, case)
    met = {one.case for one in grounds_of(scope, case)}
    others = (
        Case.objects.filter(within(scope.path), outbreak_id=row.outbreak_id)
        .exclude(pk=row.pk)
        .exclude(classification__in=[Classification.DISCARDED, Classification.SUSPECT])
        .order_by("number")
        .values_list("public_id", "number")
    )
    found = [Possible(public_id, number, public_id in met) for public_id, number in others]
    return sorted(found, key=lambda one: (not one.met, one.number))
