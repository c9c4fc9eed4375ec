"""Contacts as lists show them, each with what is missing and why it is here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.foundation.ui.paging import PAGE, Page
from shali.tracing.models import Contact, ContactState, Day
from shali.tracing.queries.ring import Part, conditions, gap_rows
from shali.tracing.rules import GAPS


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact in a list. person None: outside what the reader may see. gaps: what is missing, gravest first."""

    public_id: str
    person: Masked | None
    unit: str
    unit_en: str
    path: str
    contact_class: str
    why: str
    last_exposure_on: date
    ends_on: date | None
    move_due_at: datetime | None
    moved_at: datetime | None
    place_kind: str
    place: str
    last_seen_on: date | None
    last_seen: int | None
    missed: int
    state: int
    assignee: str
    gaps: tuple[str, ...]


def contacts_page(scope: Scope, part: Part, which: str, *, at: datetime, skip: int = 0) -> Page[ContactRow]:
    """Return a page of contacts: which is one of GAPS, "any", "all" or "ready"; those due first on top."""
    found = list(gap_rows(scope, part, which, at=at).select_related("unit", "assignee__user")[skip : skip + PAGE + 1])
    rows = contact_rows(scope, found[:PAGE], at=at)
    more = str(skip + PAGE) if len(found) > PAGE else ""
    return Page(rows, skip + 1, skip + len(rows), None, more, is_first=skip == 0)


def contact_rows(scope: Scope, contacts: Sequence[Contact], *, at: datetime) -> list[ContactRow]:
    """Return contacts as rows, masked, with their gaps; three queries for any number."""
    people = masked_many(scope, [one.person_id for one in contacts], on=day_of(at))
    gaps = gaps_of_many(scope, [one.pk for one in contacts], at=at)
    return [
        ContactRow(
            public_id=one.public_id,
            person=people.get(one.person_id),
            unit=one.unit.name,
            unit_en=one.unit.name_en,
            path=one.path,
            contact_class=one.contact_class,
            why=one.why,
            last_exposure_on=one.last_exposure_on,
            ends_on=one.ends_on,
            move_due_at=one.move_due_at,
            moved_at=one.moved_at,
            place_kind=one.place_kind,
            place=one.place,
            last_seen_on=one.last_seen_on,
            last_seen=one.last_seen,
            missed=one.missed,
            state=one.state,
            assignee=one.assignee.user.name if one.assignee else "",
            gaps=gaps.get(one.pk, ()),
        )
        for one in contacts
    ]


def gaps_of_many(scope: Scope, contacts: Iterable[int], *, at: datetime) -> dict[int, tuple[str, ...]]:
    """Return what is missing of each contact under observation; one query."""
    asked = conditions(scope, at=at)
    open_now = Contact.objects.filter(
        pk__in=list(contacts), state=ContactState.UNDER_OBSERVATION, ends_on__isnull=False
    )
    rows = open_now.annotate(**{f"is_{name}": asked[name] for name in GAPS}).values_list(
        "pk", *[f"is_{name}" for name in GAPS]
    )
    return {pk: tuple(name for name, is_so in zip(GAPS, said, strict=True) if is_so) for pk, *said in rows}


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day of a contact as the worker's list shows it."""

    contact: str
    person: Masked | None
    unit: str
    unit_en: str
    measure: str
    day_number: int
    days: int
    test_due: bool
    tested: bool
    status: int | None
    missed: int
    place_kind: str
    place: str
    is_mine: bool


def days_to_see(scope: Scope, *, at: datetime, limit: int = 200) -> list[DayRow]:
    """Return today's days of the contacts of a scope: one's own first, then whoever was missed longest."""
    today = day_of(at)
    rows = list(
        Day.objects.filter(
            within(scope.path), on=today, dropped=False, contact__state=ContactState.UNDER_OBSERVATION
        ).select_related("contact__unit", "contact__assignee")[:limit]
    )  # fmt: skip
    people = masked_many(scope, [one.contact.person_id for one in rows], on=today)
    shown = [
        DayRow(
            contact=one.contact.public_id,
            person=people.get(one.contact.person_id),
            unit=one.contact.unit.name,
            unit_en=one.contact.unit.name_en,
            measure=one.measure,
            day_number=(today - one.contact.last_exposure_on).days,
            days=((one.contact.ends_on or today) - one.contact.last_exposure_on).days,
            test_due=one.test_due,
            tested=one.tested_at is not None,
            status=one.status,
            missed=one.contact.missed,
            place_kind=one.contact.place_kind,
            place=one.contact.place,
            is_mine=scope.post is not None and one.contact.assignee_id == scope.post,
        )
        for one in rows
    ]
    return sorted(shown, key=lambda one: (one.status is not None, not one.is_mine, -one.missed, one.contact))
