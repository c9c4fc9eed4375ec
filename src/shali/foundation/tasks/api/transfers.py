from typing import Protocol

from ninja import Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import Given, Nothing, version_seen
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.tasks.api.shown import MovedOut, TransferOut
from shali.foundation.tasks.queries.asked import TransferRow, disputes
from shali.foundation.tasks.services import transfer as passing

router = Router()


class TransfersOut(Schema):
    items: list[TransferOut]


class RefuseIn(Given):
    reason: str = Field(max_length=40)
    note: str = Field("", max_length=500)


class PassOnIn(RefuseIn):
    to: str = Field(max_length=60)


class AnswerIn(Given):
    accepts: bool
    note: str = Field("", max_length=500)


class NoteIn(Given):
    note: str = Field("", max_length=500)


class ArbitrateIn(NoteIn):
    to: str = Field(max_length=60)


@endpoint(router, "GET", "/disputes", Verb.ARBITRATE, response=TransfersOut, summary="Transfers that we decide")
def to_decide(request: PostRequest) -> dict[str, list[TransferRow]]:
    return {"items": disputes(request.scope, at=now())}


@endpoint(router, "POST", "/{task}/refuse", Verb.TRANSFER_TASKS, response=MovedOut, summary="Refuse", if_match=True)
def refuse(request: PostRequest, task: str, given: RefuseIn) -> dict[str, object]:
    done = passing.refuse(
        scope=request.scope,
        task=task,
        reason=given.reason,
        note=given.note,
        seen=version_seen(request),
        by=request.scope.name,
        at=now(),
    )
    return _moved(done)


@endpoint(
    router,
    "POST",
    "/{task}/transfer",
    Verb.TRANSFER_TASKS,
    response=MovedOut,
    summary="Ask another unit to take it",
    if_match=True,
)
def pass_on(request: PostRequest, task: str, given: PassOnIn) -> dict[str, object]:
    done = passing.ask_transfer(
        scope=request.scope,
        task=task,
        to=given.to,
        reason=given.reason,
        note=given.note,
        seen=version_seen(request),
        by=request.scope.name,
        at=now(),
    )
    return _moved(done)


@endpoint(
    router, "POST", "/transfers/{transfer}/answer", Verb.TRANSFER_TASKS, response=MovedOut, summary="Take over, or not"
)
def answer(request: PostRequest, transfer: str, given: AnswerIn) -> dict[str, object]:
    done = passing.answer_transfer(
        scope=request.scope,
        transfer=transfer,
        accepts=given.accepts,
        note=given.note,
        by=request.scope.name,
        at=now(),
    )
    return _moved(done)


@endpoint(
    router, "POST", "/transfers/{transfer}/withdraw", Verb.TRANSFER_TASKS, response=MovedOut, summary="Take it back"
)
def withdraw(request: PostRequest, transfer: str, given: Nothing) -> dict[str, object]:
    return _moved(passing.withdraw_transfer(scope=request.scope, transfer=transfer, by=request.scope.name, at=now()))


@endpoint(
    router, "POST", "/transfers/{transfer}/insist", Verb.TRANSFER_TASKS, response=MovedOut, summary="Call the parent"
)
def insist(request: PostRequest, transfer: str, given: NoteIn) -> dict[str, object]:
    done = passing.insist(scope=request.scope, transfer=transfer, note=given.note, by=request.scope.name, at=now())
    return _moved(done)


@endpoint(
    router, "POST", "/transfers/{transfer}/arbitrate", Verb.ARBITRATE, response=MovedOut, summary="Decide a dispute"
)
def arbitrate(request: PostRequest, transfer: str, given: ArbitrateIn) -> dict[str, object]:
    done = passing.arbitrate(
        scope=request.scope, transfer=transfer, to=given.to, note=given.note, by=request.scope.name, at=now()
    )
    return _moved(done)


class _Task(Protocol):
    public_id: str


class _Moved(Protocol):
    public_id: str
    state: int

    @property
    def task(self) -> _Task: ...


def _moved(done: _Moved) -> dict[str, object]:
    return {"transfer": done.public_id, "task": done.task.public_id, "state": done.state}
