from django.db import models
from django.db.models import F, Q

from shali.foundation.jurisdictions.models import PathField, Unit
from shali.foundation.people.models import Person
from shali.foundation.policy.models import Outbreak
from shali.foundation.vault.public_id import new_public_id
from shali.testing.rules import ANY_SIZE, EXEMPTIONS, MISSING, RoundState, Standing
from shali.testing.rules.exempting import RULED

ROUND_STATES = [(int(one), one.name.lower()) for one in RoundState]
STANDINGS = [(int(one), one.name.lower()) for one in Standing]


class Round(models.Model):
    """One round of testing everybody in an area. Its roster is drawn from the register and frozen when it opens."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "public_id", "outbreak", "number", "path", "unit", "starts_at", "ends_at", "pool_size", "state"}
        | {"people", "opened_at", "opened_by", "planned_at", "planned_by", "closed_at", "closed_by", "mark_key_sealed"}
        | {"rule", "exercise", "exempt_rules", "drawn_up_to"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    outbreak = models.ForeignKey(Outbreak, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.IntegerField()  # counts within the outbreak: "the second round"
    path = PathField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    pool_size = models.SmallIntegerField(default=10)
    state = models.SmallIntegerField(choices=ROUND_STATES, default=RoundState.PLANNED)
    people = models.IntegerField(default=0)  # on the frozen roster
    drawn_up_to = models.BigIntegerField(default=0, db_default=0)  # the number of the last person looked at for it
    planned_at = models.DateTimeField()
    planned_by = models.CharField(max_length=60)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.CharField(max_length=60, default="")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=60, default="")
    mark_key_sealed = models.BinaryField()  # with it stations know the roster's numbers again, without a name
    rule = models.CharField(max_length=80)
    exercise = models.BooleanField(default=False)
    exempt_rules = models.JSONField(
        default=dict
    )  # code -> number, as `rules.exempting` has them; drawn with the roster

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["outbreak", "number"], name="testing_round_number"),
            models.CheckConstraint(name="testing_round_ends", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="testing_round_pool", condition=Q(pool_size__in=ANY_SIZE)),
            models.CheckConstraint(
                name="testing_round_opened_whole",
                condition=Q(state=RoundState.PLANNED, opened_at__isnull=True, opened_by="")
                | (~Q(state=RoundState.PLANNED) & Q(opened_at__isnull=False) & ~Q(opened_by="")),
            ),
            models.CheckConstraint(
                name="testing_round_closed_whole",
                condition=(Q(state=RoundState.CLOSED, closed_at__isnull=False) & ~Q(closed_by=""))
                | (~Q(state=RoundState.CLOSED) & Q(closed_at__isnull=True, closed_by="")),
            ),
        ]
        indexes = [models.Index(fields=["path", "-starts_at"], name="testing_round_path")]


class RoundArea(models.Model):
    """A unit that a round is of. The round stands at the lowest unit above all; its roster is drawn from these.

    What triggers keep: none lies in another or outside the round's path; frozen once the roster is begun,
    but for a unit that moves in the tree.
    """

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "round", "path"})

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="areas", db_index=False)
    path = PathField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "path"], name="testing_roundarea_once")]


class Zone(models.Model):
    """An area of a round with its own size of tubes and, if it has them, its own hours. The innermost one counts."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "round", "path", "unit", "pool_size", "starts_at", "ends_at", "set_at", "set_by"})

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="zones", db_index=False)
    path = PathField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    pool_size = models.SmallIntegerField()
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "path"], name="testing_zone_once"),
            models.CheckConstraint(name="testing_zone_pool", condition=Q(pool_size__in=ANY_SIZE)),
            models.CheckConstraint(
                name="testing_zone_hours",
                condition=Q(starts_at__isnull=True, ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
            ),
        ]


class Expected(models.Model):
    """Somebody of a round's roster, or a guest who came; where he stands, and why he need not or could not come.

    `marks` are keyed hashes of his document numbers and his code, which stations compare; `path` is where he lives.
    Where he stands is in no index, and a page of the table is filled by half: a sample is then one new version of the
    line beside the old one, and no index learns of it. Who stands where is found by the sums (`queries.tallies`).
    """

    PERSONAL = frozenset({"marks"})
    PLAIN = frozenset(
        {"id", "round", "person", "path", "guest", "standing", "sampled_at", "exempt", "exempt_by", "exempt_at"}
        | {"missing", "missing_by", "missing_at", "cover", "same_as"}
    )

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="roster", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="rounds", db_index=False)
    path = PathField()
    guest = models.BooleanField(default=False)
    standing = models.SmallIntegerField(choices=STANDINGS, default=Standing.NOT_SAMPLED)
    sampled_at = models.DateTimeField(null=True)  # the first sample of the round that is bound to a tube
    marks = models.BinaryField(default=b"")
    exempt = models.CharField(max_length=20, default="")
    exempt_by = models.CharField(max_length=60, default="")
    exempt_at = models.DateTimeField(null=True)
    missing = models.CharField(max_length=20, default="")
    missing_by = models.CharField(max_length=60, default="")
    missing_at = models.DateTimeField(null=True)
    # The named place of his unit whose people go to a point of their own; null: he goes with his unit.
    cover = models.ForeignKey("Cover", null=True, on_delete=models.PROTECT, related_name="people_of", db_index=False)

    # The line of the record that stands for the same person since a merge: he is sampled, exempt or missing there.
    same_as = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "round"], name="testing_expected_once"),
            models.CheckConstraint(
                name="testing_expected_same_is_not_sampled",
                condition=Q(same_as__isnull=True) | (Q(standing=Standing.NOT_SAMPLED) & ~Q(same_as=F("id"))),
            ),
            models.CheckConstraint(
                name="testing_expected_sampled_whole",
                condition=Q(standing=Standing.NOT_SAMPLED, sampled_at__isnull=True)
                | (~Q(standing=Standing.NOT_SAMPLED) & Q(sampled_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="testing_expected_exempt_whole",
                condition=Q(exempt="", exempt_by="", exempt_at__isnull=True)
                | (Q(exempt__in=[*EXEMPTIONS, *RULED], exempt_at__isnull=False) & ~Q(exempt_by="")),
            ),
            models.CheckConstraint(
                name="testing_expected_missing_whole",
                condition=Q(missing="", missing_by="", missing_at__isnull=True)
                | (Q(missing__in=MISSING, missing_at__isnull=False) & ~Q(missing_by="")),
            ),
        ]
        indexes = [
            models.Index(fields=["round", "path", "id"], name="testing_expected_place"),
            models.Index(fields=["cover"], condition=Q(cover__isnull=False), name="testing_expected_cover"),
        ]


class Site(models.Model):
    """A sampling point of a round: where, from when to when, how many tables, and what protection is there."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "public_id", "round", "path", "unit", "name", "latitude", "longitude", "tables", "opens_at"}
        | {"closes_at", "pool_size", "protection", "checked_at", "checked_by", "closed_at", "closed_by"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="sites", db_index=False)
    path = PathField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    tables = models.SmallIntegerField(default=2)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    pool_size = models.SmallIntegerField()
    protection = models.JSONField(default=list)  # what of the list of protection is there
    checked_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=60, default="")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=60, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "name", "path"], name="testing_site_once"),
            models.CheckConstraint(name="testing_site_hours", condition=Q(closes_at__gt=F("opens_at"))),
            models.CheckConstraint(name="testing_site_tables", condition=Q(tables__gte=1, tables__lte=60)),
            models.CheckConstraint(name="testing_site_pool", condition=Q(pool_size__in=ANY_SIZE)),
            models.CheckConstraint(
                name="testing_site_where",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
            ),
        ]
        indexes = [models.Index(fields=["round", "path"], name="testing_site_path")]


class Cover(models.Model):
    """Whom a sampling point covers: a unit with all below it, or a place of a unit by name; in a round at one point.

    The finest one counts: a person's named place before his unit, his unit before the units above it.
    place: as the table of a plan calls it, '' for the unit; people: of the place, as that table says.
    """

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "round", "site", "path", "place", "people"})

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="covers", db_index=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="covers")
    path = PathField()
    place = models.CharField(max_length=60, default="")
    people = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "path", "place"], name="testing_cover_once"),
            models.CheckConstraint(
                name="testing_cover_people",
                condition=Q(place="", people__isnull=True) | (~Q(place="") & Q(people__gte=0)),
            ),
        ]
