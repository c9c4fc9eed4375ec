"""One act over many tasks: what was chosen, how far it is, what became of each, and whether it was undone."""

from django.db import models
from django.db.models import F, Q

from shali.foundation.accounts.models import Post
from shali.foundation.jurisdictions.models import PathField
from shali.foundation.tasks.models.task import Task
from shali.foundation.vault.public_id import new_public_id


class BulkKind(models.TextChoices):
    ACCEPT = "accept"
    ASSIGN = "assign"
    REMIND = "remind"


class BulkAct(models.Model):
    """The choice is frozen when the act is asked for; a kill leaves it half done, and the job goes on from there."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "public_id", "path", "kind", "post", "asked_by", "asked_at", "total", "done", "skipped", "finished_at"}
        | {"undone_by", "undo_asked_at", "undone", "undone_at"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    path = PathField()  # of the post that asked: no task beyond it is touched
    kind = models.CharField(max_length=20, choices=BulkKind.choices)
    post = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="+")  # to whom tasks are assigned
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    total = models.IntegerField()
    done = models.IntegerField(default=0)
    skipped = models.IntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=60, default="")
    undo_asked_at = models.DateTimeField(null=True)
    undone = models.IntegerField(default=0)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="tasks_bulkact_every_task_accounted",
                condition=Q(finished_at__isnull=True) | Q(total=F("done") + F("skipped")),
            ),
            models.CheckConstraint(
                name="tasks_bulkact_undone_after_it_was_done",
                condition=Q(undo_asked_at__isnull=True, undone_by="", undone_at__isnull=True, undone=0)
                | (Q(undo_asked_at__isnull=False, finished_at__isnull=False) & ~Q(undone_by="")),
            ),
            models.CheckConstraint(
                name="tasks_bulkact_no_reminder_is_unsaid",
                condition=~Q(kind=BulkKind.REMIND) | Q(undo_asked_at__isnull=True),
            ),
        ]


class BulkState(models.IntegerChoices):
    WAITING = 1
    DONE = 2
    SKIPPED = 3
    UNDONE = 4
    KEPT = 5  # somebody went on with it, so undoing left it as it is


class BulkTask(models.Model):
    """One chosen task. `version` is the line of its history that the act wrote, `before` what undoing brings back."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "act", "task", "state", "reason", "version", "before"})

    act = models.ForeignKey(BulkAct, on_delete=models.PROTECT, related_name="tasks", db_index=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+")
    state = models.SmallIntegerField(choices=BulkState.choices, default=BulkState.WAITING)
    reason = models.CharField(max_length=30, default="")  # code: why it was skipped or kept
    version = models.IntegerField(null=True)
    before = models.JSONField(default=dict)  # {"state": 1, "assignee": post or null}: codes and ids only

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["act", "task"], name="tasks_bulktask_once"),
            models.CheckConstraint(
                name="tasks_bulktask_done_says_where",
                condition=~Q(state__in=[BulkState.DONE, BulkState.UNDONE]) | Q(version__isnull=False),
            ),
            models.CheckConstraint(
                name="tasks_bulktask_skipped_says_why",
                condition=~Q(state__in=[BulkState.SKIPPED, BulkState.KEPT]) | ~Q(reason=""),
            ),
        ]
        indexes = [models.Index(fields=["act", "state", "task"], name="tasks_bulktask_state")]
