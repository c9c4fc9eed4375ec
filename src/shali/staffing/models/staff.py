from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from shali.foundation.jurisdictions.models import PathField, Unit
from shali.foundation.vault.public_id import new_public_id
from shali.staffing.rules import KINDS


class Worker(models.Model):
    """Somebody who may be given a shift: of which kind, trained until when; he reports to a unit.

    own_page: the secret part of the address at which he answers calls, without an account; none until it is made
    """

    PERSONAL = frozenset({"name_sealed", "own_page_blind", "own_page_sealed"})
    PLAIN = frozenset(
        {"id", "public_id", "path", "unit", "kind", "trained_until", "entered_at", "entered_by", "left_at"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    path = PathField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name_sealed = models.BinaryField()
    kind = models.CharField(max_length=12)
    trained_until = models.DateField(null=True)
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=60)
    left_at = models.DateTimeField(null=True)
    own_page_blind = models.BinaryField(max_length=16, null=True, unique=True)
    own_page_sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(name="staffing_worker_kind", condition=Q(kind__in=KINDS))]
        indexes = [models.Index(fields=["path", "kind"], name="staffing_worker_path")]


class Training(models.Model):
    """That somebody is trained until a day: what was said, when, by whom. The newest row is the one that holds."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "path", "worker", "until", "renewed_at", "renewed_by"})

    path = PathField()
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="trainings")
    until = models.DateField()
    renewed_at = models.DateTimeField()
    renewed_by = models.CharField(max_length=60)


class Shift(models.Model):
    """Somebody at a place from when to when. place: public number of a sampling point, or '' for the unit itself."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "public_id", "path", "worker", "place", "starts_at", "ends_at", "rested_at", "in_heat", "entered_at"}
        | {"entered_by", "dropped_at", "dropped_by"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    path = PathField()
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="shifts")
    place = models.CharField(max_length=12, default="")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    rested_at = models.DateTimeField()  # before this hour he stands nowhere again
    in_heat = models.BooleanField(default=False)
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=60)
    dropped_at = models.DateTimeField(null=True)
    dropped_by = models.CharField(max_length=60, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="staffing_shift_hours", condition=Q(ends_at__gt=F("starts_at"), rested_at__gte=F("ends_at"))
            ),
            models.CheckConstraint(
                name="staffing_shift_dropped_whole",
                condition=Q(dropped_at__isnull=True, dropped_by="") | (Q(dropped_at__isnull=False) & ~Q(dropped_by="")),
            ),
            ExclusionConstraint(
                name="staffing_shift_one_at_a_time",
                expressions=[
                    ("worker", RangeOperators.EQUAL),
                    (
                        Func("starts_at", "rested_at", function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(dropped_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["place", "starts_at"], name="staffing_shift_place")]
