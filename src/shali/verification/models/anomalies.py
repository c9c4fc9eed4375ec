from django.db import models
from django.db.models import Q

from shali.foundation.jurisdictions.models import PathField
from shali.foundation.tasks.models import Task
from shali.foundation.vault.public_id import new_public_id


class AnomalyKind(models.IntegerChoices):
    FEVER = 1
    ALREADY_POSITIVE = 2
    REFUSES = 3
    PLACE_DANGEROUS = 4
    WRONG_PERSON = 5
    OTHER = 9


class Anomaly(models.Model):
    """Something that county and city must know at once."""

    PERSONAL = frozenset({"note_sealed"})
    PLAIN = frozenset(
        {"id", "public_id", "task", "entry", "kind", "path", "at", "recorded_at", "by"}
        | {"seen_by_county", "seen_by_county_at", "seen_by_city", "seen_by_city_at", "settled_by"}
        | {"settled_at", "settled_as"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="anomalies")
    entry = models.UUIDField(unique=True)
    kind = models.SmallIntegerField(choices=AnomalyKind.choices)
    path = PathField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=60)
    seen_by_county = models.CharField(max_length=60, default="")
    seen_by_county_at = models.DateTimeField(null=True)
    seen_by_city = models.CharField(max_length=60, default="")
    seen_by_city_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=60, default="")
    settled_at = models.DateTimeField(null=True)
    settled_as = models.CharField(max_length=40, default="")
    note_sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="verification_anomaly_settled_whole",
                condition=Q(settled_at__isnull=True, settled_by="", settled_as="")
                | (Q(settled_at__isnull=False) & ~Q(settled_by="") & ~Q(settled_as="")),
            )
        ]
        indexes = [models.Index(fields=["path", "-at"], name="verification_anomaly_path")]
