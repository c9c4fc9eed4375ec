"""The verification desk: lists that are pushed to the city, the people on them, and the four facts.

What must never be: a check ended without its four facts or a lawful other end; a pushed list closed while somebody
on it is open; a finding edited.
"""

from django.db import models
from django.db.models import F, Q

from shali.foundation.intake.models import Batch, Row
from shali.foundation.jurisdictions.models import PathField
from shali.foundation.people.models import Person
from shali.foundation.tasks.models import Task
from shali.foundation.vault.public_id import new_public_id


class Channel(models.IntegerChoices):
    PROVINCIAL_BIG_DATA = 1
    PUBLIC_SECURITY = 2
    ANOTHER_CITY = 3
    HOSPITAL = 4
    OWN_FINDING = 5
    OTHER = 9


class ListState(models.IntegerChoices):
    IN_PREPARATION = 1  # its file is being read, mapped or settled
    OPEN = 2
    CLOSED = 3  # everybody on it struck off
    WITHDRAWN = 4  # its import was undone


class PushedList(models.Model):
    """A verification list (协查名单) as one sender handed it over."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {
            "id",
            "public_id",
            "path",
            "batch",
            "channel",
            "sender",
            "sender_reference",
            "day",
            "number",
            "announced",
        }
        | {
            "asked",
            "handed_over_at",
            "received_at",
            "received_by",
            "due_at",
            "rule",
            "state",
            "closed_at",
            "exercise",
        }
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    path = PathField()
    batch = models.OneToOneField(Batch, null=True, on_delete=models.PROTECT, related_name="pushed_list")
    channel = models.SmallIntegerField(choices=Channel.choices)
    sender = models.CharField(max_length=120)
    sender_reference = models.CharField(max_length=120, default="")
    day = models.DateField()  # with `number`: "9 August, list 3"
    number = models.SmallIntegerField()
    announced = models.IntegerField(null=True)
    asked = models.CharField(max_length=200, default="")
    handed_over_at = models.DateTimeField()
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    rule = models.CharField(max_length=80)
    state = models.SmallIntegerField(choices=ListState.choices, default=ListState.IN_PREPARATION)
    closed_at = models.DateTimeField(null=True)
    exercise = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["path", "day", "number"], name="verification_pushedlist_number"),
            models.CheckConstraint(name="verification_pushedlist_due", condition=Q(due_at__gt=F("handed_over_at"))),
            models.CheckConstraint(
                name="verification_pushedlist_closed_pair",
                condition=Q(state=ListState.CLOSED, closed_at__isnull=False)
                | (~Q(state=ListState.CLOSED) & Q(closed_at__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["path", "-handed_over_at"], name="verification_pushedlist_path")]


class Ending(models.IntegerChoices):
    """How a check may lawfully end."""

    FOUR_FACTS = 1
    MOVED_ON = 2
    DECEASED = 3
    DUPLICATE = 4
    NEVER_FOUND = 5
    WITHDRAWN = 6  # the asker took the question back: the import was undone, or a row meant somebody else


class ListEntry(models.Model):
    """One person on one list: an asker of the person's task. Each asker gets one answer."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "pushed_list", "person", "task", "row", "due_at", "struck_off_at", "ending", "duplicate_of"}
    )

    pushed_list = models.ForeignKey(PushedList, on_delete=models.PROTECT, related_name="entries")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="list_entries")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="list_entries")
    row = models.ForeignKey(Row, null=True, on_delete=models.PROTECT, related_name="list_entries")
    due_at = models.DateTimeField()
    struck_off_at = models.DateTimeField(null=True)
    ending = models.SmallIntegerField(choices=Ending.choices, null=True)
    # After a merge of two people who are both on this list, the lost one's entry repeats the kept one's.
    duplicate_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="repeats")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pushed_list", "person"],
                condition=Q(duplicate_of__isnull=True),
                name="verification_listentry_once",
            ),
            models.CheckConstraint(
                name="verification_listentry_struck_off_pair",
                condition=Q(struck_off_at__isnull=True, ending__isnull=True)
                | Q(struck_off_at__isnull=False, ending__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["pushed_list", "id"], name="verification_entry_list"),
            models.Index(fields=["task"], name="verification_entry_task"),
            models.Index(fields=["person"], name="verification_entry_person"),
        ]


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
        {"id", "task", "entry", "fact", "answer", "establishes", "way", "at", "by", "recorded_at", "corrects"}
    )

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="findings")
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
        {
            "task",
            "counted",
            "identified",
            "located",
            "controlled",
            "attempts",
            "ending",
            "ended_at",
            "ended_by",
        }
        | {
            "receipt",
            "taken_over_by",
            "proposed_by",
            "proposed_at",
            "attempts_required",
            "duplicate_of",
            "evidence",
        }
        | {"last_attempt_at"}
    )

    task = models.OneToOneField(Task, primary_key=True, on_delete=models.PROTECT, related_name="check_row")
    counted = models.ForeignKey(Finding, null=True, on_delete=models.PROTECT, related_name="+")
    identified = models.ForeignKey(Finding, null=True, on_delete=models.PROTECT, related_name="+")
    located = models.ForeignKey(Finding, null=True, on_delete=models.PROTECT, related_name="+")
    controlled = models.ForeignKey(Finding, null=True, on_delete=models.PROTECT, related_name="+")
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
    duplicate_of = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="+")
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
        {"id", "public_id", "task", "entry", "kind", "path", "at", "recorded_at", "by", "seen_by_county"}
        | {"seen_by_county_at", "seen_by_city", "seen_by_city_at", "settled_by", "settled_at", "settled_as"}
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
