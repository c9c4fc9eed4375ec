from django.db import models
from django.db.models import F, Q

from shali.foundation.jurisdictions.models import PathField, Unit
from shali.foundation.people.models import Person
from shali.foundation.tasks.models import Task
from shali.foundation.vault.public_id import new_public_id
from shali.testing.models.rounds import Round, Site
from shali.testing.rules import Outcome

OUTCOMES = [(int(one), one.name.lower()) for one in Outcome]
FILE_STATES = ("taken", "held", "released", "refused")
RESULT_STATES = ("applied", "parked", "waiting", "refused")
# Why a parked result is matched to a tube by hand, and why it is refused.
MATCHED_FOR = ("clock_wrong", "round_chosen", "label_misread")
REFUSED_FOR = ("tube_void", "not_ours", "hour_impossible", "tested_again")
RECALLS = ("positive_pool", "doubtful_pool", "doubtful_single", "invalid", "void", "conflict", "lost")


class Laboratory(models.Model):
    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "public_id", "path", "unit", "name", "per_hour", "made_at", "made_by", "closed_at"})

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    path = PathField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    per_hour = models.IntegerField()  # tubes that it can test in an hour
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=60)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["path", "name"], name="testing_laboratory_once"),
            models.CheckConstraint(name="testing_laboratory_per_hour", condition=Q(per_hour__gte=1)),
        ]


class Box(models.Model):
    """A sealed box of tubes on its way. `claimed` tubes were on the station's screen, `counted` lay on the table."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "public_id", "round", "path", "site", "code", "codes", "claimed", "counted", "sealed_at"}
        | {"laboratory", "received_at", "received_by", "found", "missing", "extra", "broken"}
        | {"missing_codes", "extra_codes", "broken_codes"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="boxes", db_index=False)
    path = PathField()
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="boxes")
    code = models.CharField(max_length=40)
    codes = models.JSONField(default=list)  # of the tubes in it, as scanned at the table
    claimed = models.IntegerField()
    counted = models.IntegerField()
    sealed_at = models.DateTimeField()
    laboratory = models.ForeignKey(Laboratory, null=True, on_delete=models.PROTECT, related_name="boxes")
    received_at = models.DateTimeField(null=True)
    received_by = models.CharField(max_length=60, default="")
    found = models.IntegerField(null=True)
    missing = models.IntegerField(null=True)
    extra = models.IntegerField(null=True)
    broken = models.IntegerField(null=True)
    missing_codes = models.JSONField(default=list)  # by name, as the counts above say
    extra_codes = models.JSONField(default=list)
    broken_codes = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "code"], name="testing_box_code"),
            models.CheckConstraint(
                name="testing_box_received_whole",
                condition=Q(received_at__isnull=True, received_by="", laboratory__isnull=True)
                | (
                    Q(received_at__isnull=False, laboratory__isnull=False, claimed=F("found") + F("missing"))
                    & ~Q(received_by="")
                ),
            ),
        ]
        indexes = [models.Index(fields=["path", "sealed_at"], name="testing_box_path")]


class ResultFile(models.Model):
    """Results as a laboratory handed them in: taken, or held as a whole because they cannot be so."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "public_id", "path", "laboratory", "digest", "state", "held_for", "rows", "received_at", "received_by"}
        | {"decided_at", "decided_by", "wrong_rows"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    path = PathField()
    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="files", db_index=False)
    digest = models.BinaryField(max_length=32)
    state = models.CharField(max_length=10)
    held_for = models.JSONField(default=list)
    rows = models.IntegerField()
    wrong_rows = models.JSONField(default=list)  # [row, column, what is wrong]: codes only
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=60)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["laboratory", "digest"], name="testing_resultfile_once"),
            models.CheckConstraint(name="testing_resultfile_state", condition=Q(state__in=FILE_STATES)),
            models.CheckConstraint(
                name="testing_resultfile_two_persons", condition=Q(decided_by="") | ~Q(decided_by=F("received_by"))
            ),
        ]
        indexes = [models.Index(fields=["path", "-received_at"], name="testing_resultfile_path")]


class Result(models.Model):
    """One line of a laboratory's results. It is never written over: a correction is a line of its own.

    `tube_code` as sent; `tube` once it is known. waiting: it corrects another, and a second person decides.
    """

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "public_id", "file", "path", "laboratory", "tube_code", "tube", "outcome", "run", "plate", "well"}
        | {"ct_n", "ct_orf", "tested_at", "state", "why", "entered_at", "entered_by", "decided_at", "decided_by"}
        | {"settled_for"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    file = models.ForeignKey(ResultFile, on_delete=models.PROTECT, related_name="results")
    path = PathField()
    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="results", db_index=False)
    tube_code = models.CharField(max_length=40)
    tube = models.ForeignKey("Tube", null=True, on_delete=models.PROTECT, related_name="results", db_index=False)
    outcome = models.SmallIntegerField(choices=OUTCOMES)
    run = models.CharField(max_length=40)
    plate = models.CharField(max_length=40)
    well = models.CharField(max_length=10)
    ct_n = models.FloatField(null=True)
    ct_orf = models.FloatField(null=True)
    tested_at = models.DateTimeField()
    state = models.CharField(max_length=10)
    why = models.CharField(max_length=20, default="")
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=60)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, default="")
    settled_for = models.CharField(max_length=20, default="")  # a parked one: why it was matched by hand, or refused

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="testing_result_settled_whole",
                condition=Q(settled_for="")
                | Q(settled_for__in=[*MATCHED_FOR, *REFUSED_FOR], decided_at__isnull=False) & ~Q(decided_by=""),
            ),
            models.CheckConstraint(name="testing_result_state", condition=Q(state__in=RESULT_STATES)),
            models.CheckConstraint(
                name="testing_result_two_persons", condition=Q(decided_by="") | ~Q(decided_by=F("entered_by"))
            ),
            models.CheckConstraint(
                name="testing_result_applied_to_a_tube", condition=~Q(state="applied") | Q(tube__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["tube"], name="testing_result_tube"),
            models.Index(fields=["tube_code"], condition=Q(state="parked"), name="testing_result_parked"),
            models.Index(fields=["laboratory", "tested_at"], name="testing_result_hours"),
        ]


class Recall(models.Model):
    """Somebody owes another sample: why, by when, and how it ended. His task lies with the unit where he lives."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "round", "person", "path", "tube", "why", "task", "opened_at", "done_at", "outcome"})

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="recalls")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="recalls")
    path = PathField()
    tube = models.ForeignKey("Tube", on_delete=models.PROTECT, related_name="recalls")
    why = models.CharField(max_length=20)
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="recalls")
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(name="testing_recall_why", condition=Q(why__in=RECALLS)),
            models.UniqueConstraint(
                fields=["round", "person"], condition=Q(done_at__isnull=True), name="testing_recall_one_open"
            ),
            models.CheckConstraint(
                name="testing_recall_done_whole",
                condition=Q(done_at__isnull=True, outcome="") | (Q(done_at__isnull=False) & ~Q(outcome="")),
            ),
        ]
        indexes = [models.Index(fields=["path", "opened_at"], name="testing_recall_path")]
