from django.db import models
from django.db.models import F, Q

from shali.foundation.accounts.models import Post
from shali.foundation.jurisdictions.models import PathField, Unit
from shali.foundation.people.models import Person
from shali.foundation.policy.models import Outbreak
from shali.foundation.tasks.models import Task
from shali.foundation.vault.public_id import new_public_id
from shali.tracing.models.cases import Case
from shali.tracing.models.exposures import Exposure
from shali.tracing.rules import CERTAINTIES, PROTECTIONS, SITUATIONS, STRICTNESS, Seen


class ContactState(models.IntegerChoices):
    UNDER_OBSERVATION = 1
    RELEASED = 2
    BECAME_CASE = 3
    NO_CONTACT = 4  # every relationship was withdrawn, or none asks for anything
    LOST = 5


class Contact(models.Model):
    """A person who met a case, or a contact, in one outbreak: his class, where he is, how his days go.

    Class and plan follow from his relationships by the rule pack of the day; every plan he had is kept.
    """

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "public_id", "outbreak", "person", "unit", "path", "task", "contact_class", "why", "rule", "version"}
        | {
            "found_on",
            "first_exposure_on",
            "last_exposure_on",
            "ends_on",
            "plan_seq",
            "state",
            "judged_at",
            "judged_by",
        }
        | {"move_due_at", "place", "place_kind", "moved_at", "moved_by", "last_seen_on", "last_seen", "missed"}
        | {"assignee", "ended_at", "ended_by", "exercise"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    outbreak = models.ForeignKey(Outbreak, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contacts", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    path = PathField()
    task = models.OneToOneField(Task, null=True, on_delete=models.PROTECT, related_name="contact")
    contact_class = models.CharField(max_length=20)
    why = models.CharField(max_length=30)
    rule = models.CharField(max_length=80)  # "close_contact@tracing-protocol-9"
    version = models.IntegerField(default=1)
    found_on = models.DateField()  # from then on days are owed; those before nobody could keep
    first_exposure_on = models.DateField()
    last_exposure_on = models.DateField()
    ends_on = models.DateField(null=True)  # last day of the plan; None: the class asks for no measure
    plan_seq = models.IntegerField(default=0)
    state = models.SmallIntegerField(choices=ContactState.choices, default=ContactState.UNDER_OBSERVATION)
    judged_at = models.DateTimeField()
    judged_by = models.CharField(max_length=60)
    move_due_at = models.DateTimeField(null=True)
    place_kind = models.CharField(max_length=10, default="")  # site, home, hospital, elsewhere
    place = models.CharField(max_length=80, default="")  # name of the site; never an address
    moved_at = models.DateTimeField(null=True)
    moved_by = models.CharField(max_length=60, default="")
    assignee = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="+")
    last_seen_on = models.DateField(null=True)
    last_seen = models.SmallIntegerField(null=True)
    missed = models.SmallIntegerField(default=0)  # days in a row on which nobody saw him
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=60, default="")
    exercise = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="tracing_contact_class", condition=Q(contact_class__in=STRICTNESS)),
            models.CheckConstraint(
                name="tracing_contact_exposures", condition=Q(last_exposure_on__gte=F("first_exposure_on"))
            ),
            models.CheckConstraint(
                name="tracing_contact_moved_has_place",
                condition=Q(moved_at__isnull=True, moved_by="")
                | (Q(moved_at__isnull=False) & ~Q(moved_by="") & ~Q(place_kind="")),
            ),
            models.CheckConstraint(
                name="tracing_contact_ended_whole",
                condition=Q(state=ContactState.UNDER_OBSERVATION, ended_at__isnull=True, ended_by="")
                | (~Q(state=ContactState.UNDER_OBSERVATION) & Q(ended_at__isnull=False) & ~Q(ended_by="")),
            ),
            models.UniqueConstraint(
                fields=["outbreak", "person"],
                condition=Q(state=ContactState.UNDER_OBSERVATION),
                name="tracing_contact_one_a_person",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "move_due_at", "id"], condition=Q(state=1), name="tracing_contact_open"),
            models.Index(fields=["path", "-judged_at", "id"], name="tracing_contact_path"),
            models.Index(fields=["person"], name="tracing_contact_person"),
            models.Index(fields=["assignee"], condition=Q(state=1), name="tracing_contact_assignee"),
        ]


class Relationship(models.Model):
    """Who met whom: a case or a contact on one side, a contact on the other; where, when, how near, how sure.

    Withdrawn, not removed. `path` is the contact's unit, `source_path` that of whoever he met.
    """

    PERSONAL = frozenset({"place_sealed"})
    PLAIN = frozenset(
        {"id", "public_id", "entry", "contact", "case", "by_contact", "exposure", "path", "source_path", "first_at"}
        | {"last_at", "situation", "protection", "certainty", "judged_class", "why", "entered_at", "entered_by"}
        | {"withdrawn_at", "withdrawn_by", "withdrawn_why"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    entry = models.UUIDField(unique=True)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="relationships", db_index=False)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="relationships", db_index=False)
    by_contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="met_by", db_index=False)
    exposure = models.ForeignKey(Exposure, null=True, on_delete=models.PROTECT, related_name="relationships")
    path = PathField()
    source_path = PathField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    situation = models.CharField(max_length=20)
    protection = models.CharField(max_length=10)
    certainty = models.CharField(max_length=10)
    judged_class = models.CharField(max_length=20)
    why = models.CharField(max_length=30)
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=60)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=60, default="")
    withdrawn_why = models.CharField(max_length=30, default="")
    place_sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="tracing_relationship_one_source",
                condition=Q(case__isnull=False, by_contact__isnull=True)
                | (Q(case__isnull=True, by_contact__isnull=False) & ~Q(by_contact=F("contact"))),
            ),
            models.CheckConstraint(name="tracing_relationship_ends", condition=Q(last_at__gte=F("first_at"))),
            models.CheckConstraint(
                name="tracing_relationship_words",
                condition=Q(situation__in=SITUATIONS, protection__in=PROTECTIONS, certainty__in=CERTAINTIES)
                & Q(judged_class__in=STRICTNESS),
            ),
            models.CheckConstraint(
                name="tracing_relationship_withdrawn_whole",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by="", withdrawn_why="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_by="") & ~Q(withdrawn_why="")),
            ),
        ]
        indexes = [
            models.Index(fields=["contact", "-last_at"], name="tracing_relation_contact"),
            models.Index(fields=["case", "id"], name="tracing_relation_case"),
            models.Index(fields=["by_contact"], name="tracing_relation_by"),
            models.Index(fields=["source_path", "id"], name="tracing_relation_source"),
        ]


class Plan(models.Model):
    """What a contact owed from an hour on: class, phases, tests, and what gave it. Append-only; the newest counts."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "contact", "seq", "contact_class", "why", "rule", "last_exposure_on", "phases", "tests", "ends_on"}
        | {"caused_by", "made_at", "made_by"}
    )

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="plans", db_index=False)
    seq = models.IntegerField()
    contact_class = models.CharField(max_length=20)
    why = models.CharField(max_length=30)
    rule = models.CharField(max_length=80)
    last_exposure_on = models.DateField()
    phases = models.JSONField()  # [measure, first day, last day]
    tests = models.JSONField()  # days
    ends_on = models.DateField(null=True)
    caused_by = models.CharField(max_length=30)  # judged, new_exposure, withdrawn, rules_changed, case_dates
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "seq"], name="tracing_plan_one_line")]


class Day(models.Model):
    """One day of a contact's plan: which measure holds, whether a test is due, and what the day brought."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "contact", "path", "on", "measure", "test_due", "status", "status_at", "tested_at", "test_negative"}
        | {"dropped"}
    )

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="days", db_index=False)
    path = PathField()
    on = models.DateField()
    measure = models.CharField(max_length=30)
    test_due = models.BooleanField()
    status = models.SmallIntegerField(choices=[(int(one), one.name.lower()) for one in Seen], null=True)
    status_at = models.DateTimeField(null=True)
    tested_at = models.DateTimeField(null=True)
    test_negative = models.BooleanField(null=True)
    dropped = models.BooleanField(default=False)  # a later plan has no such day; what it brought is kept

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "on"], name="tracing_day_once"),
            models.CheckConstraint(
                name="tracing_day_status_whole",
                condition=Q(status__isnull=True, status_at__isnull=True)
                | Q(status__isnull=False, status_at__isnull=False),
            ),
            models.CheckConstraint(
                name="tracing_day_test_whole",
                condition=Q(tested_at__isnull=False) | Q(test_negative__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["path", "on"], condition=Q(dropped=False), name="tracing_day_path")]


class Observation(models.Model):
    """One entry about a day: by the worker, or by the person himself. Append-only; the newest counts."""

    PERSONAL = frozenset({"told_sealed"})
    PLAIN = frozenset({"id", "day", "entry", "status", "at", "recorded_at", "by"})

    day = models.ForeignKey(Day, on_delete=models.PROTECT, related_name="observations", db_index=False)
    entry = models.UUIDField(unique=True)
    status = models.SmallIntegerField(choices=[(int(one), one.name.lower()) for one in Seen])
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=60)
    told_sealed = models.BinaryField(null=True)  # symptoms and temperature

    class Meta:
        indexes = [models.Index(fields=["day", "-id"], name="tracing_observation_day")]


class SelfLink(models.Model):
    """A link by which a person reports his own days. Known by the hash of its secret alone; ends with his plan."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "contact", "digest", "made_at", "made_by", "ended_at"})

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=60)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact"], condition=Q(ended_at__isnull=True), name="tracing_selflink_one_open"
            )
        ]
