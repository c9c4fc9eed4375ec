from django.db import models

from shali.foundation.jurisdictions.models import PathField, Unit


class Household(models.Model):
    """The people behind one door."""

    PERSONAL = frozenset({"door_sealed", "door_blind"})
    PLAIN = frozenset({"id", "unit", "path"})

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    path = PathField(db_index=True)
    door_blind = models.BinaryField(max_length=16, db_index=True)
    door_sealed = models.BinaryField()
