from django.db import models
from django.db.models import F, Q

from shali.foundation.intake.models import Batch
from shali.foundation.jurisdictions.models import PathField, Unit
from shali.foundation.people.models import Person
from shali.foundation.policy.models import Outbreak
from shali.foundation.tasks.models import Task
from shali.foundation.vault.public_id import new_public_id
from shali.tracing.models.cases import Case
from shali.tracing.rules import SITUATIONS

ANSWERS = ("was_there", "was_not_there", "cannot_say")
ROSTERS = ("people", "visits")  # what a row of a roster's file is


class ExposureState(models.IntegerChoices):
    OPEN = 1
    CLOSED = 2


class Exposure(models.Model):
    """A place and a time window in which people may have met a case, with the roster of who was there.

    A look-back round is an exposure whose roster is another's, frozen: `asks_again` names it.
    """

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "public_id", "outbreak", "path", "unit", "place", "situation", "from_at", "to_at", "case", "batch"}
        | {"asks_again", "state", "opened_at", "opened_by", "due_at", "rule", "closed_at", "exercise"}
        | {"roster_of", "visits_outside", "visits_unclear"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    outbreak = models.ForeignKey(Outbreak, on_delete=models.PROTECT, related_name="+")
    path = PathField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=80)  # of a place that many go to; never a person's door
    situation = models.CharField(max_length=20)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="exposures")
    batch = models.OneToOneField(Batch, null=True, on_delete=models.PROTECT, related_name="exposure")
    roster_of = models.CharField(max_length=6, default="people")
    visits_outside = models.IntegerField(default=0)  # rows of the file whose visit does not touch the window
    visits_unclear = models.IntegerField(default=0)  # rows whose hour nobody can read; their people are asked
    asks_again = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="rounds")
    state = models.SmallIntegerField(choices=ExposureState.choices, default=ExposureState.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    rule = models.CharField(max_length=80)
    closed_at = models.DateTimeField(null=True)
    exercise = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="tracing_exposure_ends", condition=Q(to_at__gt=F("from_at"))),
            models.CheckConstraint(name="tracing_exposure_due", condition=Q(due_at__gt=F("opened_at"))),
            models.CheckConstraint(name="tracing_exposure_roster", condition=Q(roster_of__in=ROSTERS)),
            models.CheckConstraint(name="tracing_exposure_situation", condition=Q(situation__in=SITUATIONS)),
            models.CheckConstraint(
                name="tracing_exposure_closed_whole",
                condition=Q(state=ExposureState.OPEN, closed_at__isnull=True)
                | Q(state=ExposureState.CLOSED, closed_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["path", "-opened_at"], name="tracing_exposure_path")]


class Member(models.Model):
    """Somebody on an exposure's roster: how he came onto it, and what he answered. Asked one by one, by a task."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {
            "id",
            "exposure",
            "exposure_path",
            "person",
            "task",
            "path",
            "came_by",
            "answer",
            "answered_at",
            "answered_by",
            "first",
        }
        | {"first_by", "settled_as", "settled_by", "settled_at"}
    )

    exposure = models.ForeignKey(Exposure, on_delete=models.PROTECT, related_name="members", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="exposures", db_index=False)
    task = models.OneToOneField(Task, null=True, on_delete=models.PROTECT, related_name="exposure_member")
    path = PathField()
    exposure_path = PathField()  # of the exposure: whoever keeps the roster sees all of it
    came_by = models.CharField(max_length=12)  # file, visits, told, hand
    answer = models.CharField(max_length=15, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=60, default="")
    # Of a look-back round: what the first round had, and which of the two holds where they differ.
    first = models.CharField(max_length=15, default="")
    first_by = models.CharField(max_length=60, default="")
    settled_as = models.CharField(max_length=20, default="")
    settled_by = models.CharField(max_length=60, default="")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exposure", "person"], name="tracing_member_once"),
            models.CheckConstraint(
                name="tracing_member_answered_whole",
                condition=Q(answer="", answered_at__isnull=True, answered_by="")
                | (Q(answer__in=ANSWERS, answered_at__isnull=False) & ~Q(answered_by="")),
            ),
            models.CheckConstraint(
                name="tracing_member_other_worker",
                condition=Q(first_by="") | Q(answered_by="") | ~Q(answered_by=F("first_by")),
            ),
            models.CheckConstraint(
                name="tracing_member_settled_whole",
                condition=Q(settled_at__isnull=True, settled_by="", settled_as="")
                | (Q(settled_at__isnull=False) & ~Q(settled_by="") & ~Q(settled_as="") & ~Q(settled_by=F("first_by"))),
            ),
        ]
        indexes = [
            models.Index(fields=["exposure", "answer", "id"], name="tracing_member_exposure"),
            models.Index(fields=["person"], name="tracing_member_person"),
        ]
