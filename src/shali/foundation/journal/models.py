from django.db import models

from shali.foundation.jurisdictions.models import PathField


class Fact(models.Model):
    """Something that happened, in ids and plain values, with the fact that caused it. Append-only."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "kind", "at", "by", "cause", "payload"})

    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    cause = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="effects")
    payload = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["kind", "id"], name="journal_fact_kind")]


class AccessRecord(models.Model):
    """One look at personal data, or one act on it, chained to the record before. Append-only.

    Written in the transaction of the look itself: no record, no plaintext. `hash` is SHA-256 over `prev_hash` and
    the record's canonical JSON; a changed, removed, inserted or reordered record breaks the chain.
    """

    PERSONAL = frozenset({"reason_sealed"})
    PLAIN = frozenset(
        {"id", "at", "by", "path", "act", "purpose", "subject_kind", "subject", "people", "fields", "task", "request"}
        | {"prev_hash", "hash"}
    )

    id = models.BigIntegerField(primary_key=True)  # given by the chain itself: a gap is a removed record
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    path = PathField()
    act = models.CharField(max_length=30)
    purpose = models.CharField(max_length=40)
    reason_sealed = models.BinaryField(null=True)
    subject_kind = models.CharField(max_length=30)
    subject = models.BigIntegerField(null=True)
    people = models.JSONField(default=list)  # ids, where one look showed several people
    fields = models.JSONField(default=list)
    task = models.BigIntegerField(null=True)
    request = models.CharField(max_length=36, default="")
    prev_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject", "id"], name="journal_access_subject"),
            models.Index(fields=["by", "at"], name="journal_access_by"),
        ]


class DayRoot(models.Model):
    """The last hash of a day. Printed in the evening's brief, so that every reader is a witness. Append-only."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"day", "last_record", "records", "root", "made_at"})

    day = models.DateField(primary_key=True)
    last_record = models.BigIntegerField()
    records = models.IntegerField()
    root = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()


class ChainHead(models.Model):
    """The chain's last record; one row. Locked by whoever adds the next, so that the chain is one line."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"one", "record", "hash"})

    one = models.BooleanField(primary_key=True, default=True)
    record = models.BigIntegerField(default=0)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(name="journal_chainhead_single", condition=models.Q(one=True))]
