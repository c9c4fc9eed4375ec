"""What is known of one check, for the page of its task: facts with their history, attempts, askers, anomalies."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from shali.foundation.jurisdictions.reading import read_by_key
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.refusal import NotInScope
from shali.verification.queries.identity import IdentityRow, identity_questions


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One answer as it was given. stands: no later answer took its place."""

    fact: int
    answer: str
    establishes: bool
    way: int
    at: datetime
    recorded_at: datetime
    by: str
    stands: bool


@dataclass(frozen=True, slots=True)
class AttemptRow:
    way: int
    result: int
    at: datetime
    by: str
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True)
class Asker:
    """One list that asks for the person, and the answer that it got."""

    list_id: str
    sender: str
    day: date
    number: int
    handed_over_at: datetime
    due_at: datetime
    struck_off_at: datetime | None
    ending: int | None
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class AnomalyRow:
    kind: int
    at: datetime
    by: str
    settled_as: str
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class CheckFigures:
    """One check with everything that was recorded about it."""

    task: str
    version: int
    state: int
    established: tuple[bool, bool, bool, bool]
    findings: tuple[FindingRow, ...]
    attempts: tuple[AttemptRow, ...]
    attempts_made: int
    attempts_required: int
    next_attempt_at: datetime | None
    askers: tuple[Asker, ...]
    anomalies: tuple[AnomalyRow, ...]
    identity: tuple[IdentityRow, ...]
    ending: int | None
    ended_at: datetime | None
    ended_by: str
    taken_over_by: str
    receipt: str
    evidence: str
    duplicate_of: str
    proposed_by: str
    proposed_at: datetime | None


class _Read(NamedTuple):
    """One row of CHECK. is_odd: an anomaly was raised; is_to_be_seen: a review asked for the document."""

    id: int
    public_id: str
    version: int
    state: int
    next_attempt_at: datetime | None
    counted: bool
    identified: bool
    located: bool
    controlled: bool
    attempts: int
    attempts_required: int
    ending: int | None
    ended_at: datetime | None
    ended_by: str
    taken_over_by: str
    receipt: str
    evidence: str
    proposed_by: str
    proposed_at: datetime | None
    duplicate_of: str | None
    is_odd: bool
    is_to_be_seen: bool


CHECK = """
select t.id, t.public_id, t.version, t.state, t.next_attempt_at, c.counted_id is not null, c.identified_id is not null,
  c.located_id is not null, c.controlled_id is not null, c.attempts, c.attempts_required, c.ending, c.ended_at,
  c.ended_by, c.taken_over_by, c.receipt, c.evidence, c.proposed_by, c.proposed_at,
  (select other.public_id from tasks_task other where other.id = c.duplicate_of_id),
  exists (select from verification_anomaly a where a.task_id = t.id),
  exists (select from verification_identityquestion q where q.task_id = t.id)
from tasks_task t join verification_check c on c.task_id = t.id
where t.public_id = %(task)s and t.path >= %(path)s and t.path < %(path)s || '/'
"""
FINDINGS = """
select fact, answer, establishes, way, at, recorded_at, by from verification_finding
where task_id = %(task)s order by fact, id desc
"""
ATTEMPTS = """
select way, result, at, by, next_attempt_at from verification_attempt where task_id = %(task)s order by at desc, id desc
"""
ASKERS = """
select l.public_id, l.sender, l.day, l.number, l.handed_over_at, e.due_at, e.struck_off_at, e.ending,
  e.duplicate_of_id is not null
from verification_listentry e join verification_pushedlist l on l.id = e.pushed_list_id
where e.task_id = %(task)s order by e.due_at, e.id
"""
ANOMALIES = """
select kind, at, by, settled_as, settled_at from verification_anomaly where task_id = %(task)s order by at desc, id desc
"""


def check_figures(scope: Scope, task: str) -> CheckFigures:
    """Return what is known of the check of a task within the scope; three to six queries.

    :raises NotInScope: there is no such task for this post
    """
    found = read_by_key(CHECK, task=task, path=scope.path)
    if not found:
        raise NotInScope
    check = _Read(*found[0])
    return CheckFigures(
        task=check.public_id,
        version=check.version,
        state=check.state,
        established=(check.counted, check.identified, check.located, check.controlled),
        findings=_findings(check.id),
        attempts=tuple(AttemptRow(*row) for row in read_by_key(ATTEMPTS, task=check.id)) if check.attempts else (),
        attempts_made=check.attempts,
        attempts_required=check.attempts_required,
        next_attempt_at=check.next_attempt_at,
        askers=tuple(Asker(*row) for row in read_by_key(ASKERS, task=check.id)),
        anomalies=tuple(AnomalyRow(*row) for row in read_by_key(ANOMALIES, task=check.id)) if check.is_odd else (),
        identity=tuple(identity_questions(scope, task=task)) if check.is_to_be_seen else (),
        ending=check.ending,
        ended_at=check.ended_at,
        ended_by=check.ended_by,
        taken_over_by=check.taken_over_by,
        receipt=check.receipt,
        evidence=check.evidence,
        duplicate_of=check.duplicate_of or "",
        proposed_by=check.proposed_by,
        proposed_at=check.proposed_at,
    )


def _findings(task: int) -> tuple[FindingRow, ...]:
    """Newest first within each fact; the newest is the one that stands."""
    rows = []
    seen: set[int] = set()
    for fact, answer, establishes, way, at, recorded_at, by in read_by_key(FINDINGS, task=task):
        rows.append(FindingRow(fact, answer, establishes, way, at, recorded_at, by, stands=fact not in seen))
        seen.add(fact)
    return tuple(rows)
