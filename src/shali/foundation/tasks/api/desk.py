from dataclasses import asdict
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
from shali.foundation.tasks.queries.bulk import bulk_act, bulk_tasks
from shali.foundation.tasks.queries.counts import counts
from shali.foundation.tasks.queries.desk import Filter, tasks_page
from shali.foundation.tasks.services import bulk
from shali.foundation.tasks.services.undo_bulk import undo_bulk

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
    """Either named tasks, each of them the post's, or all that a filter holds.

    count: how many `all_of` was seen to hold; where it holds more by now, nothing is done
    """

    tasks: list[str] = Field([], max_length=10_000)
    all_of: Which | None = None
    count: int | None = Field(None, ge=0)
    unit: str = Field("", max_length=60)


class ChosenToAssign(Chosen):
    post: str = Field(max_length=12)


class AskedOut(Schema):
    """act: under this number the act stands in `/tasks/many/{act}`. is_finished: false while the worker is at it."""

    act: str
    is_finished: bool
    done: int
    skipped: int


class BulkRowOut(Schema):
    """state: 1 waits, 2 done, 3 skipped, 4 taken back, 5 kept as it is; reason: code of why it was left alone."""

    task: str
    person: PersonMasked | None
    unit: str
    unit_en: str
    state: int
    reason: str


class BulkOut(Schema):
    """counts: tasks by part. undo_until: null where it cannot be taken back."""

    public_id: str
    kind: str
    asked_by: str
    asked_at: datetime
    assignee: str
    total: int
    counts: dict[str, int]
    is_finished: bool
    is_undoing: bool
    undone_at: datetime | None
    undo_until: datetime | None
    items: list[BulkRowOut]
    after: str


class BulkWanted(Given):
    which: Literal["all", "waiting", "done", "skipped", "undone", "kept"] = "all"
    after: str = Field("", max_length=80)


@endpoint(router, "GET", "", Verb.SEE_TASKS, response=TasksOut, summary="The desk: tasks of a filter, due first")
def index(request: PostRequest, wanted: Query[Wanted]) -> dict[str, object]:
    page = tasks_page(request.scope, Filter(wanted.which, wanted.unit), at=now(), after=wanted.after)
    return {"items": page.rows, "total": page.total, "after": page.next}


@endpoint(router, "GET", "/counts", Verb.SEE_TASKS, response=CountsOut, summary="How many tasks each filter holds")
def how_many(request: PostRequest, unit: str = Query("", max_length=60)) -> dict[str, object]:
    return {"counts": counts(request.scope, unit=unit, at=now())}


@endpoint(router, "POST", "/many/accept", Verb.ACCEPT_TASKS, response=AskedOut, summary="Accept many tasks")
def accept_many(request: PostRequest, given: Chosen) -> bulk.Asked:
    return bulk.accept_many(scope=request.scope, selection=_selection(given), by=request.scope.name, at=now())


@endpoint(router, "POST", "/many/assign", Verb.ASSIGN_TASKS, response=AskedOut, summary="Assign many tasks to a post")
def assign_many(request: PostRequest, given: ChosenToAssign) -> bulk.Asked:
    return bulk.assign_many(
        scope=request.scope,
        selection=_selection(given),
        unit=given.unit or request.scope.path,
        post=given.post,
        by=request.scope.name,
        at=now(),
    )


@endpoint(router, "POST", "/many/remind", Verb.REMIND, response=AskedOut, summary="Remind the owners of many tasks")
def remind_many(request: PostRequest, given: Chosen) -> bulk.Asked:
    return bulk.remind_many(scope=request.scope, selection=_selection(given), by=request.scope.name, at=now())


@endpoint(router, "GET", "/many/{act}", Verb.SEE_TASKS, response=BulkOut, summary="How far an act over many tasks is")
def one_act(request: PostRequest, act: str, wanted: Query[BulkWanted]) -> dict[str, object]:
    at = now()
    page = bulk_tasks(request.scope, act, which=wanted.which, at=at, after=wanted.after)
    return {**asdict(bulk_act(request.scope, act, at=at)), "items": page.rows, "after": page.next}


@endpoint(router, "POST", "/many/{act}/undo", Verb.ACCEPT_TASKS, response=BulkOut, summary="Take an act over many back")
def undo_act(request: PostRequest, act: str) -> dict[str, object]:
    undo_bulk(scope=request.scope, act=act, by=request.scope.name, at=now())
    return {**asdict(bulk_act(request.scope, act, at=now())), "items": [], "after": ""}


def _selection(given: Chosen) -> bulk.Selection:
    if given.all_of is None:
        return bulk.Selection(tasks=given.tasks)
    return bulk.Selection(tasks=given.tasks, all_of=Filter(given.all_of, given.unit), count=given.count)
