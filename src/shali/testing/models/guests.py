from django.db import models
from django.db.models import Q

from shali.foundation.jurisdictions.models import PathField
from shali.foundation.people.models import Merge
from shali.testing.models.rounds import Expected


class GuestAnswer(models.Model):
    """Who a guest of a round is: somebody of its roster, whose record and his became one, or nobody of it.

    guest, same_as: lines of the round; an answer that was taken back stays on record.
    """

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "path", "guest", "same_as", "merge", "decided_at", "decided_by", "undone_at", "undone_by"})

    path = PathField()
    guest = models.ForeignKey(Expected, on_delete=models.PROTECT, related_name="answers")
    same_as = models.ForeignKey(Expected, null=True, on_delete=models.PROTECT, related_name="+")
    merge = models.ForeignKey(Merge, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=60)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=60, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["guest"], condition=Q(undone_at__isnull=True), name="testing_guestanswer_once"
            ),
            models.CheckConstraint(
                name="testing_guestanswer_merged",
                condition=Q(same_as__isnull=True, merge__isnull=True) | Q(same_as__isnull=False, merge__isnull=False),
            ),
            models.CheckConstraint(
                name="testing_guestanswer_undone_whole",
                condition=Q(undone_at__isnull=True, undone_by="") | (Q(undone_at__isnull=False) & ~Q(undone_by="")),
            ),
        ]
