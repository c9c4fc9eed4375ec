from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given, keep_no_answer, show_version
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.people.api.shown import PersonMasked
from shali.tracing.queries import contact as contact_reads
from shali.tracing.queries import contacts as reads
from shali.tracing.queries.find import find_person
from shali.tracing.queries.ring import Part, ring
from shali.tracing.rules import Seen
from shali.tracing.services import observing
from shali.tracing.services.contacts import (
    Entered,
    Line,
    Meeting,
    confirm_relationship,
    enter_contacts,
    enter_second_ring,
    take_over_household,
    withdraw_relationship,
)
from shali.tracing.services.persons import Named

router = Router()
Gap = Literal[
    *("any", "all", "not_moved", "no_measure", "no_decision", "no_place", "missed_twice", "test_due", "not_observed"),
    "not_released",
]


class ContactOut(Schema):
    """gaps: what is missing, gravest first."""

    public_id: str
    person: PersonMasked | None
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
    gaps: list[str]


class ContactsOut(Schema):
    items: list[ContactOut]
    after: str


class RingOut(Schema):
    """under_observation = closed + with_gap."""

    under_observation: int
    closed: int
    with_gap: int
    gaps: dict[str, int]


class MetOut(Schema):
    public_id: str
    case: str
    case_number: int
    by_contact: str
    first_at: datetime
    last_at: datetime
    situation: str
    protection: str
    certainty: str
    judged_class: str
    why: str
    withdrawn_at: datetime | None
    withdrawn_why: str


class PlanOut(Schema):
    seq: int
    contact_class: str
    why: str
    rule: str
    last_exposure_on: date
    ends_on: date | None
    phases: list[tuple[str, date, date]]
    tests: list[date]
    caused_by: str
    made_at: datetime


class DayOut(Schema):
    number: int
    on: date
    measure: str
    test_due: bool
    status: int | None
    tested_at: datetime | None
    test_negative: bool | None


class ContactRecordOut(Schema):
    row: ContactOut
    version: int
    relationships: list[MetOut]
    plans: list[PlanOut]
    days: list[DayOut]


class Wanted(Given):
    unit: str = Field("", max_length=60)
    case: str = Field("", max_length=12)
    which: Gap = "any"
    after: int = Field(0, ge=0, le=100_000)


class DayRowOut(Schema):
    contact: str
    person: PersonMasked | None
    unit: str
    unit_en: str
    measure: str
    day_number: int
    days: int
    test_due: bool
    tested: bool
    status: int | None
    missed: int
    is_mine: bool


class DaysOut(Schema):
    items: list[DayRowOut]


class MeetingIn(Given):
    """entry: the device's own name for the line; sent again, it is the same line."""

    entry: UUID
    first_at: datetime
    last_at: datetime
    situation: str = Field(max_length=20)
    protection: str = Field("none", max_length=10)
    certainty: str = Field("probable", max_length=10)
    place: str = Field("", max_length=200)


class LineIn(MeetingIn):
    """person: somebody known, by his number here; else he is named."""

    person: str = Field("", max_length=12)
    name: str = Field("", max_length=60)
    document: str = Field("", max_length=40)
    phone: str = Field("", max_length=20)
    address: str = Field("", max_length=200)


class LinesIn(Given):
    lines: list[LineIn] = Field(min_length=1, max_length=2_000)


class EnteredOut(Schema):
    contact: str
    is_new: bool


class AllEnteredOut(Schema):
    items: list[EnteredOut]


class PlaceIn(Given):
    kind: Literal["site", "home", "hospital", "elsewhere"]
    place: str = Field("", max_length=80)


class MovedIn(Given):
    moved_at: datetime


class DayIn(Given):
    """status: 1 well, 2 unwell, 3 not reached."""

    entry: UUID
    on: date
    status: int = Field(ge=1, le=3)
    temperature: str = Field("", max_length=5)
    symptoms: list[str] = Field(default_factory=list, max_length=10)


class TestIn(Given):
    on: date
    negative: bool | None = None


class EndIn(Given):
    how: Literal["release", "lost"]


class LinkOut(Schema):
    path: str


class AssignIn(Given):
    contacts: list[str] = Field(min_length=1, max_length=2_000)
    posts: list[str] = Field(min_length=1, max_length=50)


class GivenOut(Schema):
    given: dict[str, int]


class RelationshipIn(Given):
    certainty: Literal["claimed", "probable", "confirmed"]


class WithdrawIn(Given):
    why: Literal["entered_by_mistake", "was_not_there", "other_person", "told_wrongly"]


READS = (Verb.SEE_TRACING, Verb.FOLLOW_UP)


@endpoint(router, "GET", "", *READS, response=ContactsOut, summary="Contacts, and what is missing")
def index(request: PostRequest, wanted: Query[Wanted]) -> dict[str, object]:
    part = Part(wanted.unit, wanted.case)
    page = reads.contacts_page(request.scope, part, wanted.which, at=now(), skip=wanted.after)
    return {"items": page.rows, "after": page.next}


@endpoint(router, "GET", "/ring", *READS, response=RingOut, summary="Is the ring closed?")
def ring_of(request: PostRequest, wanted: Query[Wanted]) -> object:
    return ring(request.scope, Part(wanted.unit, wanted.case), at=now())


@endpoint(router, "GET", "/today", Verb.FOLLOW_UP, response=DaysOut, summary="Whom to see today")
def today(request: PostRequest) -> dict[str, object]:
    return {"items": reads.days_to_see(request.scope, at=now())}


@endpoint(router, "POST", "/assign", Verb.ASSIGN_TASKS, response=GivenOut, summary="Give contacts to posts evenly")
def assign(request: PostRequest, given: AssignIn) -> dict[str, object]:
    done = observing.assign_contacts(
        scope=request.scope, contacts=given.contacts, posts=given.posts, by=request.scope.name, at=now()
    )
    return {"given": done}


@endpoint(router, "POST", "/of-case/{case}", Verb.INVESTIGATE, response=AllEnteredOut, summary="Enter whom a case met")
def enter(request: PostRequest, case: str, given: LinesIn) -> dict[str, list[Entered]]:
    done = enter_contacts(scope=request.scope, case=case, lines=_lines(request, given), by=request.scope.name, at=now())
    return {"items": done}


@endpoint(
    router,
    "POST",
    "/of-case/{case}/household",
    Verb.INVESTIGATE,
    response=AllEnteredOut,
    summary="Enter everybody behind a case's door",
)
def household(request: PostRequest, case: str, given: MeetingIn) -> dict[str, list[Entered]]:
    done = take_over_household(scope=request.scope, case=case, meeting=_meeting(given), by=request.scope.name, at=now())
    return {"items": done}


@endpoint(
    router, "POST", "/{contact}/second-ring", Verb.INVESTIGATE, response=AllEnteredOut, summary="Whom a contact met"
)
def second_ring(request: PostRequest, contact: str, given: LinesIn) -> dict[str, list[Entered]]:
    done = enter_second_ring(
        scope=request.scope, contact=contact, lines=_lines(request, given), by=request.scope.name, at=now()
    )
    return {"items": done}


def _lines(request: PostRequest, given: LinesIn) -> list[Line]:
    return [
        Line(
            find_person(request.scope, one.person, at=now())
            if one.person
            else Named(one.name, one.document, one.phone, one.address),
            _meeting(one),
        )
        for one in given.lines
    ]


def _meeting(one: MeetingIn) -> Meeting:
    return Meeting(one.first_at, one.last_at, one.situation, one.protection, one.certainty, one.place, one.entry)


@endpoint(router, "GET", "/{contact}", *READS, response=ContactRecordOut, summary="One contact: plans and days")
def one(request: PostRequest, contact: str) -> contact_reads.ContactRecord:
    found = contact_reads.contact_record(request.scope, contact, at=now())
    show_version(request, found.version)
    return found


@endpoint(router, "POST", "/{contact}/place", Verb.FOLLOW_UP, response=DoneOut, summary="Where a contact will stay")
def place(request: PostRequest, contact: str, given: PlaceIn) -> DoneOut:
    observing.set_place(
        scope=request.scope, contact=contact, kind=given.kind, place=given.place, by=request.scope.name, at=now()
    )
    return DoneOut()


@endpoint(router, "POST", "/{contact}/moved", Verb.FOLLOW_UP, response=DoneOut, summary="A contact is where he stays")
def moved(request: PostRequest, contact: str, given: MovedIn) -> DoneOut:
    observing.note_moved(scope=request.scope, contact=contact, moved_at=given.moved_at, by=request.scope.name, at=now())
    return DoneOut()


@endpoint(router, "POST", "/{contact}/days", Verb.FOLLOW_UP, response=DoneOut, summary="What a day brought")
def day(request: PostRequest, contact: str, given: DayIn) -> DoneOut:
    told = observing.Told(Seen(given.status), given.temperature, tuple(given.symptoms), given.entry)
    observing.observe(scope=request.scope, contact=contact, on=given.on, told=told, by=request.scope.name, at=now())
    return DoneOut()


@endpoint(router, "POST", "/{contact}/tests", Verb.FOLLOW_UP, response=DoneOut, summary="A day's test")
def test(request: PostRequest, contact: str, given: TestIn) -> DoneOut:
    observing.note_test(
        scope=request.scope, contact=contact, on=given.on, negative=given.negative, by=request.scope.name, at=now()
    )
    return DoneOut()


@endpoint(router, "POST", "/{contact}/end", Verb.FOLLOW_UP, response=DoneOut, summary="Release a contact, or lose him")
def end(request: PostRequest, contact: str, given: EndIn) -> DoneOut:
    step = observing.release if given.how == "release" else observing.end_as_lost
    step(scope=request.scope, contact=contact, by=request.scope.name, at=now())
    return DoneOut()


@endpoint(router, "POST", "/{contact}/link", Verb.FOLLOW_UP, response=LinkOut, summary="A link for the person himself")
def link(request: PostRequest, contact: str) -> dict[str, str]:
    keep_no_answer(request)
    secret = observing.make_self_link(scope=request.scope, contact=contact, by=request.scope.name, at=now())
    return {"path": f"/tracing/oneself/{secret}/"}


@endpoint(
    router,
    "POST",
    "/relationships/{relationship}/certainty",
    Verb.INVESTIGATE,
    response=DoneOut,
    summary="How sure a relationship is",
)
def certainty(request: PostRequest, relationship: str, given: RelationshipIn) -> DoneOut:
    confirm_relationship(
        scope=request.scope,
        relationship=relationship,
        certainty=given.certainty,
        by=request.scope.name,
        at=now(),
    )
    return DoneOut()


@endpoint(
    router,
    "POST",
    "/relationships/{relationship}/withdraw",
    Verb.INVESTIGATE,
    response=DoneOut,
    summary="Take a relationship back",
)
def withdraw(request: PostRequest, relationship: str, given: WithdrawIn) -> DoneOut:
    withdraw_relationship(
        scope=request.scope, relationship=relationship, why=given.why, by=request.scope.name, at=now()
    )
    return DoneOut()
