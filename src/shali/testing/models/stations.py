from django.db import models
from django.db.models import F, Q

from shali.foundation.jurisdictions.models import PathField
from shali.foundation.vault.public_id import new_public_id
from shali.testing.models.rounds import Round, Site

# Why a round may close over what a device still holds, or over people who stand on paper only.
TAKEN_ON = ("device_lost", "device_broken", "swabbed_again", "kept_apart", "counted_wrong")
# copy: out of a device's second copy, after numbers that are missing in it.
QUARANTINES = ("", "revoked", "forked", "copy")


class Station(models.Model):
    """A device at a table of a sampling point. It is let in once by a code, and known from then on by its own key.

    `last_seq`: up to here its events lie here without a gap; `chain`: the hash over them. An acknowledgement says both.
    """

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "public_id", "round", "site", "path", "table", "code_blind", "code_expires_at", "made_at", "made_by"}
        | {"verify_key", "enrolled_at", "app", "revoked_at", "revoked_by", "forked_at", "last_seq", "chain"}
        | {"last_seen_at", "clock_off_ms", "captured", "on_paper", "replaces", "taken_on_events"}
        | {"taken_on_paper", "taken_on_at", "taken_on_by", "taken_on_why"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="stations")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="stations", db_index=False)
    path = PathField()
    table = models.SmallIntegerField()
    code_blind = models.BinaryField(max_length=16, unique=True)
    code_expires_at = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=60)
    verify_key = models.BinaryField(max_length=65, null=True)  # its public key on P-256, uncompressed
    enrolled_at = models.DateTimeField(null=True)
    app = models.CharField(max_length=20, default="")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=60, default="")
    forked_at = models.DateTimeField(null=True)
    last_seq = models.BigIntegerField(default=0)
    chain = models.BinaryField(max_length=32, default=bytes(32))
    last_seen_at = models.DateTimeField(null=True)
    clock_off_ms = models.BigIntegerField(default=0)  # server minus device, at the last exchange
    captured = models.IntegerField(default=0)  # what the device says that it holds in all
    on_paper = models.IntegerField(default=0)  # people written on paper there, not entered yet
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    # Over so much of what it holds its round may close: somebody answers for it by name.
    taken_on_events = models.IntegerField(default=0)
    taken_on_paper = models.IntegerField(default=0)
    taken_on_at = models.DateTimeField(null=True)
    taken_on_by = models.CharField(max_length=60, default="")
    taken_on_why = models.CharField(max_length=20, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="testing_station_enrolled_whole",
                condition=Q(verify_key__isnull=True, enrolled_at__isnull=True)
                | Q(verify_key__isnull=False, enrolled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="testing_station_taken_on_whole",
                condition=Q(taken_on_at__isnull=True, taken_on_by="", taken_on_why="")
                & Q(taken_on_events=0, taken_on_paper=0)
                | (Q(taken_on_at__isnull=False, taken_on_why__in=TAKEN_ON) & ~Q(taken_on_by="")),
            ),
            models.CheckConstraint(
                name="testing_station_revoked_whole",
                condition=Q(revoked_at__isnull=True, revoked_by="") | (Q(revoked_at__isnull=False) & ~Q(revoked_by="")),
            ),
        ]
        indexes = [models.Index(fields=["site", "table"], name="testing_station_site")]


class SealedBatch(models.Model):
    """Events of one station as they came, sealed, in one row: `first_seq` to `first_seq + n - 1`. Never changed.

    Once processed, n = accepted + duplicate + parked.
    """

    PERSONAL = frozenset({"body"})
    PLAIN = frozenset(
        {"id", "station", "path", "first_seq", "n", "digest", "received_at", "sent_at", "quarantine", "accepted"}
        | {"duplicate", "parked", "processed_at"}
    )

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="batches")
    path = PathField()
    first_seq = models.BigIntegerField()
    n = models.IntegerField()
    digest = models.BinaryField(max_length=32)
    body = models.BinaryField()
    received_at = models.DateTimeField()
    sent_at = models.DateTimeField()  # by the device's clock
    quarantine = models.CharField(max_length=10, default="")
    accepted = models.IntegerField(null=True)
    duplicate = models.IntegerField(null=True)
    parked = models.IntegerField(null=True)
    processed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["station", "first_seq"], condition=Q(quarantine=""), name="testing_sealedbatch_once"
            ),
            models.CheckConstraint(name="testing_sealedbatch_n", condition=Q(n__gte=1, n__lte=500)),
            models.CheckConstraint(
                name="testing_sealedbatch_accounted",
                condition=Q(processed_at__isnull=True, accepted__isnull=True)
                | Q(processed_at__isnull=False, n=F("accepted") + F("duplicate") + F("parked")),
            ),
            models.CheckConstraint(name="testing_sealedbatch_quarantine", condition=Q(quarantine__in=QUARANTINES)),
        ]


class Waiting(models.Model):
    """A batch that nobody has opened yet: the queue of the inbox, emptied with SKIP LOCKED."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"batch", "station"})

    batch = models.OneToOneField(SealedBatch, primary_key=True, on_delete=models.PROTECT, related_name="waiting")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["station", "batch"], name="testing_waiting_station")]


class Epoch(models.Model):
    """An age of this database. A restored backup begins a new one: stations then send again what it has not.

    `safe_before`: what came before this hour lies in a backup; stations may forget it.
    """

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"number", "began_at", "began_by", "why", "safe_before"})

    number = models.AutoField(primary_key=True)
    began_at = models.DateTimeField()
    began_by = models.CharField(max_length=60)
    why = models.CharField(max_length=60)
    safe_before = models.DateTimeField(null=True)
