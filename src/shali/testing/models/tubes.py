from django.db import models
from django.db.models import Q

from shali.foundation.jurisdictions.models import PathField
from shali.foundation.people.models import Person
from shali.foundation.vault.public_id import new_public_id
from shali.testing.models.laboratory import Box
from shali.testing.models.rounds import Round, Site
from shali.testing.models.stations import SealedBatch, Station
from shali.testing.rules import ANY_SIZE, VOID_WHYS, Outcome, TubeState

TUBE_STATES = [(int(one), one.name.lower()) for one in TubeState]
OUTCOMES = [(int(one), one.name.lower()) for one in Outcome]
CONFLICTS = ("", "two_stations", "overfull", "after_sealing", "reused", "count_differs", "zone_size")
HOW = ("reader", "code", "passport", "camera", "hand", "none")
# What could not be done with an event or a result; each is listed until somebody settles it.
OF_AN_EVENT = ("unreadable", "unknown_event", "no_such_sample", "box_count")
PARKED = (*OF_AN_EVENT, "station_revoked", "station_forked", "station_copy")


class Tube(models.Model):
    """A tube with its label. `members` counts the samples bound to it; a tube in conflict releases nobody."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "public_id", "round", "path", "site", "station", "code", "size", "members", "state", "conflict"}
        | {"first_at", "sealed_at", "voided_at", "box", "received_at", "outcome", "resulted_at", "version"}
        | {"lost_at", "lost_by", "void_why"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="tubes", db_index=False)
    path = PathField()
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="tubes", db_index=False)
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="tubes")
    code = models.CharField(max_length=40)
    size = models.SmallIntegerField()
    members = models.SmallIntegerField(default=0)
    state = models.SmallIntegerField(choices=TUBE_STATES, default=TubeState.OPEN)
    conflict = models.CharField(max_length=20, default="")
    first_at = models.DateTimeField(null=True)
    sealed_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    void_why = models.CharField(max_length=20, default="", db_default="")  # '' where nobody said
    box = models.ForeignKey(Box, null=True, on_delete=models.PROTECT, related_name="tubes", db_index=False)
    received_at = models.DateTimeField(null=True)  # at the laboratory
    lost_at = models.DateTimeField(null=True)  # somebody says by name that it is missing
    lost_by = models.CharField(max_length=60, default="")
    outcome = models.SmallIntegerField(choices=OUTCOMES, null=True)
    resulted_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "round"], name="testing_tube_code"),
            models.CheckConstraint(name="testing_tube_size", condition=Q(size__in=ANY_SIZE)),
            models.CheckConstraint(name="testing_tube_conflict", condition=Q(conflict__in=CONFLICTS)),
            models.CheckConstraint(
                name="testing_tube_outcome_whole",
                condition=Q(outcome__isnull=True, resulted_at__isnull=True)
                | Q(outcome__isnull=False, resulted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="testing_tube_lost_whole",
                condition=Q(lost_at__isnull=True, lost_by="") | (Q(lost_at__isnull=False) & ~Q(lost_by="")),
            ),
            models.CheckConstraint(
                name="testing_tube_void_why",
                condition=Q(void_why="") | Q(void_why__in=VOID_WHYS, state=TubeState.VOID),
            ),
            # More people than a tube holds is a conflict, never a fuller tube.
            models.CheckConstraint(
                name="testing_tube_hard_capacity", condition=Q(members__lte=models.F("size")) | ~Q(conflict="")
            ),
        ]
        indexes = [
            models.Index(fields=["round", "path", "state"], name="testing_tube_path"),
            models.Index(fields=["site"], name="testing_tube_site"),
            models.Index(fields=["box"], name="testing_tube_box"),
        ]


class Sample(models.Model):
    """One person's swab, bound to a tube. `event` was made on the device: the same event is one sample for ever."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "event", "round", "path", "tube", "person", "station", "seq", "taken_at", "how", "unbound_at"}
        | {"unbound_by", "batch", "pair"}
    )

    event = models.UUIDField(unique=True)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="samples", db_index=False)
    path = PathField()  # of the sampling point
    tube = models.ForeignKey(Tube, on_delete=models.PROTECT, related_name="samples", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="samples", db_index=False)
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="samples", db_index=False)
    batch = models.ForeignKey(SealedBatch, on_delete=models.PROTECT, related_name="samples", db_index=False)
    seq = models.BigIntegerField()
    taken_at = models.DateTimeField()  # the device's clock, put right by its last exchange
    how = models.CharField(max_length=10)
    pair = models.SmallIntegerField(default=1)  # 1, or 2 for the second of a double sampling
    unbound_at = models.DateTimeField(null=True)
    unbound_by = models.UUIDField(null=True)  # the event that took it out, or moved it

    class Meta:
        constraints = [
            models.CheckConstraint(name="testing_sample_how", condition=Q(how__in=HOW)),
            models.CheckConstraint(
                name="testing_sample_unbound_whole",
                condition=Q(unbound_at__isnull=True, unbound_by__isnull=True)
                | Q(unbound_at__isnull=False, unbound_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["person", "round"], name="testing_sample_person"),
            models.Index(fields=["tube"], name="testing_sample_tube"),
        ]


class Parked(models.Model):
    """What could not be done with an event or a result: kept, listed, settled by name; nothing is dropped."""

    PERSONAL = frozenset({"sealed"})
    PLAIN = frozenset(
        {"id", "public_id", "round", "path", "kind", "station", "batch", "seq", "tube", "detail", "opened_at"}
        | {"settled_at", "settled_by", "settled_as"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    round = models.ForeignKey(Round, null=True, on_delete=models.PROTECT, related_name="parked")
    path = PathField()
    kind = models.CharField(max_length=20)
    station = models.ForeignKey(Station, null=True, on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(SealedBatch, null=True, on_delete=models.PROTECT, related_name="+")
    seq = models.BigIntegerField(null=True)
    tube = models.ForeignKey(Tube, null=True, on_delete=models.PROTECT, related_name="parked")
    detail = models.JSONField(default=dict)  # codes, counts and times only
    sealed = models.BinaryField(null=True)
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=60, default="")
    settled_as = models.CharField(max_length=20, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(name="testing_parked_kind", condition=Q(kind__in=PARKED)),
            models.CheckConstraint(
                name="testing_parked_settled_whole",
                condition=Q(settled_at__isnull=True, settled_by="", settled_as="")
                | (Q(settled_at__isnull=False) & ~Q(settled_by="") & ~Q(settled_as="")),
            ),
            models.UniqueConstraint(
                fields=["batch", "seq", "kind"], condition=Q(batch__isnull=False), name="testing_parked_once"
            ),
        ]
        indexes = [
            models.Index(fields=["path", "opened_at"], condition=Q(settled_at__isnull=True), name="testing_parked_open")
        ]
