"""Files as they came, and what became of every row.

The accounting identity of a settled batch, held by a constraint:
received = people + duplicates + already_known + rejected + doubtful
`people`: rows that are a person, known or new, whom no other list named before. `already_known`: rows whose person an
earlier settled batch of the same purpose named. `doubtful`: rows that wait for review; each is enrolled as a person of
its own meanwhile and handed over like any other, so that nobody waits for the review; "same person" then merges the
two records (proposed by the rule, decided by whoever reviewed), and undoing the review undoes that merge.

What other rooms call (`services/`), all keyword-only:
`receive.receive_file(scope, path, file_name, purpose, sender, announced, handed_over_at, by, at) -> Received(batch,
public_id, is_new)` stores the sealed file and defers reading; the same bytes for the same purpose give the batch known.
`settle.settle_batch(batch, at)` announces RowSettled for every row that means a person (KNOWN, NEW, ALREADY_KNOWN,
DOUBTFUL; a repeated row of the file announces nothing), in chunks, and BatchSettled once, after the flip.
`original.original_file(scope, batch) -> OriginalFile(name, content)` opens the file as it came, for the reply.
Pages that other rooms link to: `intake:batch` (public id of a batch; ?state=people|duplicate|already_known|rejected|
doubtful lists its rows) and `intake:reviews`.
"""

from django.db import models
from django.db.models import F, Q

from shali.foundation.jurisdictions.models import PathField
from shali.foundation.people.models import Person
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


class RowState(models.IntegerChoices):
    RECEIVED = 1
    KNOWN = 2  # a person of the register
    NEW = 3  # enrolled from this row
    DUPLICATE = 4  # the same person as an earlier row of this batch: `same_as`
    ALREADY_KNOWN = 5  # the person is on another open list already
    REJECTED = 6
    DOUBTFUL = 7  # waits in the review queue


class Row(models.Model):
    """One data row as it came, and what became of it.

    `cells_sealed` holds JSON {"cells": [text as received, by the table's columns], "values": {field: text}}.
    """

    PERSONAL = frozenset({"cells_sealed", "row_blind"})
    PLAIN = frozenset(
        {
            "id",
            "batch",
            "path",
            "sheet",
            "table",
            "row_no",
            "state",
            "reasons",
            "person",
            "same_as",
            "decided_by",
        }
        | {"decided_at", "division"}
    )

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="rows", db_index=False)
    path = PathField()
    sheet = models.SmallIntegerField()
    table = models.SmallIntegerField(default=0)
    row_no = models.IntegerField()  # from 1, as a spreadsheet shows it
    state = models.SmallIntegerField(choices=RowState.choices, default=RowState.RECEIVED)
    # [{"code": "id_number_lost_digits", "column": "D"}]: codes with their places, never a value
    reasons = models.JSONField(default=list)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="rows")
    same_as = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="repeats", db_index=False)
    division = models.CharField(max_length=12, default="")  # deepest division that the row's address names
    decided_by = models.CharField(max_length=60, default="")  # "rule" or the post that reviewed
    decided_at = models.DateTimeField(null=True)
    row_blind = models.BinaryField(max_length=16)  # equal rows, equal indexes
    cells_sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "sheet", "table", "row_no"], name="intake_row_place"),
            models.CheckConstraint(
                name="intake_row_person_of_taken",
                condition=Q(person__isnull=False)
                | Q(state__in=[RowState.RECEIVED, RowState.REJECTED, RowState.DOUBTFUL, RowState.DUPLICATE]),
            ),
            models.CheckConstraint(
                name="intake_row_rejected_says_why", condition=~Q(state=RowState.REJECTED) | ~Q(reasons=[])
            ),
            models.CheckConstraint(
                name="intake_row_duplicate_of",
                condition=~Q(state=RowState.DUPLICATE) | Q(same_as__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["batch", "state", "id"], name="intake_row_state"),
            models.Index(fields=["same_as"], condition=Q(same_as__isnull=False), name="intake_row_repeats"),
        ]


class Candidate(models.Model):
    """Somebody whom a doubtful row may mean."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "row", "person", "rank", "score", "reasons"})

    row = models.ForeignKey(Row, on_delete=models.CASCADE, related_name="candidates", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    rank = models.SmallIntegerField()
    score = models.FloatField()
    reasons = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["row", "person"], name="intake_candidate_once")]


class ReviewState(models.IntegerChoices):
    OPEN = 1
    SAME = 2
    DIFFERENT = 3
    ASKED = 4  # cannot be told: the sender or the unit was asked; stays in the queue


class Review(models.Model):
    """The question whether a row is a person we know. Waits for a human, blocks nothing, can be undone."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"row", "public_id", "path", "state", "person", "due_at", "opened_at", "decided_by", "decided_at"} | {"version"}
    )

    row = models.OneToOneField(Row, primary_key=True, on_delete=models.CASCADE, related_name="review")
    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    path = PathField()
    state = models.SmallIntegerField(choices=ReviewState.choices, default=ReviewState.OPEN)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_by = models.CharField(max_length=60, default="")
    decided_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="intake_review_decided",
                condition=Q(state=ReviewState.OPEN) | (Q(decided_at__isnull=False) & ~Q(decided_by="")),
            ),
            models.CheckConstraint(
                name="intake_review_same_names_person",
                condition=~Q(state=ReviewState.SAME) | Q(person__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["path", "due_at"], condition=Q(state__in=[1, 4]), name="intake_review_due")]


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
