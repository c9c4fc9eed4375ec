from datetime import datetime
from typing import Literal, TypedDict

from ninja import Router
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given, Nothing, version_seen
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.scope import Scope
from shali.verification.services import endings

router = Router()


class _Who(TypedDict):
    """What every way of ending is told first."""

    scope: Scope
    task: str
    by: str
    at: datetime


class MovedOnIn(Given):
    taken_over_by: str = Field(min_length=1, max_length=120)
    receipt: str = Field(min_length=1, max_length=60)


class DeceasedIn(Given):
    evidence: str = Field(min_length=1, max_length=120)


class DuplicateIn(Given):
    """of: the task of the same person that goes on."""

    of: str = Field(min_length=1, max_length=12)


class NeverFoundIn(Given):
    note: str = Field("", max_length=500)


class DecideIn(Given):
    answer: Literal["agree", "refuse"]


@endpoint(
    router,
    "POST",
    "/{task}/moved-on",
    Verb.RECORD_FINDINGS,
    response=DoneOut,
    summary="Another city took the person over",
    if_match=True,
)
def moved_on(request: PostRequest, task: str, given: MovedOnIn) -> DoneOut:
    endings.close_as_moved_on(
        **_who(request, task),
        seen=version_seen(request),
        taken_over_by=given.taken_over_by,
        receipt=given.receipt,
    )
    return DoneOut()


@endpoint(router, "POST", "/{task}/deceased", Verb.RECORD_FINDINGS, response=DoneOut, summary="Deceased", if_match=True)
def deceased(request: PostRequest, task: str, given: DeceasedIn) -> DoneOut:
    endings.close_as_deceased(**_who(request, task), seen=version_seen(request), evidence=given.evidence)
    return DoneOut()


@endpoint(
    router,
    "POST",
    "/{task}/duplicate",
    Verb.RECORD_FINDINGS,
    response=DoneOut,
    summary="The same person as another task's",
    if_match=True,
)
def duplicate(request: PostRequest, task: str, given: DuplicateIn) -> DoneOut:
    endings.close_as_duplicate(**_who(request, task), seen=version_seen(request), of=given.of)
    return DoneOut()


@endpoint(
    router,
    "POST",
    "/{task}/never-found",
    Verb.RECORD_FINDINGS,
    response=DoneOut,
    summary="Propose to end the search; somebody else decides",
)
def never_found(request: PostRequest, task: str, given: NeverFoundIn) -> DoneOut:
    endings.propose_never_found(**_who(request, task), note=given.note)
    return DoneOut()


@endpoint(
    router,
    "POST",
    "/{task}/never-found/decide",
    Verb.DECIDE_NEVER_FOUND,
    response=DoneOut,
    summary="Decide on a search that somebody proposed to end",
    if_match=True,
)
def decide(request: PostRequest, task: str, given: DecideIn) -> DoneOut:
    endings.decide_never_found(**_who(request, task), seen=version_seen(request), agrees=given.answer == "agree")
    return DoneOut()


@endpoint(router, "POST", "/{task}/undo", Verb.RECORD_FINDINGS, response=DoneOut, summary="Open a closed check again")
def undo(request: PostRequest, task: str, given: Nothing) -> DoneOut:
    endings.undo_ending(**_who(request, task))
    return DoneOut()


def _who(request: PostRequest, task: str) -> _Who:
    return _Who(scope=request.scope, task=task, by=request.scope.name, at=now())
