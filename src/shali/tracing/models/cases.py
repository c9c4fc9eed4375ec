from django.db import models
from django.db.models import F, Q

from shali.foundation.accounts.models import Post
from shali.foundation.jurisdictions.models import PathField, Unit
from shali.foundation.people.models import Person
from shali.foundation.policy.models import Outbreak
from shali.foundation.tasks.models import Task
from shali.foundation.vault.public_id import new_public_id
from shali.tracing.rules import CASE_SOURCE_CERTAINTY, ORIGINS, Classification

CLASSIFICATIONS = [(int(one), one.name.lower()) for one in Classification]
TESTED_POSITIVE = [Classification.CONFIRMED, Classification.ASYMPTOMATIC]


class Case(models.Model):
    """One infected person of an outbreak, or one who may be. What it was before stands in its steps.

    `source` is who is said to have infected him; `path` is the unit that investigates.
    """

    PERSONAL: frozenset[str] = frozenset({"onset_on"})
    PLAIN = frozenset(
        {"id", "public_id", "outbreak", "number", "person", "unit", "path", "classification", "first_positive_at"}
        | {"reported_at", "origin", "origin_ref", "opened_by", "opened_at", "version", "core_task", "report_task"}
        | {"core_done_at", "report_done_at", "isolated_at", "source", "source_certainty", "source_basis", "exercise"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    outbreak = models.ForeignKey(Outbreak, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.IntegerField()  # counts within the outbreak: what an officer calls the case by
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cases", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    path = PathField()
    classification = models.SmallIntegerField(choices=CLASSIFICATIONS)
    onset_on = models.DateField(null=True)  # of the first symptom; None: none, or not known yet
    first_positive_at = models.DateTimeField(null=True)  # when the first positive sample was taken
    reported_at = models.DateTimeField()
    origin = models.CharField(max_length=20)
    origin_ref = models.CharField(max_length=60, default="")  # number of the report or the letter; never a name
    opened_by = models.CharField(max_length=60)
    opened_at = models.DateTimeField()
    version = models.IntegerField(default=1)
    core_task = models.OneToOneField(Task, null=True, on_delete=models.PROTECT, related_name="case_core")
    report_task = models.OneToOneField(Task, null=True, on_delete=models.PROTECT, related_name="case_report")
    core_done_at = models.DateTimeField(null=True)
    report_done_at = models.DateTimeField(null=True)
    isolated_at = models.DateTimeField(null=True)  # from then on he meets nobody
    source = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="infected", db_index=False)
    source_certainty = models.CharField(max_length=10, default="")
    source_basis = models.CharField(max_length=120, default="")  # what the link rests on; never a name
    exercise = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="tracing_case_classification", condition=Q(classification__in=[1, 2, 3, 4, 5])),
            models.CheckConstraint(name="tracing_case_origin", condition=Q(origin__in=ORIGINS)),
            models.CheckConstraint(
                name="tracing_case_positive_has_sample",
                condition=~Q(classification__in=TESTED_POSITIVE) | Q(first_positive_at__isnull=False),
            ),
            models.CheckConstraint(
                name="tracing_case_asymptomatic_has_no_onset",
                condition=~Q(classification=Classification.ASYMPTOMATIC) | Q(onset_on__isnull=True),
            ),
            models.CheckConstraint(
                name="tracing_case_source_whole",
                condition=Q(source__isnull=True, source_certainty="", source_basis="")
                | (Q(source__isnull=False, source_certainty__in=CASE_SOURCE_CERTAINTY) & ~Q(source=F("id"))),
            ),
            models.CheckConstraint(
                name="tracing_case_report_after_core",
                condition=Q(report_done_at__isnull=True) | Q(core_done_at__isnull=False),
            ),
            models.UniqueConstraint(fields=["outbreak", "number"], name="tracing_case_number"),
            models.UniqueConstraint(
                fields=["outbreak", "person"],
                condition=~Q(classification=Classification.DISCARDED),
                name="tracing_case_one_a_person",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "-reported_at", "id"], name="tracing_case_path"),
            models.Index(fields=["person"], name="tracing_case_person"),
            models.Index(fields=["source"], name="tracing_case_source"),
        ]


class CaseStep(models.Model):
    """What a case became, when, by whom and on what evidence. Append-only; `seq` counts without a gap."""

    PERSONAL = frozenset({"note_sealed", "onset_on"})
    PLAIN = frozenset(
        {"id", "case", "seq", "act", "at", "by", "before", "after", "first_positive_at", "evidence", "evidence_ref"}
        | {"source", "detail"}
    )

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps", db_index=False)
    seq = models.IntegerField()
    act = models.CharField(max_length=20)  # opened, classified, dated, linked, unlinked, core_done, report_done, ...
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    before = models.SmallIntegerField(null=True)
    after = models.SmallIntegerField()
    onset_on = models.DateField(null=True)
    first_positive_at = models.DateTimeField(null=True)
    evidence = models.CharField(max_length=30, default="")
    evidence_ref = models.CharField(max_length=60, default="")
    source = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    detail = models.JSONField(default=dict)  # codes and ids only
    note_sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="tracing_casestep_one_line"),
            models.CheckConstraint(
                name="tracing_casestep_classified_on_evidence",
                condition=~Q(act__in=["opened", "classified"]) | ~Q(evidence=""),
            ),
        ]


class Answer(models.Model):
    """One answer to a question of the investigation. Append-only; the newest counts.

    A claim is what somebody said; only an answer that an investigator confirmed is a fact.
    """

    PERSONAL = frozenset({"value_sealed"})
    PLAIN = frozenset({"id", "case", "entry", "question", "confirmed", "at", "recorded_at", "by"})

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="answers", db_index=False)
    entry = models.UUIDField(unique=True)
    question = models.CharField(max_length=60)
    confirmed = models.BooleanField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=60)
    value_sealed = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["case", "question", "-id"], name="tracing_answer_newest")]


class Stay(models.Model):
    """Where a case was before he was isolated: a place, from when to when, how he went there and who was near.

    As told until `confirmed_at`; only a confirmed stay becomes an exposure or finds contacts.
    """

    PERSONAL = frozenset({"place_sealed", "vehicle_sealed"})
    PLAIN = frozenset(
        {"id", "public_id", "case", "entry", "from_at", "to_at", "unit", "transport", "mask", "ventilation", "people"}
        | {"told_at", "told_by", "confirmed_at", "confirmed_by", "withdrawn_at", "withdrawn_by", "repeats"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="stays", db_index=False)
    entry = models.UUIDField(unique=True)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    transport = models.CharField(max_length=12, default="")
    mask = models.BooleanField(null=True)
    ventilation = models.CharField(max_length=10, default="")  # open, closed, outdoors
    people = models.IntegerField(null=True)  # how many others were there
    told_at = models.DateTimeField()
    told_by = models.CharField(max_length=60)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=60, default="")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=60, default="")
    repeats = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="repeated")
    place_sealed = models.BinaryField()
    vehicle_sealed = models.BinaryField(null=True)  # number of flight or train, and the seat

    class Meta:
        constraints = [
            models.CheckConstraint(name="tracing_stay_ends", condition=Q(to_at__gt=F("from_at"))),
            models.CheckConstraint(
                name="tracing_stay_confirmed_whole",
                condition=Q(confirmed_at__isnull=True, confirmed_by="")
                | (Q(confirmed_at__isnull=False) & ~Q(confirmed_by="")),
            ),
            models.CheckConstraint(name="tracing_stay_people", condition=Q(people__isnull=True) | Q(people__gte=0)),
        ]
        indexes = [models.Index(fields=["case", "from_at"], name="tracing_stay_case")]


class Investigator(models.Model):
    """A post that investigates: trained until a day, and on shift between two hours."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "post", "path", "trained_until", "shift_from", "shift_until", "entered_by", "entered_at"})

    post = models.OneToOneField(Post, on_delete=models.PROTECT, related_name="investigator")
    path = PathField()
    trained_until = models.DateField()
    shift_from = models.DateTimeField(null=True)
    shift_until = models.DateTimeField(null=True)
    entered_by = models.CharField(max_length=60)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="tracing_investigator_shift",
                condition=Q(shift_from__isnull=True, shift_until__isnull=True) | Q(shift_until__gt=F("shift_from")),
            )
        ]
        indexes = [models.Index(fields=["path"], name="tracing_investigator_path")]


class Form(models.Model):
    """A questionnaire as an epidemiologist keeps it: an XLSForm, read into questions. Versions are never changed."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "profile", "version", "title", "content", "digest", "made_by", "made_at", "file"})

    profile = models.CharField(max_length=40)
    version = models.IntegerField()
    title = models.CharField(max_length=120)
    content = models.JSONField()  # questions with labels in both languages, as `queries.forms` reads them
    digest = models.CharField(max_length=64)
    file = models.BinaryField()  # the workbook as it came; holds questions, no person
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile", "version"], name="tracing_form_version"),
            models.UniqueConstraint(fields=["profile", "digest"], name="tracing_form_same_file_once"),
        ]
