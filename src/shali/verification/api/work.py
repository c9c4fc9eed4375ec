from datetime import datetime
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import Given
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.people.api.shown import PersonMasked
from shali.foundation.ui.paging import Page
from shali.verification.queries.entries import EntryRow, entries_page
from shali.verification.queries.identity import IdentityRow, identity_questions
from shali.verification.queries.lists import pushed_list
from shali.verification.queries.words import Way
from shali.verification.services.entries import Entry, Outcome, take_entries

router = Router()


class TaskOut(Schema):
    """facts: counted, identified, located, control status known."""

    task: str
    state: str
    handed_over_at: datetime
    due_at: datetime
    person: PersonMasked | None
    path: str
    facts: tuple[bool, bool, bool, bool]
    attempts: int
    next_attempt_at: datetime | None
    ending: int | None
    is_accepted: bool


class TasksOut(Schema):
    """total: null beyond 10,000; after: hand it back as `after` for the following page, empty at the end."""

    items: list[TaskOut]
    total: int | None
    after: str


class Wanted(Given):
    which: str = Field("open", pattern="^(open|overdue|soon|blocked|not_accepted|closed|never_found|all)$")
    list: str = Field("", max_length=12)
    unit: str = Field("", max_length=60)
    after: str = Field("", max_length=80)


class EntryIn(Given):
    """One thing done at a door or on the telephone, under the device's own name for it.

    question, number: of a document that has to be seen; `answer` is number, no_document or not_shown
    """

    entry: UUID
    task: str = Field(max_length=12)
    kind: str = Field(pattern="^(finding|attempt|anomaly|identity|close)$")
    taken_at: datetime
    fact: int = Field(0, ge=0, le=4)
    answer: str = Field("", max_length=40)
    way: int = Field(int(Way.PHONE), ge=1, le=6)
    result: int = Field(0, ge=0, le=7)
    next_attempt_at: datetime | None = None
    anomaly: int = Field(0, ge=0, le=9)
    note: str = Field("", max_length=500)
    question: str = Field("", max_length=12)
    number: str = Field("", max_length=40)


class EntriesIn(Given):
    entries: list[EntryIn] = Field(max_length=500)


class OutcomeOut(Schema):
    entry: UUID
    is_taken: bool
    message: str


class OutcomesOut(Schema):
    outcomes: list[OutcomeOut]


@endpoint(router, "GET", "", Verb.SEE_LISTS, Verb.RECORD_FINDINGS, response=TasksOut, summary="People, due first")
def index(request: PostRequest, wanted: Query[Wanted]) -> dict[str, object]:
    page: Page[EntryRow] = entries_page(
        request.scope,
        at=now(),
        which=wanted.which,
        pushed_list=pushed_list(request.scope, wanted.list).pk if wanted.list else None,
        unit=wanted.unit,
        after=wanted.after,
    )
    return {"items": page.rows, "total": page.total, "after": page.next}


class IdentityOut(Schema):
    """answer: empty while it is open. The number that was read is with the review, and nowhere else."""

    question: str
    task: str
    asked_at: datetime
    due_at: datetime
    answer: str
    ended_at: datetime | None


class IdentitiesOut(Schema):
    items: list[IdentityOut]


@endpoint(
    router, "GET", "/identity", Verb.RECORD_FINDINGS, response=IdentitiesOut,
    summary="Documents to be seen in person: the open questions, or all of one task",
)  # fmt: skip
def identity(request: PostRequest, task: str = Query("", max_length=12)) -> dict[str, list[IdentityRow]]:
    return {"items": identity_questions(request.scope, task=task)}


@endpoint(
    router,
    "POST",
    "/entries",
    Verb.RECORD_FINDINGS,
    response=OutcomesOut,
    summary="What was done at doors and by telephone",
)
def entries(request: PostRequest, given: EntriesIn) -> dict[str, list[Outcome]]:
    read = [Entry(**one.dict()) for one in given.entries]
    return {"outcomes": take_entries(scope=request.scope, entries=read, by=request.scope.name, at=now())}
