from django.db import models
from django.db.models import F, Q

from shali.foundation.jurisdictions.models import PathField
from shali.foundation.vault.public_id import new_public_id
from shali.staffing.models.staff import Shift, Worker
from shali.staffing.rules import ANSWERS, KINDS

MOST_WANTED = 200


class CallUp(models.Model):
    """Workers of a kind wanted for one shift at a place: how many, until when they answer. taken: who accepted.

    about: what the places are of, as the room says that called (a round's public number); label: the place's name.
    """

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "public_id", "path", "about", "place", "label", "kind", "starts_at", "ends_at", "in_heat", "wanted"}
        | {"taken", "answer_by", "called_at", "called_by", "ended_at", "ended_by"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    path = PathField()
    about = models.CharField(max_length=12, default="")
    place = models.CharField(max_length=12)
    label = models.CharField(max_length=60)
    kind = models.CharField(max_length=12)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    in_heat = models.BooleanField(default=False)
    wanted = models.SmallIntegerField()
    taken = models.SmallIntegerField(default=0)  # kept by a trigger, so that two who accept at once are counted
    answer_by = models.DateTimeField()
    called_at = models.DateTimeField()
    called_by = models.CharField(max_length=60)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=60, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(name="staffing_callup_kind", condition=Q(kind__in=KINDS)),
            models.CheckConstraint(name="staffing_callup_hours", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="staffing_callup_answer", condition=Q(answer_by__gt=F("called_at"))),
            models.CheckConstraint(
                name="staffing_callup_no_more_than_wanted",
                condition=Q(wanted__gte=1, wanted__lte=MOST_WANTED, taken__gte=0, taken__lte=F("wanted")),
            ),
            models.CheckConstraint(
                name="staffing_callup_ended_whole",
                condition=Q(ended_at__isnull=True, ended_by="") | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
            ),
        ]
        indexes = [
            models.Index(fields=["about", "starts_at"], name="staffing_callup_about"),
            models.Index(fields=["place", "starts_at"], name="staffing_callup_place"),
        ]


class Call(models.Model):
    """One worker asked. He has the shift when he accepts it, and not before."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "public_id", "call_up", "path", "worker", "asked_at", "asked_by", "answer", "answered_at", "shift"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    call_up = models.ForeignKey(CallUp, on_delete=models.PROTECT, related_name="calls", db_index=False)
    path = PathField()  # of the call-up: whoever called sees who answers
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="calls")
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=60)
    answer = models.CharField(max_length=10, default="")
    answered_at = models.DateTimeField(null=True)
    shift = models.OneToOneField(Shift, null=True, on_delete=models.PROTECT, related_name="call")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call_up", "worker"], name="staffing_call_once"),
            models.CheckConstraint(
                name="staffing_call_answered_whole",
                condition=Q(answer="", answered_at__isnull=True) | Q(answer__in=ANSWERS, answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="staffing_call_shift_with_acceptance",
                condition=Q(answer="accepted", shift__isnull=False) | (~Q(answer="accepted") & Q(shift__isnull=True)),
            ),
        ]
