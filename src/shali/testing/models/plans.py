from django.db import models
from django.db.models import F, Q

from shali.foundation.jurisdictions.models import PathField
from shali.foundation.vault.public_id import new_public_id
from shali.testing.models.rounds import Round


class SitePlan(models.Model):
    """Where the points of a round might go: who lives where, where a point may stand, which are open, who goes where.

    points: [name, unit's path, longitude, latitude, people]; candidates: [name, longitude, latitude, state, capacity];
    sites: the open candidates' places in that list; served: the site of each point, -1 for none within the walk.
    """

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "public_id", "round", "path", "letter", "points", "candidates", "sites", "served", "walk_m", "capacity"}
        | {"cost", "bound", "fewest", "most_within", "seconds", "edited", "made_at", "made_by", "taken_at", "taken_by"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="plans", db_index=False)
    path = PathField()
    letter = models.CharField(max_length=2)
    points = models.JSONField()
    candidates = models.JSONField()
    sites = models.JSONField()
    served = models.JSONField()
    walk_m = models.FloatField()
    capacity = models.IntegerField()
    cost = models.FloatField()  # people times metres
    bound = models.FloatField()  # no plan with as many points walks less
    # With everybody within the walk no plan has fewer points; null where so many were asked for.
    fewest = models.IntegerField(null=True)
    # In no plan with as many points more people have one within the walk; null where ways were to be short.
    most_within = models.IntegerField(null=True)
    seconds = models.FloatField()
    edited = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=60)
    taken_at = models.DateTimeField(null=True)
    taken_by = models.CharField(max_length=60, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "path", "letter"], name="testing_siteplan_letter"),
            models.CheckConstraint(name="testing_siteplan_walk", condition=Q(walk_m__gt=0, capacity__gte=1)),
            models.CheckConstraint(name="testing_siteplan_bound", condition=Q(bound__lte=F("cost") * 1.0001 + 1)),
            models.CheckConstraint(name="testing_siteplan_fewest", condition=Q(fewest__isnull=True) | Q(fewest__gte=1)),
            models.CheckConstraint(
                name="testing_siteplan_most_within", condition=Q(most_within__isnull=True) | Q(most_within__gte=0)
            ),
            models.CheckConstraint(
                name="testing_siteplan_taken_whole",
                condition=Q(taken_at__isnull=True, taken_by="") | (Q(taken_at__isnull=False) & ~Q(taken_by="")),
            ),
        ]
