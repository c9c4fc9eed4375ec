"""Exposure events, their rosters, and what differs between two rounds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.foundation.ui.paging import PAGE, Page
from shali.foundation.ui.refusal import NotInScope
from shali.tracing.models import Exposure, ExposureState, Member

DIFFERS = Q(settled_at=None) & ~Q(first="") & ~Q(answer="") & ~Q(first=F("answer"))
WHICH = ("open", "was_there", "was_not_there", "cannot_say", "differs", "all")


@dataclass(frozen=True, slots=True)
class ExposureRow:
    """people = was_there + was_not_there + cannot_say + open.

    visits_outside, visits_unclear: rows of a file of visits that do not touch the window, and whose hour is unreadable.
    """

    public_id: str
    place: str
    unit: str
    unit_en: str
    situation: str
    from_at: datetime
    to_at: datetime
    case: str
    case_number: int
    asks_again: str
    batch: str
    roster_of: str
    visits_outside: int
    visits_unclear: int
    due_at: datetime
    opened_at: datetime
    closed_at: datetime | None
    people: int
    open: int
    was_there: int
    was_not_there: int
    cannot_say: int
    differs: int


@dataclass(frozen=True, slots=True)
class MemberRow:
    id: int
    person: Masked | None
    unit: str
    unit_en: str
    task: str
    came_by: str
    answer: str
    answered_at: datetime | None
    answered_by: str
    first: str
    first_by: str
    settled_as: str
    is_ours: bool


def exposures(scope: Scope, *, limit: int = 200) -> list[ExposureRow]:
    """Return the exposures of a scope, those with open people first."""
    rows = _counted(scope).order_by("state", "due_at", "id")[:limit]
    return [_row(one) for one in rows]


def one_exposure(scope: Scope, exposure: str) -> ExposureRow:
    """Return an exposure and its sums.

    :raises NotInScope: there is none here
    """
    found = _counted(scope).filter(public_id=exposure).first()
    if found is None:
        raise NotInScope
    return _row(found)


def exposure_of_batch(scope: Scope, batch: int) -> Exposure | None:
    """Return the exposure whose roster's file a batch is."""
    return Exposure.objects.filter(within(scope.path), batch_id=batch).first()


def _counted(scope: Scope) -> "QuerySet[Any]":
    return (
        Exposure.objects.filter(within(scope.path))
        .select_related("unit", "case", "asks_again", "batch")
        .annotate(
            n_people=Count("members"),
            n_open=Count("members", filter=Q(members__answer="")),
            n_was_there=Count("members", filter=Q(members__answer="was_there")),
            n_was_not_there=Count("members", filter=Q(members__answer="was_not_there")),
            n_cannot_say=Count("members", filter=Q(members__answer="cannot_say")),
            n_differs=Count(
                "members",
                filter=Q(members__settled_at=None)
                & ~Q(members__first="")
                & ~Q(members__answer="")
                & ~Q(members__first=F("members__answer")),
            ),
        )
    )


def _row(one: Any) -> ExposureRow:
    counts = {
        name: getattr(one, f"n_{name}") for name in ("people", "open", "was_there", "was_not_there", "cannot_say")
    }
    return ExposureRow(
        public_id=one.public_id,
        place=one.place,
        unit=one.unit.name,
        unit_en=one.unit.name_en,
        situation=one.situation,
        from_at=one.from_at,
        to_at=one.to_at,
        case=one.case.public_id if one.case else "",
        case_number=one.case.number if one.case else 0,
        asks_again=one.asks_again.public_id if one.asks_again else "",
        batch=one.batch.public_id if one.batch else "",
        roster_of=one.roster_of,
        visits_outside=one.visits_outside,
        visits_unclear=one.visits_unclear,
        due_at=one.due_at,
        opened_at=one.opened_at,
        closed_at=one.closed_at if one.state == ExposureState.CLOSED else None,
        differs=one.n_differs,
        **counts,
    )


def members_page(scope: Scope, exposure: str, which: str, *, at: datetime, skip: int = 0) -> Page[MemberRow]:
    """Return the people of a roster under a filter of WHICH."""
    asked = {
        "open": Q(answer=""),
        "differs": DIFFERS,
        "all": Q(),
        **{answer: Q(answer=answer) for answer in ("was_there", "was_not_there", "cannot_say")},
    }
    rows = Member.objects.filter(within(scope.path, "exposure_path"), asked[which], exposure__public_id=exposure)
    found = list(rows.select_related("task").order_by("id")[skip : skip + PAGE + 1])
    shown = _members(scope, found[:PAGE], at)
    more = str(skip + PAGE) if len(found) > PAGE else ""
    return Page(shown, skip + 1, skip + len(shown), None, more, is_first=skip == 0)


def member_of_task(scope: Scope, task: str, *, at: datetime) -> tuple[MemberRow, Exposure] | None:
    """Return whom a task asks and about what, or None where it asks about nothing any more."""
    found = (
        Member.objects.filter(within(scope.path), task__public_id=task).select_related("task", "exposure__unit").first()
    )
    return (_members(scope, [found], at)[0], found.exposure) if found else None


def _members(scope: Scope, rows: list[Member], at: datetime) -> list[MemberRow]:
    people = masked_many(scope, [one.person_id for one in rows], on=day_of(at))
    units = {unit.path: unit for unit in Unit.objects.filter(path__in={one.path for one in rows})}
    return [
        MemberRow(
            id=one.pk,
            person=people.get(one.person_id),
            unit=units[one.path].name if one.path in units else "",
            unit_en=units[one.path].name_en if one.path in units else "",
            task=one.task.public_id if one.task else "",
            came_by=one.came_by,
            answer=one.answer,
            answered_at=one.answered_at,
            answered_by=one.answered_by,
            first=one.first,
            first_by=one.first_by,
            settled_as=one.settled_as,
            is_ours=scope.holds(one.path),
        )
        for one in rows
    ]
