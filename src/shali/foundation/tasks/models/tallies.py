"""Sums by township; counties and the city add up.

Of the present, kept by triggers in the transaction of whoever changes a task; of a past minute, counted by a job.
"""

from django.db import models
from django.db.models import Q

from shali.foundation.jurisdictions.models import PathField


class Standing(models.Model):
    """How many tasks of a township and the units below it are open, of those that share both ends of their clock."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "kind", "path", "handed_over_at", "due_at", "open", "not_accepted", "blocked"})

    kind = models.CharField(max_length=30)
    path = PathField()  # a township's; a county's or the city's for what their own desks owe
    handed_over_at = models.DateTimeField()
    due_at = models.DateTimeField()
    open = models.IntegerField()
    not_accepted = models.IntegerField()
    blocked = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["path", "kind", "handed_over_at", "due_at"], name="tasks_standing_once")
        ]
        indexes = [models.Index(fields=["path"], condition=~Q(open=0), name="tasks_standing_open")]


class Flow(models.Model):
    """What came to a township and the units below it within one hour, and what went.

    in_a_day: of those handed over within this hour, the ones that were closed 24 hours later at the latest
    last_word: when, within this hour, a task was last accepted or closed; it stays when that act is taken back
    """

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "kind", "path", "hour", "handed_over", "closed", "in_a_day", "last_word"})

    kind = models.CharField(max_length=30)
    path = PathField()
    hour = models.DateTimeField()  # its beginning
    handed_over = models.IntegerField()
    closed = models.IntegerField()
    in_a_day = models.IntegerField()
    last_word = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["path", "kind", "hour"], name="tasks_flow_once")]
        indexes = [models.Index(fields=["hour", "path"], name="tasks_flow_hour")]


class Stood(models.Model):
    """How the tasks of a township and the units below it stood at a minute of yesterday, as they say a day later.

    not_accepted, blocked: of the open ones; ages: open ones by hours since hand-over, see `rules.AGE_BANDS`
    """

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "path", "at", "open", "overdue", "soon", "two_hours", "not_accepted", "blocked"}) | {
        "ages",
        "oldest_due",
    }

    path = PathField()
    at = models.DateTimeField()
    open = models.IntegerField()
    overdue = models.IntegerField()
    soon = models.IntegerField()
    two_hours = models.IntegerField()
    not_accepted = models.IntegerField()
    blocked = models.IntegerField()
    ages = models.JSONField()
    oldest_due = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["at", "path"], name="tasks_stood_once")]
