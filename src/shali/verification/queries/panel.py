"""What is known of one check, for the page of its task: facts with their history, attempts, askers, anomalies."""

from dataclasses import dataclass
from datetime import date, datetime

from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.ui.refusal import NotInScope
from shali.verification.models import Anomaly, Attempt, Check, Finding, ListEntry


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
    ending: int | None
    ended_at: datetime | None
    ended_by: str
    taken_over_by: str
    receipt: str
    evidence: str
    duplicate_of: str
    proposed_by: str
    proposed_at: datetime | None


def check_figures(scope: Scope, task: str) -> CheckFigures:
    """Return what is known of the check of a task within the scope; five queries.

    :raises NotInScope: there is no such task for this post
    """
    check = (
        Check.objects.select_related("task", "duplicate_of")
        .filter(within(scope.path, "task__path"), task__public_id=task)
        .first()
    )
    if check is None:
        raise NotInScope
    return CheckFigures(
        task=check.task.public_id,
        version=check.task.version,
        state=check.task.state,
        established=(
            check.counted_id is not None,
            check.identified_id is not None,
            check.located_id is not None,
            check.controlled_id is not None,
        ),
        findings=_findings(check),
        attempts=tuple(
            AttemptRow(one.way, one.result, one.at, one.by, one.next_attempt_at)
            for one in Attempt.objects.filter(task_id=check.pk).order_by("-at", "-id")
        ),
        attempts_made=check.attempts,
        attempts_required=check.attempts_required,
        next_attempt_at=check.task.next_attempt_at,
        askers=_askers(check),
        anomalies=tuple(
            AnomalyRow(one.kind, one.at, one.by, one.settled_as, one.settled_at)
            for one in Anomaly.objects.filter(task_id=check.pk).order_by("-at", "-id")
        ),
        ending=check.ending,
        ended_at=check.ended_at,
        ended_by=check.ended_by,
        taken_over_by=check.taken_over_by,
        receipt=check.receipt,
        evidence=check.evidence,
        duplicate_of=check.duplicate_of.public_id if check.duplicate_of else "",
        proposed_by=check.proposed_by,
        proposed_at=check.proposed_at,
    )


def _findings(check: Check) -> tuple[FindingRow, ...]:
    """Newest first within each fact; the newest is the one that stands."""
    rows = []
    seen: set[int] = set()
    for one in Finding.objects.filter(task_id=check.pk).order_by("fact", "-id"):
        rows.append(
            FindingRow(
                one.fact,
                one.answer,
                one.establishes,
                one.way,
                one.at,
                one.recorded_at,
                one.by,
                stands=one.fact not in seen,
            )
        )
        seen.add(one.fact)
    return tuple(rows)


def _askers(check: Check) -> tuple[Asker, ...]:
    entries = ListEntry.objects.filter(task_id=check.pk).select_related("pushed_list").order_by("due_at", "id")
    return tuple(
        Asker(
            list_id=one.pushed_list.public_id,
            sender=one.pushed_list.sender,
            day=one.pushed_list.day,
            number=one.pushed_list.number,
            handed_over_at=one.pushed_list.handed_over_at,
            due_at=one.due_at,
            struck_off_at=one.struck_off_at,
            ending=one.ending,
            is_repeat=one.duplicate_of_id is not None,
        )
        for one in entries
    )
