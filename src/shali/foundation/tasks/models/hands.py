"""What passes between units while one of them owns a task: transfers, requests to departments, reminders."""

from django.db import models
from django.db.models import Q

from shali.foundation.jurisdictions.models import Department, PathField, Unit
from shali.foundation.tasks.models.task import Task
from shali.foundation.vault.public_id import new_public_id


class TransferKind(models.IntegerChoices):
    TRANSFER = 1  # the owner asks another unit to take it
    REFUSAL = 2  # the owner says it is not his; the common parent of owner and giver decides


class TransferState(models.IntegerChoices):
    PENDING = 1
    ACCEPTED = 2
    REFUSED = 3  # the receiver said no; goes to the arbiter when the owner insists
    DISPUTED = 4  # waits for the arbiter
    ARBITRATED = 5
    WITHDRAWN = 6


class Transfer(models.Model):
    """A request to put a task into other hands. The owner stays the owner, and the clock runs, until it is taken."""

    PERSONAL = frozenset({"note_sealed"})
    PLAIN = frozenset(
        {
            "id",
            "public_id",
            "task",
            "kind",
            "from_unit",
            "from_path",
            "to_unit",
            "to_path",
            "arbiter_path",
            "reason",
        }
        | {"state", "asked_by", "asked_at", "answer_due_at", "decided_by", "decided_at", "decision"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="transfers")
    kind = models.SmallIntegerField(choices=TransferKind.choices)
    from_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    from_path = PathField()
    to_unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    to_path = PathField(default="")
    arbiter_path = PathField()  # common parent of the two
    reason = models.CharField(max_length=40)
    state = models.SmallIntegerField(choices=TransferState.choices, default=TransferState.PENDING)
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    answer_due_at = models.DateTimeField()
    decided_by = models.CharField(max_length=60, default="")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=40, default="")
    note_sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task"],
                condition=Q(state__in=[TransferState.PENDING, TransferState.DISPUTED]),
                name="tasks_transfer_one_pending",
            ),
            models.CheckConstraint(
                name="tasks_transfer_decided",
                condition=Q(state__in=[TransferState.PENDING, TransferState.DISPUTED])
                | (Q(decided_at__isnull=False) & ~Q(decided_by="")),
            ),
            models.CheckConstraint(
                name="tasks_transfer_names_receiver",
                condition=Q(kind=TransferKind.REFUSAL) | Q(to_unit__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["to_path", "answer_due_at"], condition=Q(state=1), name="tasks_transfer_to"),
            models.Index(fields=["arbiter_path", "answer_due_at"], condition=Q(state=4), name="tasks_transfer_arbiter"),
        ]


class JointRequest(models.Model):
    """A department asked to do its part of a task. The unit stays the owner and the clock runs on."""

    PERSONAL = frozenset({"note_sealed", "answer_sealed"})
    PLAIN = frozenset(
        {"id", "public_id", "task", "department", "path", "ask", "asked_by", "asked_at", "due_at", "answer"}
        | {"answered_by", "answered_at"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="joint_requests")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    path = PathField()  # the department's unit
    ask = models.CharField(max_length=40)
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answer = models.CharField(max_length=40, default="")
    answered_by = models.CharField(max_length=60, default="")
    answered_at = models.DateTimeField(null=True)
    note_sealed = models.BinaryField(null=True)
    answer_sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task", "department"],
                condition=Q(answered_at__isnull=True),
                name="tasks_jointrequest_one_open",
            ),
            models.CheckConstraint(
                name="tasks_jointrequest_answer_whole",
                condition=Q(answered_at__isnull=True, answered_by="", answer="")
                | (Q(answered_at__isnull=False) & ~Q(answered_by="") & ~Q(answer="")),
            ),
        ]


class Reminder(models.Model):
    """A step of the rule pack's ladder that was taken for a task: each step once, however often the job runs."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "task", "step", "kind", "to_path", "at", "by"})

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="reminders", db_index=False)
    step = models.CharField(max_length=60)  # ladder step's id, or "by hand:<n>"
    kind = models.CharField(max_length=20)  # "remind" | "escalate"
    to_path = PathField()
    at = models.DateTimeField()
    by = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "step"], name="tasks_reminder_step_once")]
        indexes = [models.Index(fields=["to_path", "-at"], name="tasks_reminder_to")]
