from datetime import date, datetime
from typing import Literal

from ninja import Query, Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import Given, show_version
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.people.api.shown import PersonMasked
from shali.tracing.queries import contact as contact_reads
from shali.tracing.queries import contacts as reads
from shali.tracing.queries.ring import Part, ring
from shali.tracing.services import observing

router = Router()
Gap = Literal[
    "any",
    "all",
    "not_moved",
    "no_measure",
    "no_decision",
    "no_place",
    "missed_twice",
    "test_due",
    "not_observed",
    "not_released",
    "ready",
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
    ready: int  # may be released today


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


class AssignIn(Given):
    contacts: list[str] = Field(min_length=1, max_length=2_000)
    posts: list[str] = Field(min_length=1, max_length=50)


class GivenOut(Schema):
    given: dict[str, int]


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


@endpoint(router, "GET", "/{contact}", *READS, response=ContactRecordOut, summary="One contact: plans and days")
def one(request: PostRequest, contact: str) -> contact_reads.ContactRecord:
    found = contact_reads.contact_record(request.scope, contact, at=now())
    show_version(request, found.version)
    return found
