import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from shali.exchange.models import Delivery, DeliveryState, Subscription
from shali.exchange.queries.subscriptions import subscription as in_reach
from shali.exchange.rules import EVENTS, is_allowed
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.foundation.vault.sealing import seal


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """`secret` signs the deliveries; it is shown once."""

    public_id: str
    secret: str


@transaction.atomic
def subscribe(*, scope: Scope, url: str, events: Sequence[str], by: str, at: datetime) -> NewSubscription:
    """Let a receiver hear of events in this post's part of the tree, from now on.

    :raises WrongInput: the operator did not name the receiver, or there is no such event
    """
    if unknown := sorted(set(events) - set(EVENTS.values())) or (not events and ["—"]):
        known = ", ".join(sorted(EVENTS.values()))
        said = _("There is no event %(unknown)s. There are: %(known)s.")
        raise WrongInput(said % {"unknown": ", ".join(unknown), "known": known}, fields={"events": "unknown"})
    if not is_allowed(url, receivers=settings.WEBHOOK_RECEIVERS):
        said = _("The operator of this installation did not name this receiver. Ask for it in SHALI_WEBHOOK_RECEIVERS.")
        raise WrongInput(said, fields={"url": "not allowed"})
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('exchange_subscription', 'id'))")
        number = int(cursor.fetchone()[0])
    secret = secrets.token_urlsafe(32)
    made = Subscription.objects.create(
        pk=number,
        post_id=scope.post or 0,
        path=scope.path,
        url=url,
        events=sorted(set(events)),
        secret_sealed=seal(secret, table="exchange_subscription", column="secret", row=number),
        made_by=by,
        made_at=at,
    )
    return NewSubscription(made.public_id, secret)


@transaction.atomic
def unsubscribe(*, scope: Scope, subscription: str, by: str, at: datetime) -> None:
    """End a receiver; what waits for it is given up and stays on record."""
    found = in_reach(scope, subscription)
    if not Subscription.objects.filter(pk=found.pk, ended_at=None).update(ended_at=at, ended_by=by):
        raise NotInScope
    waiting = Delivery.objects.filter(subscription=found, state=DeliveryState.WAITING)
    waiting.update(state=DeliveryState.GIVEN_UP, answer="ended")


@transaction.atomic
def deliver_again(*, scope: Scope, subscription: str, number: int, at: datetime) -> None:
    """Put one event on its way to a receiver once more, under its old number."""
    mine = Delivery.objects.filter(subscription=in_reach(scope, subscription), fact_id=number)
    again = mine.filter(subscription__ended_at=None)
    if not again.update(state=DeliveryState.WAITING, due_at=at, tries=0, delivered_at=None):
        raise NotInScope
