"""One measure with its terms, its grounds, who decided, its history and the appeals against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shali.foundation.accounts.queries import Who, who
from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.measures.models import Appeal, Measure, MeasureEvent
from shali.foundation.measures.rules import standing
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.foundation.ui.refusal import NotInScope
from shali.foundation.vault.sealing import open_text


@dataclass(frozen=True, slots=True)
class Line:
    seq: int
    act: str
    at: datetime
    who: Who | None
    detail: dict[str, str]
    note: str


@dataclass(frozen=True, slots=True)
class AppealRow:
    public_id: str
    way: str
    grounds: str
    lodged_at: datetime
    due_at: datetime
    outcome: str
    answer: str
    decided_at: datetime | None
    decider: Who | None


@dataclass(frozen=True, slots=True)
class MeasureRecord:
    public_id: str
    kind: str
    rule: str
    person: Masked | None
    unit: str
    unit_en: str
    path: str
    basis: str
    evidence: str
    evidence_ref: str
    origin_kind: str
    origin_id: str
    starts_at: datetime
    ends_at: datetime
    max_hours: int
    stands: str
    version: int
    proposal_rule: str
    proposed_at: datetime
    proposer: Who | None
    is_own: bool
    appeal_channel: str
    decided_at: datetime | None
    decider: Who | None
    body: str
    body_en: str
    refusal: str
    served_at: datetime | None
    served_how: str
    server: Who | None
    lifted_at: datetime | None
    lift_reason: str
    supersedes: str
    superseded_by: str
    note: str
    history: Sequence[Line]
    appeals: Sequence[AppealRow]


def measure_record(scope: Scope, measure: str, *, at: datetime) -> MeasureRecord:
    """Return a measure of the scope, masked.

    :raises NotInScope: there is none here
    """
    rows = Measure.objects.filter(within(scope.path), public_id=measure)
    row = rows.select_related("unit", "body", "supersedes").first()
    if row is None:
        raise NotInScope
    events = list(MeasureEvent.objects.filter(measure=row).order_by("seq"))
    appeals = list(Appeal.objects.filter(measure=row).order_by("-lodged_at", "-id"))
    names = {row.proposed_by, row.decided_by, row.served_by} | {one.by for one in events}
    staff = who(names | {one.decided_by for one in appeals})
    later = Measure.objects.filter(supersedes=row).order_by("-id").values_list("public_id", flat=True).first()
    person = row.person_id
    return MeasureRecord(
        **{name: getattr(row, name) for name in _AS_THEY_ARE},
        unit=row.unit.name,
        unit_en=row.unit.name_en,
        body=row.body.name if row.body else "",
        body_en=row.body.name_en if row.body else "",
        rule=row.rule_id,
        person=masked_many(scope, [person], on=day_of(at)).get(person) if person else None,
        stands=standing(state=row.state, starts_at=row.starts_at, ends_at=row.ends_at, lifted_at=row.lifted_at, at=at),
        proposer=staff.get(row.proposed_by),
        is_own=row.proposed_by == scope.name,
        decider=staff.get(row.decided_by),
        server=staff.get(row.served_by),
        supersedes=row.supersedes.public_id if row.supersedes else "",
        superseded_by=later or "",
        note=_opened(row.note_sealed, "measures_measure", "note", row.pk),
        history=[_line(one, staff) for one in events],
        appeals=[_appeal(one, staff) for one in appeals],
    )


_AS_THEY_ARE = (
    *("public_id", "kind", "path", "basis", "evidence", "evidence_ref", "origin_kind", "origin_id", "starts_at"),
    *("ends_at", "max_hours", "version", "proposal_rule", "proposed_at", "appeal_channel", "decided_at", "refusal"),
    *("served_at", "served_how", "lifted_at", "lift_reason"),
)


def _line(one: MeasureEvent, staff: dict[str, Who]) -> Line:
    note = _opened(one.note_sealed, "measures_measureevent", "note", one.pk)
    return Line(one.seq, one.act, one.at, staff.get(one.by), one.detail, note)


def _appeal(one: Appeal, staff: dict[str, Who]) -> AppealRow:
    return AppealRow(
        public_id=one.public_id,
        way=one.way,
        grounds=_opened(one.grounds_sealed, "measures_appeal", "grounds", one.pk),
        lodged_at=one.lodged_at,
        due_at=one.due_at,
        outcome=one.outcome,
        answer=_opened(one.answer_sealed, "measures_appeal", "answer", one.pk),
        decided_at=one.decided_at,
        decider=staff.get(one.decided_by),
    )


def _opened(sealed: bytes | memoryview | None, table: str, column: str, row: int) -> str:
    return open_text(sealed, table=table, column=column, row=row) if sealed else ""
