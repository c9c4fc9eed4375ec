"""The one way in which a case changes: a compare-and-set on its version, and a line of its history."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from shali.foundation.accounts.queries import who
from shali.foundation.jurisdictions.rows import next_ids
from shali.foundation.ui.formats import hour
from shali.foundation.ui.refusal import Refusal
from shali.foundation.vault.sealing import seal
from shali.tracing.models import Case, CaseStep


class CaseChanged(Refusal):
    """Somebody else was quicker; the message says who and when."""


class NotLawful(Refusal):
    """The rules do not allow this step; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is done to a case: the act, the columns that it changes, on what evidence."""

    act: str
    changes: dict[str, Any] = field(default_factory=dict)
    evidence: str = ""
    evidence_ref: str = ""
    detail: dict[str, Any] = field(default_factory=dict)  # codes and ids only
    note: str = ""


@transaction.atomic
def take_step(case: Case, *, step: Step, seen: int | None, by: str, at: datetime) -> CaseStep:
    """Change a case and add the line to its history.

    seen: the version that the page showed; None: the version as loaded by the caller
    :raises CaseChanged: the case is no longer at that version
    """
    before = case.classification
    expected = case.version if seen is None else seen
    if not Case.objects.filter(pk=case.pk, version=expected).update(version=F("version") + 1, **step.changes):
        raise CaseChanged(_who_was_quicker(case.pk))
    case.refresh_from_db()
    return write_step(case, step=step, before=before, by=by, at=at)


def write_step(case: Case, *, step: Step, before: int | None, by: str, at: datetime) -> CaseStep:
    """Add the line of history that a new version of a case needs."""
    [number] = next_ids("tracing_casestep", count=1)
    note = seal(step.note, table="tracing_casestep", column="note", row=number) if step.note else None
    line = CaseStep.objects.create(
        pk=number,
        case=case,
        seq=case.version,
        act=step.act,
        at=at,
        by=by,
        before=before,
        after=case.classification,
        onset_on=case.onset_on,
        first_positive_at=case.first_positive_at,
        evidence=step.evidence,
        evidence_ref=step.evidence_ref,
        source_id=case.source_id,
        detail=step.detail,
        note_sealed=note,
    )
    check_now("tracing_case_history")
    return line


def check_now(constraint: str) -> None:
    """Let the database judge what it would judge at commit, under the scope that has just written."""
    with connection.cursor() as cursor:
        cursor.execute(f"set constraints {constraint} immediate")
        cursor.execute(f"set constraints {constraint} deferred")


def _who_was_quicker(case: int) -> str:
    last = CaseStep.objects.filter(case_id=case).order_by("-seq").first()
    if last is None:
        return _("This case changed while you looked at it. Look again.")
    known = who([last.by]).get(last.by)
    return _("%(who)s changed this case at %(hour)s. Look again; what you typed is kept.") % {
        "who": known.name if known else last.by,
        "hour": hour(last.at),
    }
