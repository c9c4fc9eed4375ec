"""One mechanism for every piece of work that a unit owes: owner, clock, hand-over, history.

The clock starts at hand-over and never starts again: `due_at` is written once (an earlier deadline of a further
asker may bring it forward; a trigger refuses a later one).
"""

from django.db import models
from django.db.models import F, Q

from shali.foundation.accounts.models import Post
from shali.foundation.jurisdictions.models import PathField, Unit
from shali.foundation.people.models import Person
from shali.foundation.vault.public_id import new_public_id


class TaskState(models.IntegerChoices):
    HANDED_OVER = 1  # the owner has not accepted yet; he answers for it all the same
    ACCEPTED = 2
    CLOSED = 3


class Task(models.Model):
    """Something one unit owes by a time. `version` is the number of its last event: the compare-and-set."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {
            "id",
            "public_id",
            "kind",
            "unit",
            "path",
            "subject",
            "giver_path",
            "state",
            "version",
            "handed_over_at",
        }
        | {"due_at", "rule", "accepted_at", "accepted_by", "assignee", "blocked_since", "blocked_on"}
        | {"next_attempt_at", "closed_at", "closed_by", "outcome", "exercise"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    kind = models.CharField(max_length=30)  # "verification"
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="tasks", db_index=False)  # asked for by path
    path = PathField()  # the owner's
    giver_path = PathField()  # whose hand it came from: whoever hears of a refusal first
    subject = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="tasks", db_index=False)
    state = models.SmallIntegerField(choices=TaskState.choices, default=TaskState.HANDED_OVER)
    version = models.IntegerField(default=0)
    handed_over_at = models.DateTimeField()
    due_at = models.DateTimeField()
    rule = models.CharField(max_length=80)  # the rule that gave the deadline, kept when rules change
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.CharField(max_length=60, default="")
    assignee = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="tasks", db_index=False)
    blocked_since = models.DateTimeField(null=True)
    blocked_on = models.CharField(max_length=60, default="")  # reason code: who or what is waited for
    next_attempt_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=60, default="")
    outcome = models.CharField(max_length=30, default="")
    exercise = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="tasks_task_closed_whole",
                condition=(Q(state=TaskState.CLOSED, closed_at__isnull=False) & ~Q(closed_by="") & ~Q(outcome=""))
                | (~Q(state=TaskState.CLOSED) & Q(closed_at__isnull=True, closed_by="", outcome="")),
            ),
            models.CheckConstraint(
                name="tasks_task_accepted_whole",
                condition=~Q(state=TaskState.ACCEPTED) | (Q(accepted_at__isnull=False) & ~Q(accepted_by="")),
            ),
            models.CheckConstraint(name="tasks_task_due_after_hand_over", condition=Q(due_at__gt=F("handed_over_at"))),
            models.CheckConstraint(
                name="tasks_task_blocked_pair",
                condition=Q(blocked_since__isnull=True, blocked_on="")
                | (Q(blocked_since__isnull=False) & ~Q(blocked_on="")),
            ),
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=~Q(state=TaskState.CLOSED) & Q(subject__isnull=False),
                name="tasks_task_one_open_per_person",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "due_at", "id"], condition=~Q(state=3), name="tasks_task_open"),
            models.Index(fields=["due_at"], condition=~Q(state=3), name="tasks_task_due"),
            models.Index(fields=["path", "closed_at", "id"], condition=Q(state=3), name="tasks_task_closed"),
            # What was closed lately, of a unit too large to read all that it ever closed.
            models.Index(fields=["closed_at", "path"], condition=Q(state=3), name="tasks_task_closed_lately"),
            models.Index(fields=["handed_over_at", "path"], name="tasks_task_handed_over"),
            # A task that is handed over has no assignee yet; thousands are, at once.
            models.Index(
                fields=["assignee", "due_at", "id"],
                condition=~Q(state=3) & Q(assignee__isnull=False),
                name="tasks_task_assignee",
            ),
            models.Index(fields=["assignee"], condition=Q(assignee__isnull=False), name="tasks_task_assigned"),
            models.Index(fields=["subject"], name="tasks_task_subject"),
        ]


class Act(models.TextChoices):
    HANDED_OVER = "handed_over"
    ASKED_AGAIN = "asked_again"  # another list asks for the same person
    ACCEPTED = "accepted"
    REFUSED = "refused"
    TRANSFER_ASKED = "transfer_asked"
    TRANSFER_ACCEPTED = "transfer_accepted"
    TRANSFER_REFUSED = "transfer_refused"
    TRANSFER_WITHDRAWN = "transfer_withdrawn"
    TRANSFER_DISPUTED = "transfer_disputed"  # the owner insists; the arbiter decides
    ARBITRATED = "arbitrated"
    ASSIGNED = "assigned"
    UNDONE = "undone"  # what was done to many at once was taken back
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    NOTED = "noted"
    PROGRESSED = "progressed"  # something of the capability happened: a fact established, an attempt made
    REMINDED = "reminded"
    ESCALATED = "escalated"
    DEPARTMENT_ASKED = "department_asked"
    DEPARTMENT_ANSWERED = "department_answered"
    CLOSED = "closed"
    REOPENED = "reopened"


class Event(models.Model):
    """One step in a task's life. Append-only; `seq` counts without a gap, so history is one line."""

    PERSONAL = frozenset({"note_sealed"})
    PLAIN = frozenset({"id", "task", "seq", "act", "at", "by", "from_path", "to_path", "state_after", "detail"})

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="events", db_index=False)
    seq = models.IntegerField()
    act = models.CharField(max_length=30, choices=Act.choices)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    from_path = PathField(default="")
    to_path = PathField(default="")
    state_after = models.SmallIntegerField(choices=TaskState.choices)
    detail = models.JSONField(default=dict)  # codes and ids only
    note_sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "seq"], name="tasks_event_one_line")]
