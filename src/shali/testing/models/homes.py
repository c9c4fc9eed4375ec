from django.db import models
from django.db.models import Q

from shali.foundation.jurisdictions.models import PathField
from shali.foundation.tasks.models import Task
from shali.foundation.vault.public_id import new_public_id
from shali.testing.models.rounds import Round, Site
from shali.testing.rules.doors import KNOWN, MOST_TEAMS


class Position(models.Model):
    """Where an estate, a building or a group of a village stands, as the last table of where people live said."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "path", "name", "longitude", "latitude", "set_at", "set_by"})

    path = PathField()  # the community
    name = models.CharField(max_length=60)
    longitude = models.FloatField()
    latitude = models.FloatField()
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["path", "name"], name="testing_position_once"),
            models.CheckConstraint(
                name="testing_position_where",
                condition=Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
            ),
        ]


class Tour(models.Model):
    """Visits at the doors of an area shared among teams, each with its walk from a start and back.

    walks: for each team [visits, metres with the way back, minutes with the work]; known in the whole of its area.
    """

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "public_id", "round", "path", "site", "teams", "overdue_first", "walks", "made_at", "made_by"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="tours")
    path = PathField()
    site = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+")  # where the walks begin
    teams = models.SmallIntegerField()
    overdue_first = models.BooleanField(default=False)
    walks = models.JSONField(default=list)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.CheckConstraint(name="testing_tour_teams", condition=Q(teams__gte=1, teams__lte=MOST_TEAMS)),
        ]


class HomeVisit(models.Model):
    """A task at a door on a team's walk. Replaced by a later tour it stays on record; a door has one team.

    known: from what the place was known: its building, its estate, its community, or nothing. metres: from the last.
    """

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "tour", "path", "task", "team", "place", "metres", "known", "replaced_at"})

    tour = models.ForeignKey(Tour, on_delete=models.PROTECT, related_name="visits", db_index=False)
    path = PathField()  # of the task: whoever answers for the door sees it
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="home_visits")
    team = models.SmallIntegerField()
    place = models.IntegerField()
    metres = models.FloatField()
    known = models.CharField(max_length=10)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tour", "team", "place"], name="testing_homevisit_place"),
            models.UniqueConstraint(
                fields=["task"], condition=Q(replaced_at__isnull=True), name="testing_homevisit_one_team"
            ),
            models.CheckConstraint(
                name="testing_homevisit_order", condition=Q(team__gte=1, place__gte=1, metres__gte=0)
            ),
            models.CheckConstraint(name="testing_homevisit_known", condition=Q(known__in=KNOWN)),
        ]
