from datetime import datetime
from typing import Literal

from ninja import Query, Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import Given
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.people.api.shown import PersonMasked
from shali.foundation.tasks.queries.desk import Filter, counts, tasks_page
from shali.foundation.tasks.services import bulk

router = Router(tags=["tasks"])
Which = Literal[
    "open",
    "overdue",
    "soon",
    "next_two_hours",
    "not_accepted",
    "blocked",
    "to_answer",
    "to_arbitrate",
    "mine",
    "told",
    "closed_today",
]


class Wanted(Given):
    which: Which = "open"
    unit: str = Field("", max_length=60)
    after: str = Field("", max_length=80)


class TaskOut(Schema):
    """why: what makes it stand here."""

    public_id: str
    kind: str
    state: str
    handed_over_at: datetime
    due_at: datetime
    person: PersonMasked | None
    unit: str
    unit_en: str
    path: str
    assignee: str
    is_accepted: bool
    blocked_on: str
    why: str


class TasksOut(Schema):
    """total: null beyond 10,000; after: hand it back as `after` for the following page, empty at the end."""

    items: list[TaskOut]
    total: int | None
    after: str


class CountsOut(Schema):
    counts: dict[str, int]


class Chosen(Given):
    """Either named tasks, or all that a filter holds."""

    tasks: list[str] = Field([], max_length=10_000)
    all_of: Which | None = None
    unit: str = Field("", max_length=60)


class ChosenToAssign(Chosen):
    post: str = Field(max_length=12)


class SkippedOut(Schema):
    task: str
    reason: str


class ManyOut(Schema):
    done: int
    skipped: list[SkippedOut]


@endpoint(router, "GET", "", Verb.SEE_TASKS, response=TasksOut, summary="The desk: tasks of a filter, due first")
def index(request: PostRequest, wanted: Query[Wanted]) -> dict[str, object]:
    page = tasks_page(request.scope, _filter(request, wanted.which, wanted.unit), at=now(), after=wanted.after)
    return {"items": page.rows, "total": page.total, "after": page.next}


@endpoint(router, "GET", "/counts", Verb.SEE_TASKS, response=CountsOut, summary="How many tasks each filter holds")
def how_many(request: PostRequest, unit: str = Query("", max_length=60)) -> dict[str, object]:
    return {"counts": counts(request.scope, unit=unit if request.scope.holds(unit) else "", at=now())}


@endpoint(router, "POST", "/many/accept", Verb.ACCEPT_TASKS, response=ManyOut, summary="Accept many tasks")
def accept_many(request: PostRequest, given: Chosen) -> bulk.Outcome:
    return bulk.accept_many(scope=request.scope, selection=_selection(request, given), by=request.scope.name, at=now())


@endpoint(router, "POST", "/many/assign", Verb.ASSIGN_TASKS, response=ManyOut, summary="Assign many tasks to a post")
def assign_many(request: PostRequest, given: ChosenToAssign) -> bulk.Outcome:
    return bulk.assign_many(
        scope=request.scope,
        selection=_selection(request, given),
        unit=given.unit if given.unit and request.scope.holds(given.unit) else request.scope.path,
        post=given.post,
        by=request.scope.name,
        at=now(),
    )


@endpoint(router, "POST", "/many/remind", Verb.REMIND, response=ManyOut, summary="Remind the owners of many tasks")
def remind_many(request: PostRequest, given: Chosen) -> bulk.Outcome:
    return bulk.remind_many(scope=request.scope, selection=_selection(request, given), by=request.scope.name, at=now())


def _filter(request: PostRequest, which: str, unit: str) -> Filter:
    return Filter(which, unit if request.scope.holds(unit) else "")


def _selection(request: PostRequest, given: Chosen) -> bulk.Selection:
    if given.all_of is not None:
        return bulk.Selection(all_of=_filter(request, given.all_of, given.unit))
    return bulk.Selection(tasks=given.tasks)
