from django.db import models
from django.db.models import F, Q

from shali.foundation.jurisdictions.models import PathField
from shali.foundation.people.models import Person
from shali.foundation.tasks.models import Task
from shali.foundation.vault.public_id import new_public_id
from shali.verification.models.checks import Way


class LookBack(models.Model):
    """People of finished lists or of a cohort asked again (回头看), by others, against a longer questionnaire.

    lists: of which lists they are; none where they were chosen by a filter alone
    chosen: codes of what they were chosen by beside named lists: unit, channel, since, until, fact, answer
    """

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "public_id", "path", "lists", "unit_path", "questionnaire", "questions", "frozen_at", "frozen_by"}
        | {"chosen"}
        | {"due_at", "rule", "people", "closed_at", "exercise"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    path = PathField()
    lists = models.JSONField()
    chosen = models.JSONField(default=dict, db_default={})
    unit_path = PathField()  # the part of the tree whose people are asked
    questionnaire = models.CharField(max_length=80)  # "<name>@<rule pack>"
    questions = models.JSONField()  # ids, frozen: a new pack changes no round under way
    frozen_at = models.DateTimeField()
    frozen_by = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    rule = models.CharField(max_length=80)
    people = models.IntegerField()
    closed_at = models.DateTimeField(null=True)
    exercise = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="verification_lookback_due", condition=Q(due_at__gt=F("frozen_at"))),
            models.CheckConstraint(name="verification_lookback_people", condition=Q(people__gt=0)),
        ]
        indexes = [models.Index(fields=["path", "-frozen_at"], name="verification_lookback_path")]


class AskedAgain(models.Model):
    """One person of a round: what was answered the first time, by whom, frozen."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"task", "look_back", "person", "first_task", "first", "first_by"})

    task = models.OneToOneField(Task, primary_key=True, on_delete=models.PROTECT, related_name="asked_again")
    look_back = models.ForeignKey(LookBack, on_delete=models.PROTECT, related_name="asked", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="asked_again")
    first_task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+")
    first = models.JSONField()  # question -> code of the answer
    first_by = models.JSONField()  # names of those who answered then; none of them asks again

    class Meta:
        constraints = [models.UniqueConstraint(fields=["look_back", "first_task"], name="verification_askedagain_once")]


class SecondAnswer(models.Model):
    """An answer of the second round. Append-only; the newest to a question counts."""

    PERSONAL = frozenset({"note_sealed"})
    PLAIN = frozenset({"id", "asked", "entry", "question", "answer", "way", "at", "recorded_at", "by"})

    asked = models.ForeignKey(AskedAgain, on_delete=models.PROTECT, related_name="answers", db_index=False)
    entry = models.UUIDField(unique=True)
    question = models.CharField(max_length=40)
    answer = models.CharField(max_length=40)
    way = models.SmallIntegerField(choices=Way.choices)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=60)
    note_sealed = models.BinaryField(null=True)

    class Meta:
        indexes = [models.Index(fields=["asked", "question", "-id"], name="verification_second_answers")]


class Difference(models.Model):
    """The second round says other than the first; followed up until somebody has said which holds."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "public_id", "asked", "path", "question", "first", "second", "opened_at"}
        | {"settled_as", "settled_by", "settled_at"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    asked = models.ForeignKey(AskedAgain, on_delete=models.PROTECT, related_name="differences")
    path = PathField()
    question = models.CharField(max_length=40)
    first = models.CharField(max_length=40)
    second = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    settled_as = models.CharField(max_length=20, default="")
    settled_by = models.CharField(max_length=60, default="")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["asked", "question"],
                condition=Q(settled_at__isnull=True),
                name="verification_difference_one_open",
            ),
            models.CheckConstraint(name="verification_difference_differs", condition=~Q(first=F("second"))),
            models.CheckConstraint(
                name="verification_difference_settled_whole",
                condition=Q(settled_at__isnull=True, settled_by="", settled_as="")
                | (Q(settled_at__isnull=False) & ~Q(settled_by="") & ~Q(settled_as="")),
            ),
        ]
