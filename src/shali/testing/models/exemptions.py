from django.db import models
from django.db.models import Q

from shali.foundation.jurisdictions.models import PathField
from shali.testing.models.rounds import Expected
from shali.testing.rules import EXEMPTIONS
from shali.testing.rules.exempting import RULED, TAKE_BACK


class TakenBack(models.Model):
    """An exemption that holds no more: what it was, by whom, and who took it back, when and why."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "line", "path", "exempt", "exempt_by", "exempt_at", "why", "by", "at"})

    line = models.ForeignKey(Expected, on_delete=models.PROTECT, related_name="taken_back", db_index=False)
    path = PathField()
    exempt = models.CharField(max_length=20)
    exempt_by = models.CharField(max_length=60)
    exempt_at = models.DateTimeField()
    why = models.CharField(max_length=20)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "exempt_at"], name="testing_takenback_once"),
            models.CheckConstraint(name="testing_takenback_what", condition=Q(exempt__in=[*EXEMPTIONS, *RULED])),
            models.CheckConstraint(name="testing_takenback_why", condition=Q(why__in=TAKE_BACK)),
            models.CheckConstraint(name="testing_takenback_whole", condition=~Q(exempt_by="") & ~Q(by="")),
        ]
