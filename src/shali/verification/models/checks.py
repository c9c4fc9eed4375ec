from django.db import models
from django.db.models import F, Q

from shali.foundation.tasks.models import Task
from shali.verification.models.lists import Ending


class FactKind(models.IntegerChoices):
    """The four facts (四查清), in the order in which they are asked."""

    COUNTED = 1  # 人数: how many people live or stay there
    IDENTIFIED = 2  # 人头: this is the person
    LOCATED = 3  # 位置: where the person is now
    CONTROLLED = 4  # 管控情况: which measure holds


class Way(models.IntegerChoices):
    """How something is known."""

    PHONE = 1
    AT_THE_DOOR = 2
    DOCUMENT_SEEN = 3
    ANOTHER_UNIT = 4
    RECORDS = 5
    HOUSEHOLD_MEMBER = 6


class Finding(models.Model):
    """One answer to one of the four facts: who, when, how known, with what evidence. Append-only."""

    PERSONAL = frozenset({"note_sealed", "evidence_sealed"})
    PLAIN = frozenset(
        {"id", "task", "entry", "fact", "answer", "establishes", "way", "at", "by", "recorded_at"} | {"corrects"}
    )

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="findings", db_index=False)
    # Given by the device that took it: the same entry sent again does nothing again.
    entry = models.UUIDField(unique=True)
    fact = models.SmallIntegerField(choices=FactKind.choices)
    answer = models.CharField(max_length=40)
    establishes = models.BooleanField()  # "not settled yet" is an answer that establishes nothing
    way = models.SmallIntegerField(choices=Way.choices)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=60)
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    note_sealed = models.BinaryField(null=True)
    evidence_sealed = models.BinaryField(null=True)

    class Meta:
        indexes = [models.Index(fields=["task", "fact", "id"], name="verification_finding_task")]


class Check(models.Model):
    """What must be established for one task before it may close, and how it ended."""

    PERSONAL = frozenset({"ending_note_sealed"})
    PLAIN = frozenset(
        {"task", "counted", "identified", "located", "controlled", "attempts", "ending", "ended_at"}
        | {"ended_by", "receipt", "taken_over_by", "proposed_by", "proposed_at", "attempts_required"}
        | {"duplicate_of", "evidence", "last_attempt_at"}
    )

    task = models.OneToOneField(Task, primary_key=True, on_delete=models.PROTECT, related_name="check_row")
    counted = models.ForeignKey(Finding, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    identified = models.ForeignKey(Finding, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    located = models.ForeignKey(Finding, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    controlled = models.ForeignKey(Finding, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    attempts = models.SmallIntegerField(default=0)
    last_attempt_at = models.DateTimeField(null=True)
    ending = models.SmallIntegerField(choices=Ending.choices, null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=60, default="")
    # Moved on: who took him over, and the number of their receipt.
    taken_over_by = models.CharField(max_length=120, default="")
    receipt = models.CharField(max_length=60, default="")
    # Deceased: the kind and number of the paper that says so.
    evidence = models.CharField(max_length=120, default="")
    duplicate_of = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Never found: proposed by one after enough attempts, decided by another.
    attempts_required = models.SmallIntegerField()
    proposed_by = models.CharField(max_length=60, default="")
    proposed_at = models.DateTimeField(null=True)
    ending_note_sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="verification_check_ended_whole",
                condition=Q(ending__isnull=True, ended_at__isnull=True, ended_by="")
                | (Q(ending__isnull=False, ended_at__isnull=False) & ~Q(ended_by="")),
            ),
            models.CheckConstraint(
                name="verification_check_four_facts",
                condition=~Q(ending=Ending.FOUR_FACTS)
                | Q(
                    counted__isnull=False,
                    identified__isnull=False,
                    located__isnull=False,
                    controlled__isnull=False,
                )
                | Q(ending__isnull=True),
            ),
            models.CheckConstraint(
                name="verification_check_moved_on_has_receipt",
                condition=~Q(ending=Ending.MOVED_ON) | Q(ending__isnull=True) | (~Q(receipt="") & ~Q(taken_over_by="")),
            ),
            models.CheckConstraint(
                name="verification_check_deceased_has_evidence",
                condition=~Q(ending=Ending.DECEASED) | Q(ending__isnull=True) | ~Q(evidence=""),
            ),
            models.CheckConstraint(
                name="verification_check_duplicate_names_other",
                condition=~Q(ending=Ending.DUPLICATE)
                | Q(ending__isnull=True)
                | (Q(duplicate_of__isnull=False) & ~Q(duplicate_of=F("task"))),
            ),
            models.CheckConstraint(
                name="verification_check_never_found_two_persons",
                condition=~Q(ending=Ending.NEVER_FOUND)
                | Q(ending__isnull=True)
                | (
                    ~Q(proposed_by="")
                    & Q(proposed_at__isnull=False)
                    & ~Q(ended_by=F("proposed_by"))
                    & Q(attempts__gte=F("attempts_required"))
                ),
            ),
        ]


class AttemptResult(models.IntegerChoices):
    REACHED = 1
    NO_ANSWER = 2
    NUMBER_WRONG = 3
    REFUSED_TO_TALK = 4
    NOBODY_HOME = 5
    ADDRESS_WRONG = 6
    CALL_LATER = 7


class Attempt(models.Model):
    """One try to reach somebody. Append-only."""

    PERSONAL = frozenset({"note_sealed"})
    PLAIN = frozenset({"id", "task", "entry", "way", "result", "next_attempt_at", "at", "recorded_at", "by"})

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="attempts")
    entry = models.UUIDField(unique=True)
    way = models.SmallIntegerField(choices=Way.choices)
    result = models.SmallIntegerField(choices=AttemptResult.choices)
    next_attempt_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=60)
    note_sealed = models.BinaryField(null=True)
