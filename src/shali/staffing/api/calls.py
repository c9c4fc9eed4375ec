from datetime import datetime
from typing import Literal

from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given, Nothing
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.staffing.queries import calls as reads
from shali.staffing.services.calls import NewCallUp, ask_more, call_up, end_call_up

router = Router()
Kind = Literal["sampler", "registrar", "volunteer", "cadre"]


class FreeOut(Schema):
    """why: not_trained, busy, not_rested, no_rest_before; empty if he may be asked. hours: on duty in seven days."""

    worker: str
    name: str
    unit: str
    unit_en: str
    why: str
    until: datetime | None
    hours: float


class FreesOut(Schema):
    """The beginning of each list, the least on duty first, and how long it is in all."""

    free: list[FreeOut]
    others: list[FreeOut]
    free_in_all: int
    others_in_all: int


class ShiftWanted(Given):
    kind: Kind
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class About(Given):
    """about: public number of a round."""

    about: str = Field(min_length=1, max_length=12)
    after: str = Field("", max_length=40)


class CallUpOut(Schema):
    """waiting: asked and not answered; overdue: those of them whose time to answer is over."""

    public_id: str
    place: str
    label: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    in_heat: bool
    wanted: int
    taken: int
    waiting: int
    overdue: int
    declined: int
    answer_by: datetime
    ended_at: datetime | None


class CallUpsOut(Schema):
    items: list[CallUpOut]
    after: str


class CallOut(Schema):
    """state: overdue, waiting, declined, accepted, or over where it ended without an answer."""

    worker: str
    name: str
    unit: str
    unit_en: str
    asked_at: datetime
    answered_at: datetime | None
    state: str


class CallUpWholeOut(Schema):
    row: CallUpOut
    about: str
    calls: list[CallOut]
    others: FreesOut


class CallUpIn(Given):
    """workers: whom to ask; none named, as many as are wanted of those who may be asked."""

    place: str = Field(min_length=1, max_length=12)
    label: str = Field(min_length=1, max_length=60)
    kind: Kind
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    wanted: int = Field(ge=1, le=200)
    about: str = Field("", max_length=12)
    in_heat: bool = False
    workers: list[str] = Field(default_factory=list, max_length=200)


class CallUpMadeOut(Schema):
    call_up: str


class MoreIn(Given):
    workers: list[str] = Field(default_factory=list, max_length=200)


class AskedOut(Schema):
    asked: int


@endpoint(
    router, "GET", "/free", Verb.RUN_SITES, response=FreesOut, summary="Who may be asked for a shift, and who not"
)
def free(request: PostRequest, wanted: Query[ShiftWanted]) -> reads.Frees:
    return reads.who_may(request.scope, wanted.kind, wanted.starts_at, wanted.ends_at, at=now())


@endpoint(router, "GET", "", Verb.RUN_SITES, response=CallUpsOut, summary="Call-ups of a round, overdue answers on top")
def index(request: PostRequest, wanted: Query[About]) -> dict[str, object]:
    page = reads.call_ups_page(request.scope, at=now(), about=wanted.about, after=wanted.after)
    return {"items": page.rows, "after": page.next}


@endpoint(router, "POST", "", Verb.RUN_SITES, response=CallUpMadeOut, summary="Call workers up for a shift")
def new(request: PostRequest, given: CallUpIn) -> dict[str, str]:
    asked = NewCallUp(**given.model_dump(exclude={"workers"}))
    made = call_up(scope=request.scope, new=asked, workers=given.workers, by=request.scope.name, at=now())
    return {"call_up": made.public_id}


@endpoint(router, "GET", "/{call_up}", Verb.RUN_SITES, response=CallUpWholeOut, summary="Who was asked, who answered")
def one(request: PostRequest, call_up: str) -> reads.CallUpView:
    return reads.call_up_view(request.scope, call_up, at=now())


@endpoint(router, "POST", "/{call_up}/ask", Verb.RUN_SITES, response=AskedOut, summary="Ask further workers")
def more(request: PostRequest, call_up: str, given: MoreIn) -> dict[str, int]:
    done = ask_more(scope=request.scope, row=call_up, workers=given.workers, by=request.scope.name, at=now())
    return {"asked": done}


@endpoint(router, "POST", "/{call_up}/end", Verb.RUN_SITES, response=DoneOut, summary="End a call-up")
def end(request: PostRequest, call_up: str, given: Nothing) -> DoneOut:
    end_call_up(scope=request.scope, row=call_up, by=request.scope.name, at=now())
    return DoneOut()
