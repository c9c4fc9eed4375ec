"""Control measures on a person or an area. What makes an order lawful are columns that the database asks for.

In force is a condition on the row and the hour (`queries/in_force.py`): no job begins a measure, and none ends it.
"""

from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce, Greatest

from shali.foundation.jurisdictions.models import PathField, Unit
from shali.foundation.measures.rules import APPEAL_WAYS, EPIDEMIOLOGICAL, EPIDEMIOLOGICAL_EVIDENCE, OUTCOMES
from shali.foundation.people.models import Person
from shali.foundation.policy.models import Outbreak
from shali.foundation.tasks.models import Task
from shali.foundation.vault.public_id import new_public_id


class MeasureState(models.IntegerChoices):
    PROPOSED = 1
    DECIDED = 2
    REFUSED = 3
    WITHDRAWN = 4


class Term(models.Model):
    """One kind of measure in one rule pack. Entered by the owner at a migration; the web role only reads it."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"rule", "kind", "max_hours", "epidemiological"})

    rule = models.CharField(primary_key=True, max_length=80)
    kind = models.CharField(max_length=30)
    max_hours = models.IntegerField()
    epidemiological = models.BooleanField()

    class Meta:
        constraints = [models.CheckConstraint(name="measures_term_ends", condition=Q(max_hours__gt=0))]


_WHOLE_TIME = Func(
    F("starts_at"),
    Greatest(F("starts_at"), Coalesce(F("lifted_at"), F("ends_at"))),
    function="tstzrange",
    output_field=models.TextField(),
)


class Measure(models.Model):
    """One measure: proposed by one, decided by another of a body that may, in force between two hours.

    `path` and `unit` are of whoever answers where it holds; `body` is the unit that imposed it, and alone may lift it.
    """

    PERSONAL = frozenset({"note_sealed"})
    PLAIN = frozenset(
        {"id", "public_id", "kind", "rule", "outbreak", "person", "area", "unit", "path", "origin_kind", "origin_id"}
        | {"basis", "evidence", "evidence_ref", "epidemiological", "max_hours", "starts_at", "ends_at", "state"}
        | {"version", "proposal_rule", "proposed_by", "proposed_at", "appeal_channel", "supersedes", "decided_by"}
        | {"decided_at", "body", "refusal", "served_at", "served_by", "served_how", "lifted_at", "lifted_by"}
        | {"lifted_body", "lift_reason"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    kind = models.CharField(max_length=30)
    rule = models.ForeignKey(Term, on_delete=models.PROTECT, db_column="rule", related_name="+")
    outbreak = models.ForeignKey(Outbreak, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="measures")
    area = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    path = PathField()
    origin_kind = models.CharField(max_length=20)  # "contact"; the room of the origin is not known here
    origin_id = models.CharField(max_length=40)
    basis = models.CharField(max_length=30)
    evidence = models.CharField(max_length=30)
    evidence_ref = models.CharField(max_length=60)  # number of the report, letter or record; never a name
    epidemiological = models.BooleanField()  # copied from the term, so that plain checks hold the row
    max_hours = models.IntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.SmallIntegerField(choices=MeasureState.choices, default=MeasureState.PROPOSED)
    version = models.IntegerField(default=1)
    proposal_rule = models.CharField(max_length=80, default="")  # "": an officer's own proposal
    proposed_by = models.CharField(max_length=60)
    proposed_at = models.DateTimeField()
    appeal_channel = models.CharField(max_length=200)
    supersedes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    decided_by = models.CharField(max_length=60, default="")
    decided_at = models.DateTimeField(null=True)
    body = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    refusal = models.CharField(max_length=30, default="")
    served_at = models.DateTimeField(null=True)
    served_by = models.CharField(max_length=60, default="")
    served_how = models.CharField(max_length=20, default="")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=60, default="")
    lifted_body = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    lift_reason = models.CharField(max_length=30, default="")
    note_sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="measures_measure_person_or_area",
                condition=Q(person__isnull=False, area__isnull=True) | Q(person__isnull=True, area__isnull=False),
            ),
            models.CheckConstraint(
                name="measures_measure_has_grounds",
                condition=~Q(kind="")
                & ~Q(origin_kind="")
                & ~Q(origin_id="")
                & ~Q(basis="")
                & ~Q(evidence="")
                & ~Q(evidence_ref="")
                & ~Q(proposed_by="")
                & ~Q(appeal_channel=""),
            ),
            models.CheckConstraint(
                name="measures_measure_epidemiological",
                condition=Q(epidemiological=False)
                | Q(origin_kind__in=EPIDEMIOLOGICAL, evidence__in=EPIDEMIOLOGICAL_EVIDENCE),
            ),
            models.CheckConstraint(name="measures_measure_ends", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="measures_measure_two_people", condition=Q(decided_by="") | ~Q(decided_by=F("proposed_by"))
            ),
            models.CheckConstraint(
                name="measures_measure_decided_by_a_post",
                condition=~Q(state=MeasureState.DECIDED)
                | Q(decided_by__startswith="post:", decided_at__isnull=False, body__isnull=False, refusal=""),
            ),
            models.CheckConstraint(
                name="measures_measure_refused_whole",
                condition=~Q(state=MeasureState.REFUSED)
                | (Q(decided_by__startswith="post:", decided_at__isnull=False, body__isnull=True) & ~Q(refusal="")),
            ),
            models.CheckConstraint(
                name="measures_measure_undecided_whole",
                condition=Q(state__in=[MeasureState.DECIDED, MeasureState.REFUSED])
                | Q(decided_by="", decided_at__isnull=True, body__isnull=True, refusal=""),
            ),
            models.CheckConstraint(
                name="measures_measure_served_whole",
                condition=Q(served_at__isnull=True, served_by="", served_how="")
                | (
                    Q(state=MeasureState.DECIDED, served_at__gte=F("decided_at")) & ~Q(served_by="") & ~Q(served_how="")
                ),
            ),
            models.CheckConstraint(
                name="measures_measure_lifted_by_its_body",
                condition=Q(lifted_at__isnull=True, lifted_by="", lifted_body__isnull=True, lift_reason="")
                | (
                    Q(state=MeasureState.DECIDED, lifted_at__lt=F("ends_at"), lifted_body=F("body"))
                    & ~Q(lifted_by="")
                    & ~Q(lift_reason="")
                ),
            ),
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(state=MeasureState.PROPOSED, person__isnull=False),
                name="measures_measure_one_proposal_person",
            ),
            models.UniqueConstraint(
                fields=["area", "kind"],
                condition=Q(state=MeasureState.PROPOSED, area__isnull=False),
                name="measures_measure_one_proposal_area",
            ),
            ExclusionConstraint(
                name="measures_measure_one_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (_WHOLE_TIME, RangeOperators.OVERLAPS),
                ],
                condition=Q(state=MeasureState.DECIDED, person__isnull=False),
            ),
            ExclusionConstraint(
                name="measures_measure_one_at_a_time_area",
                expressions=[
                    ("area", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (_WHOLE_TIME, RangeOperators.OVERLAPS),
                ],
                condition=Q(state=MeasureState.DECIDED, area__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["path", "proposed_at", "id"], condition=Q(state=1), name="measures_measure_proposed"),
            models.Index(
                fields=["person", "ends_at"], condition=Q(state=2, lifted_at__isnull=True), name="measures_measure_pers"
            ),
            models.Index(
                fields=["path", "ends_at"],
                include=["starts_at"],
                condition=Q(state=2, lifted_at__isnull=True),
                name="measures_measure_path_end",
            ),
            models.Index(fields=["ends_at"], condition=Q(state=2, lifted_at__isnull=True), name="measures_measure_end"),
            models.Index(fields=["origin_kind", "origin_id"], name="measures_measure_origin"),
            models.Index(fields=["path", "id"], name="measures_measure_path"),
        ]


def holding(at: datetime) -> Q:
    """Return the condition: decided, begun, not over, not lifted. A lifting later than the hour does not count yet."""
    return Q(state=MeasureState.DECIDED, starts_at__lte=at, ends_at__gt=at) & (
        Q(lifted_at__isnull=True) | Q(lifted_at__gt=at)
    )


def holding_now(at: datetime) -> Q:
    """Return the same for the present hour, in the form that the partial indexes answer."""
    return Q(state=MeasureState.DECIDED, starts_at__lte=at, ends_at__gt=at, lifted_at__isnull=True)


class MeasureAct(models.TextChoices):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    SERVED = "served"
    LIFTED = "lifted"
    APPEALED = "appealed"
    APPEAL_DECIDED = "appeal_decided"
    PRINTED = "printed"


class MeasureEvent(models.Model):
    """One step in a measure's life. Append-only; `seq` counts without a gap."""

    PERSONAL = frozenset({"note_sealed"})
    PLAIN = frozenset({"id", "measure", "seq", "act", "at", "by", "state_after", "detail"})

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="events", db_index=False)
    seq = models.IntegerField()
    act = models.CharField(max_length=20, choices=MeasureAct.choices)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    state_after = models.SmallIntegerField(choices=MeasureState.choices)
    detail = models.JSONField(default=dict)  # codes and ids only
    note_sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["measure", "seq"], name="measures_event_one_line")]


class AppealState(models.IntegerChoices):
    OPEN = 1
    DECIDED = 2


class Appeal(models.Model):
    """What a person says against a measure, and the answer of somebody who did not decide the measure."""

    PERSONAL = frozenset({"grounds_sealed", "answer_sealed"})
    PLAIN = frozenset(
        {"id", "public_id", "measure", "against", "path", "way", "lodged_at", "lodged_by", "due_at", "rule", "task"}
        | {"state", "outcome", "decided_by", "decided_at"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="appeals")
    against = models.CharField(max_length=60)  # who decided the measure, copied by the database
    path = PathField()
    way = models.CharField(max_length=20)
    lodged_at = models.DateTimeField()
    lodged_by = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    rule = models.CharField(max_length=80)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+")
    state = models.SmallIntegerField(choices=AppealState.choices, default=AppealState.OPEN)
    outcome = models.CharField(max_length=20, default="")
    decided_by = models.CharField(max_length=60, default="")
    decided_at = models.DateTimeField(null=True)
    grounds_sealed = models.BinaryField()
    answer_sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="measures_appeal_way", condition=Q(way__in=APPEAL_WAYS)),
            models.CheckConstraint(name="measures_appeal_due", condition=Q(due_at__gt=F("lodged_at"))),
            models.CheckConstraint(name="measures_appeal_other_judge", condition=~Q(decided_by=F("against"))),
            models.CheckConstraint(
                name="measures_appeal_decided_whole",
                condition=Q(state=AppealState.OPEN, outcome="", decided_by="", decided_at__isnull=True)
                | (
                    Q(state=AppealState.DECIDED, outcome__in=OUTCOMES, decided_by__startswith="post:")
                    & Q(decided_at__isnull=False, answer_sealed__isnull=False)
                ),
            ),
            models.UniqueConstraint(
                fields=["measure"], condition=Q(state=AppealState.OPEN), name="measures_appeal_one_open"
            ),
        ]
        indexes = [models.Index(fields=["path", "due_at"], condition=Q(state=1), name="measures_appeal_open")]
