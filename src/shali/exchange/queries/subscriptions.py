from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from shali.exchange.models import Delivery, DeliveryState, Subscription
from shali.exchange.rules import EVENTS
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.ui.paging import PAGE
from shali.foundation.ui.refusal import NotInScope


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    public_id: str
    url: str
    events: tuple[str, ...]
    made_at: datetime
    ended_at: datetime | None
    waiting: int
    given_up: int


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery, the newest first. `number`: the event's number, by which a receiver knows a repeat."""

    number: int
    event: str
    state: str
    tries: int
    answer: str
    due_at: datetime
    delivered_at: datetime | None


def subscriptions(scope: Scope) -> list[SubscriptionRow]:
    """Return the receivers of a scope, those in force first."""
    waiting = Count("deliveries", filter=Q(deliveries__state=DeliveryState.WAITING))
    given_up = Count("deliveries", filter=Q(deliveries__state=DeliveryState.GIVEN_UP))
    found = Subscription.objects.filter(within(scope.path)).annotate(waiting=waiting, given_up=given_up)
    return [
        SubscriptionRow(s.public_id, s.url, tuple(s.events), s.made_at, s.ended_at, s.waiting, s.given_up)
        for s in found.order_by("-ended_at", "id")
    ]


def subscription(scope: Scope, public_id: str) -> Subscription:
    """Return one receiver of the scope.

    :raises NotInScope: there is none
    """
    found = Subscription.objects.filter(within(scope.path), public_id=public_id).first()
    if found is None:
        raise NotInScope
    return found


def deliveries(scope: Scope, public_id: str, *, before: int | None = None) -> list[DeliveryRow]:
    """Return a page of a receiver's deliveries, the newest first; before: the number of the last one seen."""
    found = Delivery.objects.filter(within(scope.path), subscription=subscription(scope, public_id))
    if before is not None:
        found = found.filter(fact_id__lt=before)
    return [
        DeliveryRow(
            number=one.fact_id,
            event=EVENTS[one.fact.kind],
            state=DeliveryState(one.state).name.lower(),
            tries=one.tries,
            answer=one.answer,
            due_at=one.due_at,
            delivered_at=one.delivered_at,
        )
        for one in found.select_related("fact").order_by("-fact_id")[:PAGE]
    ]
