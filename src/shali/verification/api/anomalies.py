from datetime import datetime
from typing import Annotated, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.people.api.shown import PersonMasked
from shali.verification.queries.anomalies import AnomalyRow, anomalies
from shali.verification.services.anomalies import mark_seen, settle_anomaly

router = Router()


class AnomalyOut(Schema):
    public_id: str
    kind: int
    task: str
    person: PersonMasked | None
    unit: str
    unit_en: str
    at: datetime
    seen_by_county_at: datetime | None
    seen_by_city_at: datetime | None
    settled_at: datetime | None
    settled_as: str


class AnomaliesOut(Schema):
    items: list[AnomalyOut]


class Wanted(Given):
    settled: bool = False


class SeenIn(Given):
    anomalies: list[Annotated[str, Field(max_length=12)]] = Field(min_length=1, max_length=500)


class SeenOut(Schema):
    seen: int


class SettleIn(Given):
    settled_as: Literal["ambulance_sent", "handed_to_health", "handed_to_police", "sent_support", "no_act_needed"]


@endpoint(router, "GET", "", Verb.SEE_ANOMALIES, response=AnomaliesOut, summary="Anomalies, open or settled")
def index(request: PostRequest, wanted: Query[Wanted]) -> dict[str, list[AnomalyRow]]:
    return {"items": anomalies(request.scope, at=now(), settled=wanted.settled)}


@endpoint(router, "POST", "/seen", Verb.SETTLE_ANOMALIES, response=SeenOut, summary="Say that they were seen")
def seen(request: PostRequest, given: SeenIn) -> dict[str, int]:
    return {"seen": mark_seen(scope=request.scope, anomalies=given.anomalies, by=request.scope.name, at=now())}


@endpoint(router, "POST", "/{anomaly}/settle", Verb.SETTLE_ANOMALIES, response=DoneOut, summary="Say what was done")
def settle(request: PostRequest, anomaly: str, given: SettleIn) -> DoneOut:
    settle_anomaly(scope=request.scope, anomaly=anomaly, settled_as=given.settled_as, by=request.scope.name, at=now())
    return DoneOut()
