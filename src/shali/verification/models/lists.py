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
        {"id", "public_id", "path", "batch", "channel", "sender", "sender_reference", "day", "number"}
        | {"announced", "asked", "handed_over_at", "received_at", "received_by", "due_at", "rule"}
        | {"state", "closed_at", "exercise", "corrects"}
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
    # A sender's list sent again, mended: laid beside the first, which stays and keeps its clock.
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["path", "day", "number"], name="verification_pushedlist_number"),
            models.CheckConstraint(name="verification_pushedlist_corrects_another", condition=~Q(corrects=F("id"))),
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


NOT_SETTLED = Q(struck_off_at__isnull=True) | ~Q(ending=Ending.FOUR_FACTS)


class ListEntry(models.Model):
    """One person on one list: an asker of the person's task. Each asker gets one answer."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "pushed_list", "person", "task", "row", "due_at", "struck_off_at", "ending"} | {"duplicate_of"}
    )

    pushed_list = models.ForeignKey(PushedList, on_delete=models.PROTECT, related_name="entries", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="list_entries", db_index=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="list_entries", db_index=False)
    row = models.ForeignKey(Row, null=True, on_delete=models.PROTECT, related_name="list_entries")
    due_at = models.DateTimeField()
    struck_off_at = models.DateTimeField(null=True)
    ending = models.SmallIntegerField(choices=Ending.choices, null=True)
    # After a merge of two people who are both on this list, the lost one's entry repeats the kept one's.
    duplicate_of = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="repeats", db_index=False
    )

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
            # What a list's page still has to look at, row by row: its sums know the rest.
            models.Index(fields=["pushed_list", "task"], condition=NOT_SETTLED, name="verification_entry_unsettled"),
            models.Index(fields=["task"], name="verification_entry_task"),
            models.Index(fields=["person"], name="verification_entry_person"),
            models.Index(
                fields=["duplicate_of"], condition=Q(duplicate_of__isnull=False), name="verification_entry_repeats"
            ),
        ]


class ListTally(models.Model):
    """How many of a list's people a unit has, and how many are open: kept by triggers in the writer's transaction.

    grain: whose path a row counts for, see Grain; deadlines are part of the key, so that "overdue" is a sum too.
    """

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "pushed_list", "grain", "path", "due_at", "entries", "people", "open", "four_facts"})

    class Grain(models.IntegerChoices):
        OWNER = 1  # the unit that owns the tasks
        TOWNSHIP = 2  # its township, or itself where it stands higher: what lists of the city and a county sum

    pushed_list = models.ForeignKey(PushedList, on_delete=models.CASCADE, related_name="tallies", db_index=False)
    grain = models.SmallIntegerField(choices=Grain.choices)
    path = PathField()
    due_at = models.DateTimeField()
    entries = models.IntegerField()  # every entry, a repeated or withdrawn one too: who sees the list
    people = models.IntegerField()
    open = models.IntegerField()
    four_facts = models.IntegerField(default=0)  # struck off with all four facts: none of them has to be looked at

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pushed_list", "grain", "path", "due_at"], name="verification_listtally_once"
            ),
        ]
        indexes = [models.Index(fields=["grain", "path", "pushed_list"], name="verification_listtally_path")]
