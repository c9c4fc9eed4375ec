from datetime import datetime

from ninja import Query, Router, Schema, Status
from pydantic import Field

from shali.exchange.queries import subscriptions as reads
from shali.exchange.services.subscribe import deliver_again, subscribe, unsubscribe
from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import Given
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now

router = Router(tags=["webhooks"])


class SubscriptionIn(Given):
    url: str = Field(max_length=300)
    events: list[str] = Field(max_length=20)


class NewSubscriptionOut(Schema):
    """secret: signs the deliveries, and is shown this once."""

    webhook: str
    secret: str


class SubscriptionOut(Schema):
    public_id: str
    url: str
    events: list[str]
    made_at: datetime
    ended_at: datetime | None
    waiting: int
    given_up: int


class SubscriptionsOut(Schema):
    items: list[SubscriptionOut]


class DeliveryOut(Schema):
    number: int
    event: str
    state: str
    tries: int
    answer: str
    due_at: datetime
    delivered_at: datetime | None


class DeliveriesOut(Schema):
    """before: hand it back as `before` for the following page, null at the end."""

    items: list[DeliveryOut]
    before: int | None


class Before(Schema):
    before: int | None = Field(None, ge=1, le=2**63 - 1)


@endpoint(router, "GET", "", Verb.CONNECT_SYSTEMS, response=SubscriptionsOut, summary="Receivers of this unit")
def index(request: PostRequest) -> dict[str, object]:
    return {"items": reads.subscriptions(request.scope)}


@endpoint(router, "POST", "", Verb.CONNECT_SYSTEMS, response={201: NewSubscriptionOut}, summary="Name a receiver")
def create(request: PostRequest, given: SubscriptionIn) -> Status[NewSubscriptionOut]:
    made = subscribe(scope=request.scope, url=given.url, events=given.events, by=request.scope.name, at=now())
    return Status(201, NewSubscriptionOut(webhook=made.public_id, secret=made.secret))


@endpoint(router, "DELETE", "/{webhook}", Verb.CONNECT_SYSTEMS, response={204: None}, summary="End a receiver")
def end(request: PostRequest, webhook: str) -> Status[None]:
    unsubscribe(scope=request.scope, subscription=webhook, by=request.scope.name, at=now())
    return Status(204, None)


@endpoint(
    router, "GET", "/{webhook}/deliveries", Verb.CONNECT_SYSTEMS, response=DeliveriesOut, summary="What became of each"
)
def log(request: PostRequest, webhook: str, wanted: Query[Before]) -> dict[str, object]:
    found = reads.deliveries(request.scope, webhook, before=wanted.before)
    return {"items": found, "before": found[-1].number if len(found) == reads.PAGE else None}


@endpoint(
    router,
    "POST",
    "/{webhook}/deliveries/{number}/again",
    Verb.CONNECT_SYSTEMS,
    response={204: None},
    summary="Deliver an event once more",
)
def again(request: PostRequest, webhook: str, number: int) -> Status[None]:
    deliver_again(scope=request.scope, subscription=webhook, number=number, at=now())
    return Status(204, None)
