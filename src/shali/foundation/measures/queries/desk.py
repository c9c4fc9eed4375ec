"""The desk of measures: what waits for a decision first, what ends today, what was appealed against."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from shali.foundation.accounts.queries import who
from shali.foundation.clocks import day_of, start_of_day
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.measures.models import Appeal, AppealState, Measure, MeasureState, holding_now
from shali.foundation.measures.rules import standing
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.foundation.ui.paging import COUNTED_AT_MOST, PAGE

WHICH = ("proposed", "in_force", "expiring", "not_served", "appeals", "ended")
# The list's own order: whatever is late or soon stands on top. Each begins at an end of one of the indexes.
ORDER = {
    "proposed": ("proposed_at", "id"),
    "in_force": ("ends_at", "id"),
    "expiring": ("ends_at", "id"),
    "not_served": ("decided_at", "id"),
    "appeals": ("appeal_due", "id"),
    "ended": ("-id",),
}


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure as the desk shows it; area is the area's name where it binds no person."""

    public_id: str
    kind: str
    person: Masked | None
    unit: str
    unit_en: str
    path: str
    basis: str
    origin_kind: str
    origin_id: str
    starts_at: datetime
    ends_at: datetime
    stands: str
    version: int
    proposal_rule: str
    proposed_at: datetime
    proposer: str
    is_own: bool
    served_at: datetime | None
    appeal_due_at: datetime | None


def filtered(scope: Scope, which: str, *, at: datetime) -> QuerySet[Measure]:
    """Return the measures that a filter holds: a number on a page and its rows are this same set."""
    rows = Measure.objects.filter(within(scope.path))
    open_appeal = Appeal.objects.filter(measure=OuterRef("pk"), state=AppealState.OPEN)
    if which == "in_force":
        return rows.filter(holding_now(at))
    if which == "expiring":
        return rows.filter(holding_now(at), ends_at__lt=start_of_day(day_of(at)) + timedelta(hours=24))
    if which == "not_served":
        return rows.filter(state=MeasureState.DECIDED, served_at=None, lifted_at=None, ends_at__gt=at)
    if which == "appeals":
        return rows.filter(Exists(open_appeal)).annotate(appeal_due=open_appeal.values("due_at")[:1])
    if which == "ended":
        return rows.exclude(state=MeasureState.PROPOSED).exclude(holding_now(at))
    return rows.filter(state=MeasureState.PROPOSED)


def counts(scope: Scope, *, at: datetime) -> dict[str, int]:
    """Return how many measures each filter holds, counted up to a limit."""
    return {which: filtered(scope, which, at=at)[:COUNTED_AT_MOST].count() for which in WHICH}


def measures_page(scope: Scope, which: str, *, at: datetime, rule: str = "", skip: int = 0) -> Sequence[MeasureRow]:
    """Return one page of a filter's measures in its own order. rule: only what this rule proposed."""
    rows = filtered(scope, which, at=at)
    if rule:
        rows = rows.filter(proposal_rule=rule)
    found = list(rows.select_related("unit").order_by(*ORDER[which])[skip : skip + PAGE])
    people = masked_many(scope, [row.person_id for row in found if row.person_id], on=day_of(at))
    staff = who(row.proposed_by for row in found)
    due = dict(Appeal.objects.filter(measure__in=found, state=AppealState.OPEN).values_list("measure_id", "due_at"))
    return [
        MeasureRow(
            public_id=row.public_id,
            kind=row.kind,
            person=people.get(row.person_id) if row.person_id else None,
            unit=row.unit.name,
            unit_en=row.unit.name_en,
            path=row.path,
            basis=row.basis,
            origin_kind=row.origin_kind,
            origin_id=row.origin_id,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            stands=standing(
                state=row.state, starts_at=row.starts_at, ends_at=row.ends_at, lifted_at=row.lifted_at, at=at
            ),
            version=row.version,
            proposal_rule=row.proposal_rule,
            proposed_at=row.proposed_at,
            proposer=staff[row.proposed_by].name if row.proposed_by in staff else "",
            is_own=row.proposed_by == scope.name,
            served_at=row.served_at,
            appeal_due_at=due.get(row.pk),
        )
        for row in found
    ]
