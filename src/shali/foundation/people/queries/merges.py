"""Merges of a scope: proposed and waiting for a second person, decided, undone."""

from dataclasses import dataclass
from datetime import datetime

from shali.foundation.accounts.queries import who
from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.models import Merge, MergeState
from shali.foundation.people.queries.masked import Masked, masked_many


@dataclass(frozen=True, slots=True)
class MergeRow:
    public_id: str
    kept: Masked | None
    lost: Masked | None
    state: int
    reason: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    undone_by: str
    is_own: bool  # proposed by this very post, which may not decide it


def merges(scope: Scope, *, at: datetime, waiting: bool, limit: int = 200) -> list[MergeRow]:
    """Return merges: those that wait for a decision, the oldest first; or those decided, the newest first."""
    found = Merge.objects.filter(within(scope.path))
    rows = list(
        found.filter(state=MergeState.PROPOSED).order_by("proposed_at", "id")[:limit]
        if waiting
        else found.exclude(state=MergeState.PROPOSED).order_by("-decided_at", "-id")[:limit]
    )
    people = masked_many(scope, [n for row in rows for n in (row.kept_id, row.lost_id)], on=day_of(at))
    names = who(name for row in rows for name in (row.proposed_by, row.decided_by, row.undone_by))

    def named(name: str) -> str:
        return names[name].name if name in names else name

    return [
        MergeRow(
            public_id=row.public_id,
            kept=people.get(row.kept_id),
            lost=people.get(row.lost_id),
            state=row.state,
            reason=row.reason,
            proposed_by=named(row.proposed_by),
            proposed_at=row.proposed_at,
            decided_by=named(row.decided_by),
            decided_at=row.decided_at,
            undone_by=named(row.undone_by),
            is_own=row.proposed_by == scope.name,
        )
        for row in rows
    ]
