from django.db import models
from django.db.models import Q

from shali.foundation.intake.models import Review
from shali.foundation.tasks.models import Task
from shali.foundation.vault.public_id import new_public_id


class IdentityQuestion(models.Model):
    """Whoever has this task is asked to look at the person's document: a review could not be told from the register.

    answer: a code of the reviews' `Found`, or WITHDRAWN; the number that was read lies with the review, sealed
    """

    WITHDRAWN = "withdrawn"

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "public_id", "task", "review", "asked_at", "asked_by", "answer", "ended_at", "ended_by"})

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="identity_questions", db_index=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=60)
    answer = models.CharField(max_length=20, default="")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=60, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review"], condition=Q(ended_at__isnull=True), name="verification_identity_one_open"
            ),
            models.CheckConstraint(
                name="verification_identity_ended_whole",
                condition=Q(ended_at__isnull=True, ended_by="", answer="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by="") & ~Q(answer="")),
            ),
        ]
        indexes = [models.Index(fields=["task"], name="verification_identity_task")]
