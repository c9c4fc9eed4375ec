"""The questionnaire of a case: answered in pieces by several people; done when what must be known is confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.rows import next_ids
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.tasks.services.close import close_task
from shali.foundation.tasks.services.step import progress
from shali.foundation.ui.refusal import WrongInput
from shali.foundation.vault.sealing import open_text, seal
from shali.tracing.models import Answer, Case
from shali.tracing.queries.find import case_in_scope
from shali.tracing.queries.forms import Question, form_of, missing_questions
from shali.tracing.services.history import NotLawful, Step, take_step

LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Said:
    """One answer. confirmed: the investigator vouches for it; else it is what somebody claims."""

    question: str
    value: str
    confirmed: bool = True
    entry: UUID = field(default_factory=uuid4)


@transaction.atomic
def answer(*, scope: Scope, case: str, said: Sequence[Said], by: str, at: datetime) -> int:
    """Write down answers; each is a row of its own, the newest to a question counts. Returns how many were new.

    :raises WrongInput: the questionnaire has no such question, or no such answer; fields name it
    """
    row = case_in_scope(scope, case, lock=True)
    questions = {one.name: one for one in form_of(scope, row).questions}
    for one in said:
        _refuse_wrong(questions.get(one.question), one)
    had = set(Answer.objects.filter(entry__in=[one.entry for one in said]).values_list("entry", flat=True))
    fresh = [one for one in said if one.entry not in had]
    numbers = next_ids("tracing_answer", count=len(fresh))
    Answer.objects.bulk_create(
        [
            Answer(
                pk=number,
                case=row,
                entry=one.entry,
                question=one.question,
                confirmed=one.confirmed,
                at=at,
                recorded_at=at,
                by=by,
                value_sealed=seal(one.value, table="tracing_answer", column="value", row=number),
            )
            for number, one in zip(numbers, fresh, strict=True)
        ]
    )
    if fresh and row.report_task_id and row.report_task and row.report_task.closed_at is None:
        progress(task=row.report_task_id, scope=scope, by=by, at=at, detail={"answers": len(fresh)})
    return len(fresh)


def _refuse_wrong(question: Question | None, said: Said) -> None:
    if question is None:
        raise WrongInput(_("The questionnaire has no such question."), fields={said.question: "unknown"})
    if len(said.value) > LONGEST:
        raise WrongInput(_("This answer is too long."), fields={said.question: "long"})
    if not said.value:
        raise WrongInput(_("An answer is not empty. Leave the question open instead."), fields={said.question: "empty"})
    fits = question.takes(said.value)
    if fits:
        raise WrongInput(f"{question.label}: {fits}", fields={said.question: "wrong"})


@transaction.atomic
def confirm_claims(*, scope: Scope, case: str, questions: Sequence[str], by: str, at: datetime) -> int:
    """Confirm what was only claimed: the same answers again, vouched for by an investigator."""
    row = case_in_scope(scope, case)
    newest: dict[str, Answer] = {}
    for one in Answer.objects.filter(case=row, question__in=questions).order_by("id"):
        newest[one.question] = one
    claimed = [one for one in newest.values() if not one.confirmed]
    said = [
        Said(one.question, open_text(one.value_sealed, table="tracing_answer", column="value", row=one.pk))
        for one in claimed
    ]
    return answer(scope=scope, case=case, said=said, by=by, at=at) if said else 0


@transaction.atomic
def finish_core(*, scope: Scope, case: str, by: str, at: datetime) -> Case:
    """Close the clock of the core information: every question that the form calls core is confirmed.

    :raises NotLawful: some are open; the message names them
    """
    row = case_in_scope(scope, case, lock=True)
    _refuse_missing(scope, row, core=True)
    if row.core_done_at is None:
        take_step(row, step=Step("core_done", {"core_done_at": at}), seen=None, by=by, at=at)
        _close(row.core_task_id, scope=scope, by=by, at=at)
    return row


@transaction.atomic
def finish_report(*, scope: Scope, case: str, by: str, at: datetime) -> Case:
    """Close the clock of the full report: every required question is confirmed, and no stay is only told.

    :raises NotLawful: something is open; the message names it
    """
    row = case_in_scope(scope, case, lock=True)
    if row.core_done_at is None:
        finish_core(scope=scope, case=case, by=by, at=at)
        row.refresh_from_db()
    _refuse_missing(scope, row, core=False)
    told_only = row.stays.filter(confirmed_at=None, withdrawn_at=None).count()
    if told_only:
        raise NotLawful(_("%(n)d stays are only told. Confirm or withdraw each.") % {"n": told_only})
    if row.report_done_at is None:
        take_step(row, step=Step("report_done", {"report_done_at": at}), seen=None, by=by, at=at)
        _close(row.report_task_id, scope=scope, by=by, at=at)
    return row


def _refuse_missing(scope: Scope, case: Case, *, core: bool) -> None:
    missing = missing_questions(scope, case, core=core)
    if missing:
        named = _(", ").join(one.label for one in missing[:6])
        raise NotLawful(_("%(n)d questions are not confirmed yet: %(names)s.") % {"n": len(missing), "names": named})


def _close(task: int | None, *, scope: Scope, by: str, at: datetime) -> None:
    if task is not None:
        close_task(task=task, seen=None, outcome="complete", scope=scope, by=by, at=at)
