from ninja import Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import Given, version_seen
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.tasks.api.shown import JointOut
from shali.foundation.tasks.queries.asked import JointRow, asked_of_department
from shali.foundation.tasks.services.department import answer_department, ask_department

router = Router()


class JointsOut(Schema):
    items: list[JointOut]


class AskIn(Given):
    department: int = Field(ge=1, le=2**31 - 1)
    ask: str = Field(max_length=40)
    note: str = Field("", max_length=500)


class AnswerIn(Given):
    answer: str = Field(max_length=40)
    note: str = Field("", max_length=500)


class AskedOut(Schema):
    joint: str


@endpoint(
    router, "GET", "/department", Verb.ANSWER_FOR_DEPARTMENT, response=JointsOut, summary="What a department is asked"
)
def asked(request: PostRequest) -> dict[str, list[JointRow]]:
    return {"items": asked_of_department(request.scope, at=now())}


@endpoint(
    router,
    "POST",
    "/department/{joint}/answer",
    Verb.ANSWER_FOR_DEPARTMENT,
    response=AskedOut,
    summary="Answer for a department",
)
def answer(request: PostRequest, joint: str, given: AnswerIn) -> dict[str, str]:
    done = answer_department(
        scope=request.scope, request=joint, answer=given.answer, note=given.note, by=request.scope.name, at=now()
    )
    return {"joint": done.public_id}


@endpoint(
    router,
    "POST",
    "/{task}/ask",
    Verb.ASK_DEPARTMENTS,
    response=AskedOut,
    summary="Ask a department to join",
    if_match=True,
)
def ask(request: PostRequest, task: str, given: AskIn) -> dict[str, str]:
    done = ask_department(
        scope=request.scope,
        task=task,
        department=given.department,
        ask=given.ask,
        note=given.note,
        seen=version_seen(request),
        by=request.scope.name,
        at=now(),
    )
    return {"joint": done.public_id}
