from datetime import datetime
from typing import Protocol, TypedDict

from ninja import Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import Given, Nothing, show_version, version_seen
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.people.api.shown import PersonMasked
from shali.foundation.tasks.api.shown import ActedOut, JointOut, LineOut, ReminderOut, TransferOut, UnitShown
from shali.foundation.tasks.queries.task import task_record
from shali.foundation.tasks.services import accept as own

router = Router()


class _Given(TypedDict):
    """What every act on a task is told."""

    scope: Scope
    task: str
    seen: int | None
    by: str
    at: datetime


class TaskRecordOut(Schema):
    """owners: whose it is, the owner last; is_ours: false for the asked side of a transfer."""

    task: str
    version: int
    kind: str
    state: str
    handed_over_at: datetime
    due_at: datetime
    blocked_on: str
    person: PersonMasked | None
    owners: list[UnitShown]
    is_ours: bool
    is_closed: bool
    is_accepted: bool
    history: list[LineOut]
    transfers: list[TransferOut]
    joint: list[JointOut]
    reminders: list[ReminderOut]


class AssignIn(Given):
    """post: its public id; null takes the task back to the desk."""

    post: str | None = Field(max_length=12)


class BlockIn(Given):
    waits_for: str = Field(max_length=40)
    note: str = Field("", max_length=500)


class NoteIn(Given):
    text: str = Field(min_length=1, max_length=500)


@endpoint(router, "GET", "/{task}", Verb.SEE_TASKS, response=TaskRecordOut, summary="A task with its history")
def one(request: PostRequest, task: str) -> dict[str, object]:
    found = task_record(request.scope, task, at=now())
    row = found.row
    show_version(request, row.version)
    return {
        "task": row.public_id,
        "version": row.version,
        "kind": row.kind,
        "state": found.state,
        "handed_over_at": row.handed_over_at,
        "due_at": row.due_at,
        "blocked_on": row.blocked_on,
        "person": found.person,
        "owners": list(found.owners),
        "is_ours": found.is_ours,
        "is_closed": found.is_closed,
        "is_accepted": found.is_accepted,
        "history": list(found.history),
        "transfers": list(found.transfers),
        "joint": list(found.joint),
        "reminders": list(found.reminders),
    }


@endpoint(
    router, "POST", "/{task}/accept", Verb.ACCEPT_TASKS, response=ActedOut, summary="Accept a task", if_match=True
)
def accept(request: PostRequest, task: str, given: Nothing) -> dict[str, object]:
    return _acted(own.accept(**_told(request, task)))


@endpoint(
    router, "POST", "/{task}/assign", Verb.ASSIGN_TASKS, response=ActedOut, summary="Assign a task", if_match=True
)
def assign(request: PostRequest, task: str, given: AssignIn) -> dict[str, object]:
    return _acted(own.assign(**_told(request, task), post=given.post or None))


@endpoint(
    router,
    "POST",
    "/{task}/block",
    Verb.ACCEPT_TASKS,
    response=ActedOut,
    summary="Whom it waits for",
    if_match=True,
)
def block(request: PostRequest, task: str, given: BlockIn) -> dict[str, object]:
    return _acted(own.block(**_told(request, task), waits_for=given.waits_for, note=given.note))


@endpoint(router, "POST", "/{task}/unblock", Verb.ACCEPT_TASKS, response=ActedOut, summary="Go on", if_match=True)
def unblock(request: PostRequest, task: str, given: Nothing) -> dict[str, object]:
    return _acted(own.unblock(**_told(request, task)))


@endpoint(router, "POST", "/{task}/note", Verb.ACCEPT_TASKS, response=ActedOut, summary="Remark", if_match=True)
def note(request: PostRequest, task: str, given: NoteIn) -> dict[str, object]:
    return _acted(own.note(**_told(request, task), text=given.text.strip()))


def _told(request: PostRequest, task: str) -> _Given:
    return _Given(scope=request.scope, task=task, seen=version_seen(request), by=request.scope.name, at=now())


class _Acted(Protocol):
    public_id: str
    version: int


def _acted(task: _Acted) -> dict[str, object]:
    return {"task": task.public_id, "version": task.version}
