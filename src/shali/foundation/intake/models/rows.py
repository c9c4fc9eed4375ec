from django.db import models
from django.db.models import Q

from shali.foundation.intake.models.batches import Batch
from shali.foundation.jurisdictions.models import PathField
from shali.foundation.people.models import Person


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
