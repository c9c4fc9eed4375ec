from django.db import models
from django.db.models import F, Q

PATH = r"^[a-z0-9_]+(\.[a-z0-9_]+)*$"


class PathField(models.CharField):
    """A unit's path as text in byte order, so that one btree range is a unit with everything below it."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max_length", 60)
        kwargs.setdefault("db_collation", "C")
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed through to CharField unchanged


class Level(models.IntegerChoices):
    CITY = 1
    COUNTY = 2
    TOWNSHIP = 3
    COMMUNITY = 4
    GRID = 5


class Unit(models.Model):
    """A body that answers for a part of the city: the city, a county, township, community or grid.

    `path` holds the codes from the city down ("4111.02.001.003.g01"); `code` is the official division code,
    or the city's own for a grid. A closed unit stays, for the rows that name it.
    """

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "code", "path", "level", "kind", "name", "name_en", "parent", "place", "population"}
        | {"population_source", "opened_on", "closed_on"}
    )

    code = models.CharField(max_length=20, unique=True)
    path = PathField(unique=True)
    level = models.SmallIntegerField(choices=Level.choices)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children", db_index=False)
    # The city's own order of its units, the same on every page every night.
    place = models.IntegerField()
    population = models.IntegerField(null=True)
    population_source = models.CharField(max_length=200, default="")
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="jurisdictions_unit_path", condition=Q(path__regex=PATH)),
            models.CheckConstraint(
                name="jurisdictions_unit_parent", condition=Q(level=Level.CITY) | Q(parent__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["parent", "place"], name="jurisdictions_unit_order")]


class ChangeKind(models.IntegerChoices):
    RENAME = 1
    MOVE = 2
    OPEN = 3
    CLOSE = 4


class UnitChange(models.Model):
    """A dated change to the tree, proposed by one and approved by another; in force from its day on."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {
            "id",
            "unit",
            "kind",
            "name",
            "name_en",
            "old_name",
            "old_path",
            "parent",
            "successor",
            "effective_on",
        }
        | {"basis", "proposed_by", "proposed_at", "approved_by", "approved_at", "applied_at"}
        | {"proposer", "approver", "opened", "declined_by", "declined_at"}
    )

    # What is opened has no row before its day: its parent's stands here.
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="changes")
    kind = models.SmallIntegerField(choices=ChangeKind.choices)
    name = models.CharField(max_length=60, default="")
    name_en = models.CharField(max_length=80, default="")
    old_name = models.CharField(max_length=60, default="")
    old_path = PathField(default="")
    parent = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    successor = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    opened = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField()
    basis = models.CharField(max_length=200)
    proposed_by = models.CharField(max_length=60)
    proposed_at = models.DateTimeField()
    approved_by = models.CharField(max_length=60, default="")
    approved_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    declined_by = models.CharField(max_length=60, default="")
    declined_at = models.DateTimeField(null=True)
    # Users by number (accounts stand above): one human with two posts is one human.
    proposer = models.BigIntegerField(null=True)
    approver = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="jurisdictions_unitchange_two_persons", condition=~Q(approved_by=F("proposed_by"))
            ),
            models.CheckConstraint(name="jurisdictions_unitchange_two_people", condition=~Q(approver=F("proposer"))),
            models.CheckConstraint(
                name="jurisdictions_unitchange_declined_or_approved",
                condition=Q(declined_at__isnull=True) | Q(approved_at__isnull=True),
            ),
            models.CheckConstraint(
                name="jurisdictions_unitchange_applied_after_approval",
                condition=Q(applied_at__isnull=True) | Q(approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="jurisdictions_unitchange_approval_pair",
                condition=Q(approved_at__isnull=True, approved_by="")
                | (Q(approved_at__isnull=False) & ~Q(approved_by="")),
            ),
        ]


class Department(models.Model):
    """A department of the city or of a county: the second dimension, beside the tree."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "code", "unit", "path", "name", "name_en", "place"})

    code = models.CharField(max_length=30)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="departments", db_index=False)
    path = PathField()
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    place = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "code"], name="jurisdictions_department_code")]
