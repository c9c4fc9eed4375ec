from django.db import models
from django.db.models import F, Q

from shali.foundation.jurisdictions.models import PathField
from shali.foundation.vault.public_id import new_public_id


class StoredFile(models.Model):
    """A file exactly as received, sealed on disk under its hash. The same bytes are stored once."""

    PERSONAL = frozenset({"name_sealed"})  # senders put names into file names
    PLAIN = frozenset({"id", "sha256", "size", "format", "path", "received_at", "received_by"})

    sha256 = models.BinaryField(max_length=32, unique=True)
    size = models.BigIntegerField()
    format = models.CharField(max_length=10)
    path = PathField()
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=60)
    name_sealed = models.BinaryField()


class BatchState(models.IntegerChoices):
    RECEIVED = 1  # stored, not read yet
    MAPPING = 2  # read; waits for a person to confirm which column is what
    DIFFERENCE = 3  # the sender's number is not ours: a named person must accept it first
    SETTLING = 4  # rows are being settled
    SETTLED = 5  # every row has its state; visible to everyone
    UNDONE = 6
    REFUSED = 7  # the file cannot be read safely; `failure` says why


class Batch(models.Model):
    """One import of one file. Nothing of it is visible to other rooms before the flip to SETTLED."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {
            "id",
            "public_id",
            "file",
            "path",
            "purpose",
            "sender",
            "announced",
            "announced_in",
            "state",
            "mapping",
        }
        | {
            "inspection",
            "rows_total",
            "rows_done",
            "received",
            "people",
            "duplicates",
            "already_known",
            "rejected",
        }
        | {
            "doubtful",
            "failure",
            "corrects",
            "outbreak",
            "handed_over_at",
            "received_at",
            "received_by",
            "settled_at",
        }
        | {"difference_accepted_by", "difference_accepted_at", "difference_reason", "undone_by", "undone_at"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="batches")
    path = PathField()  # the unit that received it
    purpose = models.CharField(max_length=30)  # the capability it is for: "verification"
    sender = models.CharField(max_length=120)  # under which a column mapping is remembered
    outbreak = models.CharField(max_length=40)
    announced = models.IntegerField(null=True)
    announced_in = models.CharField(max_length=30, default="")
    state = models.SmallIntegerField(choices=BatchState.choices, default=BatchState.RECEIVED)
    mapping = models.JSONField(default=dict)
    inspection = models.JSONField(default=dict)  # structure only: sheets, headings, counts; no cell of a person
    rows_total = models.IntegerField(default=0)
    rows_done = models.IntegerField(default=0)
    received = models.IntegerField(default=0)
    people = models.IntegerField(default=0)
    duplicates = models.IntegerField(default=0)
    already_known = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    doubtful = models.IntegerField(default=0)
    failure = models.CharField(max_length=60, default="")
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    handed_over_at = models.DateTimeField()
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=60)
    settled_at = models.DateTimeField(null=True)
    difference_accepted_by = models.CharField(max_length=60, default="")
    difference_accepted_at = models.DateTimeField(null=True)
    difference_reason = models.CharField(max_length=60, default="")
    undone_by = models.CharField(max_length=60, default="")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="intake_batch_every_row_accounted",
                condition=~Q(state=BatchState.SETTLED)
                | Q(received=F("people") + F("duplicates") + F("already_known") + F("rejected") + F("doubtful")),
            ),
            models.CheckConstraint(
                name="intake_batch_settled_pair",
                condition=~Q(state=BatchState.SETTLED) | Q(settled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="intake_batch_undone_pair",
                condition=(Q(state=BatchState.UNDONE) & Q(undone_at__isnull=False) & ~Q(undone_by=""))
                | (~Q(state=BatchState.UNDONE) & Q(undone_at__isnull=True, undone_by="")),
            ),
            # The same file for the same purpose is received once; a mended file is another file.
            models.UniqueConstraint(
                fields=["file", "purpose"],
                condition=~Q(state__in=[BatchState.UNDONE, BatchState.REFUSED]),
                name="intake_batch_same_file_once",
            ),
        ]
        indexes = [models.Index(fields=["path", "-received_at"], name="intake_batch_path")]


class RememberedMapping(models.Model):
    """What a person said the columns of a sender are; used again when the same headings come."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "path", "sender", "signature", "mapping", "confirmed_by", "confirmed_at"})

    path = PathField()
    sender = models.CharField(max_length=120)
    signature = models.BinaryField(max_length=32)
    mapping = models.JSONField()
    confirmed_by = models.CharField(max_length=60)
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["path", "sender", "signature"], name="intake_mapping_once")]
