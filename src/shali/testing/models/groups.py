from django.db import models
from django.db.models import F, Q

from shali.foundation.intake.models import Batch
from shali.foundation.jurisdictions.models import PathField, Unit
from shali.foundation.people.models import Person
from shali.foundation.vault.public_id import new_public_id
from shali.testing.models.rounds import Round, Site

GROUP_KINDS = ("enterprise", "school", "institution", "site")


class Group(models.Model):
    """An enterprise, a school, a building site: people who come together, at their own hour, round after round."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "public_id", "path", "unit", "kind", "name", "made_at", "made_by", "closed_at", "closed_by"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    path = PathField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=60)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=60, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["path", "name"], condition=Q(closed_at__isnull=True), name="testing_group_once"
            ),
            models.CheckConstraint(name="testing_group_kind", condition=Q(kind__in=GROUP_KINDS)),
            models.CheckConstraint(
                name="testing_group_closed_whole",
                condition=Q(closed_at__isnull=True, closed_by="") | (Q(closed_at__isnull=False) & ~Q(closed_by="")),
            ),
        ]


class GroupFile(models.Model):
    """A file of a group's people. Whoever a later file does not name stays, until he is taken off by name."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "group", "path", "batch"})

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="files")
    path = PathField()
    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, related_name="testing_group")


class GroupMember(models.Model):
    """Somebody of a group; left_at: he is of it no more."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "group", "path", "person", "joined_at", "left_at", "left_by"})

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="members", db_index=False)
    path = PathField()  # of the group: whoever keeps it sees all of it
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="testing_groups")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    left_by = models.CharField(max_length=60, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "person"], name="testing_groupmember_once")]


class GroupTime(models.Model):
    """When and where a group comes in one round."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "round", "group", "path", "starts_at", "ends_at", "site", "set_at", "set_by"})

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="group_times", db_index=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="times")
    path = PathField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="group_times")
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "group"], name="testing_grouptime_once"),
            models.CheckConstraint(name="testing_grouptime_hours", condition=Q(ends_at__gt=F("starts_at"))),
        ]
