"""Is the ring closed? The contacts whom nobody holds yet, by what is missing; each of these lists must become empty."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.measures.models import Measure, MeasureState, holding_now
from shali.foundation.policy.rules import number
from shali.tracing.models import Contact, ContactState, Day, Relationship
from shali.tracing.queries.find import case_in_scope, seen_contacts
from shali.tracing.rules import GAPS, Seen


@dataclass(frozen=True, slots=True)
class Part:
    """Which contacts are asked for: of a unit ("" for the whole scope), or met by one case."""

    unit: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class UnitGaps:
    """A unit below, how many contacts it holds, and how many of them lack something."""

    name: str
    name_en: str
    path: str
    held: int
    gaps: int


@dataclass(frozen=True, slots=True)
class Ring:
    """Contacts under observation = closed + with a gap. gaps: by what is missing; one contact may lack several."""

    under_observation: int
    closed: int
    with_gap: int
    gaps: Mapping[str, int]
    ready: int  # may be released today


def owing(scope: Scope, part: Part) -> QuerySet[Contact]:
    """Return the contacts who owe a measure now, of a part of the scope."""
    rows = Contact.objects.filter(state=ContactState.UNDER_OBSERVATION, ends_on__isnull=False)
    if part.case:
        case = case_in_scope(scope, part.case)
        met = Relationship.objects.filter(case=case, withdrawn_at=None).values("contact_id")
        return rows.filter(seen_contacts(scope), pk__in=met)
    path = scope.part(part.unit)
    return rows.filter(within(path))


def conditions(scope: Scope, *, at: datetime) -> dict[str, Q]:
    """Return for each gap the condition on a contact's row. A number on a page and its rows are this same condition."""
    today = day_of(at)
    # A merge leaves an order on the record on which it was served; whoever is merged is judged, and ordered, anew.
    mine = Measure.objects.filter(person=OuterRef("person"))
    days = Day.objects.filter(contact=OuterRef("pk"), dropped=False)
    running = Q(ends_on__gte=today)
    return {
        "no_decision": running & Q(~Exists(mine.filter(state=MeasureState.DECIDED, ends_at__gt=at))),
        "no_measure": running & Q(~Exists(mine.filter(holding_now(at)))),
        "no_place": running & Q(place_kind=""),
        "not_moved": running & Q(moved_at=None, move_due_at__lt=at),
        "not_observed": running & Q(Exists(days.filter(on=today, status=None))),
        "test_due": Q(Exists(days.filter(on__lte=today, test_due=True, tested_at=None))),
        "missed_twice": running & Q(missed__gte=int(number("missed_raised_after", at).value)),
        "not_released": Q(ends_on__lt=today),
    }


def any_gap(scope: Scope, *, at: datetime) -> Q:
    """Return the condition that something is missing. That a day is not observed yet counts only when it is over."""
    found = Q(pk__in=[])
    for name, condition in conditions(scope, at=at).items():
        if name != "not_observed":
            found |= condition
    return found


def ready_to_release(scope: Scope, *, at: datetime) -> Q:
    """Return the condition of a release: the last day is reached, he was well on it, each test is negative."""
    days = Day.objects.filter(contact=OuterRef("pk"), dropped=False)
    not_negative = days.filter(test_due=True).exclude(tested_at__isnull=False, test_negative=True)
    return (
        Q(ends_on__lte=day_of(at))
        & Q(Exists(days.filter(on=OuterRef("ends_on"), status=Seen.WELL)))
        & Q(~Exists(not_negative))
    )


def ring(scope: Scope, part: Part, *, at: datetime) -> Ring:
    """Return how many contacts a part of the scope holds, and what is missing; one query."""
    asked = conditions(scope, at=at)
    counted = {f"gap_{name}": Count("pk", filter=asked[name]) for name in GAPS}
    found = owing(scope, part).aggregate(
        everyone=Count("pk"),
        lacking=Count("pk", filter=any_gap(scope, at=at)),
        ready=Count("pk", filter=ready_to_release(scope, at=at)),
        **counted,
    )
    return Ring(
        under_observation=found["everyone"],
        closed=found["everyone"] - found["lacking"],
        with_gap=found["lacking"],
        gaps={name: found[f"gap_{name}"] for name in GAPS},
        ready=found["ready"],
    )


def gaps_below(scope: Scope, part: Part, *, at: datetime) -> list[UnitGaps]:
    """Return each unit below with its contacts and how many of them lack something, in the city's own order."""
    path = scope.part(part.unit)
    parts = len(path.split(".")) + 1
    lacking = set(owing(scope, part).filter(any_gap(scope, at=at)).values_list("pk", flat=True))
    held: dict[str, list[int]] = {}
    for pk, where in owing(scope, part).values_list("pk", "path"):
        below = ".".join(where.split(".")[:parts])
        counts = held.setdefault(below, [0, 0])
        counts[0] += 1
        counts[1] += pk in lacking
    units = Unit.objects.filter(path__in=held).order_by("level", "place", "id")
    return [UnitGaps(unit.name, unit.name_en, unit.path, *held[unit.path]) for unit in units]


def gap_rows(scope: Scope, part: Part, which: str, *, at: datetime) -> QuerySet[Contact]:
    """Return the contacts that a gap's number counts, the most urgent first."""
    rows = owing(scope, part)
    if which in GAPS:
        rows = rows.filter(conditions(scope, at=at)[which])
    elif which == "any":
        rows = rows.filter(any_gap(scope, at=at))
    elif which == "ready":
        rows = rows.filter(ready_to_release(scope, at=at))
    still_to_move = Case(When(moved_at=None, then=0), default=1)
    return rows.order_by(still_to_move, F("move_due_at").asc(nulls_last=True), "id")
