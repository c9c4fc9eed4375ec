from django.db import models
from django.db.models import Q

from shali.foundation.jurisdictions.models import PathField
from shali.testing.models.rounds import Round
from shali.testing.rules import Grain, Tallied


class RoundTally(models.Model):
    """A round in sums, which triggers keep in the transaction of whoever changes a line, a sample or a tube.

    of: what is summed, see Tallied; grain: whose path a row counts for, see Grain. The rest is the key of a sum:
    state: a person's standing or a tube's state; word: why somebody need not come (exempt, missing), or how far a tube
    is (r received, l lost, then its result's number); slot: the quarter of an hour of the first sample.

    A writer only adds rows (not folded), so that writers never wait for one another; the worker folds them. What
    somebody reads is the sum of both.
    """

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "round", "grain", "path", "of", "guest", "state", "word", "slot", "n", "is_folded"})

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="tallies", db_index=False)
    grain = models.SmallIntegerField(choices=[(int(one), one.name.lower()) for one in Grain])
    path = PathField()
    of = models.SmallIntegerField(choices=[(int(one), one.name.lower()) for one in Tallied])
    guest = models.BooleanField()
    state = models.SmallIntegerField()
    word = models.CharField(max_length=10)
    slot = models.DateTimeField(null=True)
    n = models.IntegerField()
    is_folded = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "of", "grain", "path", "guest", "state", "word", "slot"],
                condition=Q(is_folded=True),
                nulls_distinct=False,
                name="testing_roundtally_once",
            ),
        ]
        indexes = [
            models.Index(fields=["round", "of", "grain", "path"], name="testing_roundtally_place"),
            models.Index(fields=["id"], condition=Q(is_folded=False), name="testing_roundtally_new"),
        ]
