from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from shali.foundation.clocks import day_of
from shali.foundation.intake.services.receive import receive_file
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.policy.rules import limit
from shali.verification.models import PushedList
from shali.verification.queries.lists import pushed_list as list_in_scope

PURPOSE = "verification"


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a sender says of his list, as the officer who received it wrote it down."""

    channel: int
    sender: str
    sender_reference: str
    announced: int | None
    handed_over_at: datetime
    asked: str
    corrects: str = ""  # public number of the list that this one is sent in place of


@dataclass(frozen=True, slots=True)
class ReceivedList:
    """`is_new` is false when the same file was received before: nothing was done twice."""

    id: int
    public_id: str
    batch: int
    batch_public_id: str
    is_new: bool


@transaction.atomic
def receive_list(
    *, scope: Scope, path: Path, file_name: str, hand_over: HandOver, by: str, at: datetime
) -> ReceivedList:
    """Store a pushed list's file as it came and open the list, whose clock runs from the hour of hand-over.

    :raises Refusal: the file cannot be read safely, or hand-over lies in the future
    """
    received = receive_file(
        scope=scope,
        path=path,
        file_name=file_name,
        purpose=PURPOSE,
        sender=hand_over.sender,
        announced=hand_over.announced,
        handed_over_at=hand_over.handed_over_at,
        by=by,
        at=at,
    )
    if not received.is_new:
        known = PushedList.objects.get(batch_id=received.batch)
        return ReceivedList(known.pk, known.public_id, received.batch, received.public_id, is_new=False)
    opened = _open(scope, hand_over, batch=received.batch, by=by, at=at)
    return ReceivedList(opened.pk, opened.public_id, received.batch, received.public_id, is_new=True)


def _open(scope: Scope, hand_over: HandOver, *, batch: int, by: str, at: datetime) -> PushedList:
    corrected = list_in_scope(scope, hand_over.corrects) if hand_over.corrects else None
    rule = limit("verification", hand_over.handed_over_at)
    day = day_of(hand_over.handed_over_at)
    with connection.cursor() as cursor:
        # Two lists of one day received at once get two numbers: the second waits here for the first.
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"pushed_list:{scope.path}:{day}"])
    last = PushedList.objects.filter(path=scope.path, day=day).aggregate(last=Max("number"))["last"] or 0
    return PushedList.objects.create(
        path=scope.path,
        batch_id=batch,
        channel=hand_over.channel,
        sender=hand_over.sender,
        sender_reference=hand_over.sender_reference,
        day=day,
        number=last + 1,
        announced=hand_over.announced,
        asked=hand_over.asked,
        handed_over_at=hand_over.handed_over_at,
        received_at=at,
        received_by=by,
        due_at=hand_over.handed_over_at + timedelta(hours=rule.hours),
        rule=rule.rule_id,
        exercise=settings.EXERCISE,
        corrects=corrected,
    )
