from django.db import models


class Outbreak(models.Model):
    """One outbreak: its keys, its disease profile, its days. Closing it ends every measure and destroys its keys."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"code", "name", "name_en", "profile", "opened_on", "closed_on"})

    code = models.CharField(primary_key=True, max_length=40)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    profile = models.CharField(max_length=40)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="policy_outbreak_days",
                condition=models.Q(closed_on__isnull=True) | models.Q(closed_on__gte=models.F("opened_on")),
            )
        ]
