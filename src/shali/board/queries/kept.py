"""Figures of the city and of counties at the present hour, from the sums that writers keep by township."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, Q, Sum

from shali.board.queries.counted import ByLeaf, Figures, flows
from shali.board.rules import AGE_BANDS
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.tasks.models import Standing
from shali.foundation.ui.refusal import NotInScope


def kept(scope: Scope, path: str, at: datetime) -> ByLeaf:
    """Return the figures at the present hour, by township; two queries, however many tasks there are.

    :raises NotInScope: the unit is not in the scope
    """
    if not scope.holds(path):
        raise NotInScope
    found: dict[str, Figures] = {}
    for row in _standing(path, at):
        one = found.setdefault(row["path"], Figures())
        for name in ("open", "overdue", "soon", "two_hours", "not_accepted", "blocked"):
            setattr(one, name, row["n_" + name])
        one.oldest_due = row["oldest_due"]
        one.ages = [row[f"age{place}"] for place in range(len(AGE_BANDS))]
    for row in flows(scope, path, at):
        found.setdefault(row["path"], Figures()).add(Figures.of_flow(row))
    return list(found.items())


def _standing(path: str, at: datetime) -> Any:
    late = Q(due_at__lt=at)
    asked = {
        "n_open": Sum("open"),
        "n_not_accepted": Sum("not_accepted"),
        "n_blocked": Sum("blocked"),
        "n_overdue": Sum("open", filter=late, default=0),
        "n_soon": Sum("open", filter=Q(due_at__gte=at, due_at__lte=at + timedelta(hours=6)), default=0),
        "n_two_hours": Sum("open", filter=Q(due_at__gte=at, due_at__lte=at + timedelta(hours=2)), default=0),
        "oldest_due": Min("due_at", filter=late),
    }
    for place, (low, high) in enumerate(AGE_BANDS):
        aged = Q(handed_over_at__lte=at - timedelta(hours=low))
        aged = aged & Q(handed_over_at__gt=at - timedelta(hours=high)) if high else aged
        asked[f"age{place}"] = Sum("open", filter=aged, default=0)
    return Standing.objects.filter(within(path)).exclude(open=0).order_by().values("path").annotate(**asked)
