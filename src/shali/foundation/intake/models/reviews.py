from django.db import models
from django.db.models import Q

from shali.foundation.intake.models.rows import Row
from shali.foundation.jurisdictions.models import PathField
from shali.foundation.people.models import Person
from shali.foundation.vault.public_id import new_public_id


class ReviewState(models.IntegerChoices):
    OPEN = 1
    SAME = 2
    DIFFERENT = 3
    ASKED = 4  # cannot be told: whoever has the person's task looks at the document; stays in the queue


class Found(models.TextChoices):
    """What came of looking at a document in person."""

    NUMBER = "number"  # its number, as it stands on it
    NO_DOCUMENT = "no_document"
    NOT_SHOWN = "not_shown"
    NOT_SEEN = "not_seen"  # the task ended before anybody looked


class Review(models.Model):
    """The question whether a row is a person we know. Waits for a human, blocks nothing, can be undone.

    found: what the last look at the document in person said; it stays when the decision is taken back
    held_by: who was handed this as the next question; nobody else is, until `held_until`. It binds no decision.
    """

    PERSONAL = frozenset({"found_number_sealed"})
    PLAIN = frozenset(
        {"row", "public_id", "path", "state", "person", "due_at", "opened_at", "decided_by", "decided_at"}
        | {"version", "found", "found_at", "found_by", "held_by", "held_until"}
    )

    row = models.OneToOneField(Row, primary_key=True, on_delete=models.CASCADE, related_name="review")
    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    path = PathField()
    state = models.SmallIntegerField(choices=ReviewState.choices, default=ReviewState.OPEN)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_by = models.CharField(max_length=60, default="")
    decided_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=0)
    found = models.CharField(max_length=20, choices=Found.choices, default="", db_default="")
    found_at = models.DateTimeField(null=True)
    found_by = models.CharField(max_length=60, default="", db_default="")
    found_number_sealed = models.BinaryField(null=True)
    held_by = models.CharField(max_length=60, default="", db_default="")
    held_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="intake_review_decided",
                condition=Q(state=ReviewState.OPEN) | (Q(decided_at__isnull=False) & ~Q(decided_by="")),
            ),
            models.CheckConstraint(
                name="intake_review_same_names_person",
                condition=~Q(state=ReviewState.SAME) | Q(person__isnull=False),
            ),
            models.CheckConstraint(
                name="intake_review_held_whole",
                condition=Q(held_by="", held_until__isnull=True) | (Q(held_until__isnull=False) & ~Q(held_by="")),
            ),
            models.CheckConstraint(
                name="intake_review_found_whole",
                condition=Q(found="", found_at__isnull=True, found_by="", found_number_sealed__isnull=True)
                | (Q(found=Found.NUMBER, found_at__isnull=False, found_number_sealed__isnull=False) & ~Q(found_by=""))
                | (
                    Q(found__in=[Found.NO_DOCUMENT, Found.NOT_SHOWN, Found.NOT_SEEN])
                    & Q(found_at__isnull=False, found_number_sealed__isnull=True)
                    & ~Q(found_by="")
                ),
            ),
        ]
        indexes = [models.Index(fields=["path", "due_at"], condition=Q(state__in=[1, 4]), name="intake_review_due")]
