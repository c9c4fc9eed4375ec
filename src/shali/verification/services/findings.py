from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.tasks.models import TaskState
from shali.foundation.tasks.services.step import progress
from shali.foundation.ui.formats import hour
from shali.foundation.ui.refusal import Refusal
from shali.foundation.vault.sealing import seal
from shali.verification.facts import FindingRecorded
from shali.verification.models import Attempt, AttemptResult, Check, Finding, Way
from shali.verification.queries.checks import check_for_update
from shali.verification.rules import Fact, answer

COLUMN = {
    Fact.COUNTED: "counted_id",
    Fact.IDENTIFIED: "identified_id",
    Fact.LOCATED: "located_id",
    Fact.CONTROLLED: "controlled_id",
}


class NotAnAnswer(Refusal):
    """The fact has no such answer."""


class TaskIsClosed(Refusal):
    """Somebody struck the person off before this entry arrived."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """`is_new` is false when the same entry had arrived before; nothing was done twice."""

    id: int
    is_new: bool


@transaction.atomic
def record_finding(
    *,
    scope: Scope,
    task: str,
    entry: UUID,
    fact: Fact,
    code: str,
    way: Way,
    taken_at: datetime,
    by: str,
    at: datetime,
    note: str = "",
    evidence: str = "",
) -> Recorded:
    """Record an answer to one of the four facts. A later one takes its place; both stay in the history.

    entry: given by the device; the same entry again changes nothing
    taken_at: when the worker heard it; `at` is when it arrived here
    :raises NotAnAnswer: the fact has no such answer
    :raises TaskIsClosed: the person is struck off already; undo that first
    """
    given = answer(fact, code)
    if given is None:
        raise NotAnAnswer(_("There is no such answer to this question."))
    check = check_for_update(scope, task)
    # The check's row is locked: of one entry sent twice at once, the second finds the first here.
    known = Finding.objects.filter(entry=entry).first()
    if known is not None:
        return Recorded(known.pk, is_new=False)
    _refuse_closed(check)
    number = _next_id("verification_finding")
    Finding.objects.create(
        pk=number,
        task_id=check.pk,
        entry=entry,
        fact=fact,
        answer=given.code,
        establishes=given.establishes,
        way=way,
        at=min(taken_at, at),
        recorded_at=at,
        by=by,
        corrects_id=getattr(check, COLUMN[fact]),
        note_sealed=_sealed(note, "verification_finding", "note", number),
        evidence_sealed=_sealed(evidence, "verification_finding", "evidence", number),
    )
    setattr(check, COLUMN[fact], number if given.establishes else None)
    check.save(update_fields=[COLUMN[fact].removesuffix("_id")])
    detail = {"fact": int(fact), "finding": number, "answer": given.code}
    progress(task=check.pk, scope=scope, by=by, at=at, detail=detail)
    announce([FindingRecorded(check.pk, number, int(fact), given.establishes)], by=by, at=at)
    return Recorded(number, is_new=True)


@transaction.atomic
def record_attempt(
    *,
    scope: Scope,
    task: str,
    entry: UUID,
    way: Way,
    result: AttemptResult,
    taken_at: datetime,
    by: str,
    at: datetime,
    next_attempt_at: datetime | None = None,
    note: str = "",
) -> Recorded:
    """Record one try to reach a person, and when to try again."""
    check = check_for_update(scope, task)
    known = Attempt.objects.filter(entry=entry).first()
    if known is not None:
        return Recorded(known.pk, is_new=False)
    _refuse_closed(check)
    number = _next_id("verification_attempt")
    Attempt.objects.create(
        pk=number,
        task_id=check.pk,
        entry=entry,
        way=way,
        result=result,
        next_attempt_at=next_attempt_at,
        at=min(taken_at, at),
        recorded_at=at,
        by=by,
        note_sealed=_sealed(note, "verification_attempt", "note", number),
    )
    check.attempts += 1
    check.last_attempt_at = at
    check.save(update_fields=["attempts", "last_attempt_at"])
    progress(
        task=check.pk,
        scope=scope,
        by=by,
        at=at,
        detail={"attempt": number, "result": int(result)},
        next_attempt_at=next_attempt_at,
    )
    return Recorded(number, is_new=True)


def _refuse_closed(check: Check) -> None:
    if check.task.state == TaskState.CLOSED:
        raise TaskIsClosed(
            _("This person was struck off at %(hour)s. Your entry is kept on this page; undo the closing to add it.")
            % {"hour": hour(check.ended_at)}
        )


def _sealed(text: str, table: str, column: str, row: int) -> bytes | None:
    return seal(text, table=table, column=column, row=row) if text else None


def _next_id(table: str) -> int:
    """Take a row's number before the insert: a sealed value is bound to its row."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        return int(cursor.fetchone()[0])
