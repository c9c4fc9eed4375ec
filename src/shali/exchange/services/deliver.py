"""The journal is the outbox: its facts are written in the transaction of what they tell, and sent after it.

Facts are followed by the transaction that wrote them, up to the oldest one still running: numbers become visible out of
order, and whoever follows "number > last seen" loses the late ones.
"""

from collections import defaultdict
from datetime import datetime

import orjson
from django.db import connection, transaction

from shali.exchange.models import Delivery, DeliveryState, ReadUpTo, Subscription
from shali.exchange.queries.events import Event, events_of
from shali.exchange.rules import EVENTS, signature, wait_after
from shali.exchange.services.send import send
from shali.foundation.journal.models import Fact
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.vault.sealing import open_text

AT_ONCE = 500
GONE = "gone"  # what the fact named does not exist any more


@transaction.atomic
def queue_new_facts(*, at: datetime) -> int:
    """Put every new fact on its way to whoever subscribed to it, and return how many deliveries were queued."""
    with in_scope(system_scope("exchange")):
        read = ReadUpTo.objects.select_for_update().get(one=True)
        with connection.cursor() as cursor:
            cursor.execute("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            end = int(cursor.fetchone()[0])
        receivers = list(Subscription.objects.filter(ended_at=None).order_by("pk"))
        queued = 0
        if receivers:
            facts = list(
                Fact.objects.filter(kind__in=EVENTS).extra(  # xid8 has no type in Django; fixed text
                    where=["written_by >= %s::text::xid8 and written_by < %s::text::xid8"], params=[read.xid, end]
                )
            )
            queued = sum(_queue(receiver, facts, at=at) for receiver in receivers)
        ReadUpTo.objects.filter(one=True).update(xid=end)
    return queued


def _queue(receiver: Subscription, facts: list[Fact], *, at: datetime) -> int:
    scope = Scope(path=receiver.path, name="system:exchange")
    wanted = [fact for fact in facts if EVENTS[fact.kind] in receiver.events and fact.at >= receiver.made_at]
    made = Delivery.objects.bulk_create(
        [
            Delivery(subscription=receiver, path=receiver.path, fact_id=event.fact, due_at=at)
            for event in events_of(scope, wanted)
        ],
        batch_size=5_000,
        ignore_conflicts=True,
    )
    return len(made)


def deliver_due(*, at: datetime) -> int:
    """Send what is due, each delivery by itself: one receiver that is down holds up no other.

    Return how many arrived.
    """
    with in_scope(system_scope("exchange")):
        due = list(
            Delivery.objects.select_related("subscription", "fact")
            .filter(state=DeliveryState.WAITING, due_at__lte=at)
            .order_by("due_at", "id")[:AT_ONCE]
        )
        by_receiver = defaultdict(list)
        for one in due:
            by_receiver[one.subscription_id].append(one)
    return sum(_deliver(deliveries, at=at) for deliveries in by_receiver.values())


def _deliver(deliveries: list[Delivery], *, at: datetime) -> int:
    receiver = deliveries[0].subscription
    with in_scope(system_scope("exchange")):
        reach = Scope(path=receiver.path, name="system:exchange")
        events = {event.fact: event for event in events_of(reach, [one.fact for one in deliveries])}
        secret = open_text(
            receiver.secret_sealed, table="exchange_subscription", column="secret", row=receiver.pk
        ).encode()
    arrived = 0
    for one in deliveries:
        event = events.get(one.fact_id)
        answer = _send(receiver.url, secret, event, at=at) if event else GONE
        _note(one, answer, at=at)
        if answer.startswith("2"):
            arrived += 1
        elif answer != GONE:
            break  # the receiver is down or unwilling: the rest waits for its turn
    return arrived


def _send(url: str, secret: bytes, event: Event, *, at: datetime) -> str:
    body = orjson.dumps({"id": event.fact, "type": event.type, "at": event.at, "data": event.data})
    return send(
        url=url,
        body=body,
        headers={
            "Content-Type": "application/json",
            "Shali-Event": str(event.fact),
            "Shali-Signature": signature(secret, body, seconds=int(at.timestamp())),
        },
    )


def _note(delivery: Delivery, answer: str, *, at: datetime) -> None:
    waiting = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING)
    with in_scope(system_scope("exchange")):
        if answer.startswith("2"):
            tries = delivery.tries + 1
            waiting.update(state=DeliveryState.DELIVERED, delivered_at=at, answer=answer, tries=tries)
            return
        wait = wait_after(delivery.tries + 1) if answer != GONE else None
        if wait is None:
            waiting.update(state=DeliveryState.GIVEN_UP, answer=answer, tries=delivery.tries + 1)
        else:
            waiting.update(due_at=at + wait, answer=answer, tries=delivery.tries + 1)
