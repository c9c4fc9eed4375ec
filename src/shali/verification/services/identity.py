"""A document that has to be seen in person: the question stands on the person's open check, its answer goes back."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shali.foundation.intake.models import Found
from shali.foundation.intake.services.review import NobodyToAsk, lock_review, take_finding
from shali.foundation.journal.announce import Announced
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.people.rules import clean_number
from shali.foundation.tasks.models import Task, TaskState
from shali.foundation.tasks.services.step import progress
from shali.foundation.ui.refusal import NotInScope, Refusal, WrongInput
from shali.verification.models import IdentityQuestion
from shali.verification.queries.checks import check_for_update
from shali.verification.rules import may_be_a_number

KIND = "verification"
NOBODY = gettext_lazy(
    "Nobody checks this person any more, so nobody can be asked to see the document. Decide from here."
)


class AnsweredBefore(Refusal):
    """Somebody else answered, or the question was taken back."""


def ask_at_the_door(announced: Announced) -> None:
    """Put the question of a review on the open check of its person; runs where IdentityAsked is announced.

    :raises NobodyToAsk: there is none; then the review stays open, and with it everything else of the transaction
    """
    with in_scope(system_scope("protocols")):
        for fact in announced.facts:
            task = Task.objects.filter(subject_id=fact.person, kind=KIND).exclude(state=TaskState.CLOSED).first()
            if task is None:
                raise NobodyToAsk(str(NOBODY))
            IdentityQuestion.objects.create(task=task, review_id=fact.row, asked_at=announced.at, asked_by=announced.by)


def ask_no_more(announced: Announced) -> None:
    """Take the question back from the worker; runs where IdentityNotAsked is announced."""
    rows = [fact.row for fact in announced.facts]
    with in_scope(system_scope("protocols")):
        IdentityQuestion.objects.filter(review_id__in=rows, ended_at=None).update(
            answer=IdentityQuestion.WITHDRAWN, ended_at=announced.at, ended_by=announced.by
        )


def give_unseen_back(announced: Announced) -> None:
    """A check that ended takes its questions with it, back to the review; runs where TaskClosed is announced."""
    tasks = [fact.task for fact in announced.facts if fact.kind == KIND]
    with in_scope(system_scope("protocols")):
        _end(IdentityQuestion.objects.filter(task_id__in=tasks, ended_at=None), by=announced.by, at=announced.at)


def _end(questions: Iterable[IdentityQuestion], *, by: str, at: datetime) -> None:
    for question in questions:
        question.answer, question.ended_at, question.ended_by = Found.NOT_SEEN, at, by
        question.save(update_fields=["answer", "ended_at", "ended_by"])
        take_finding(row=question.review_id, found=Found.NOT_SEEN, by=by, at=at)


@transaction.atomic
def answer_identity(
    *, scope: Scope, task: str, question: str, answer: str, number: str = "", by: str, at: datetime
) -> None:
    """Say what the person's document says: its number as it stands on it, or why there is none.

    number: with the answer "number" alone; it goes to the review, sealed, and is not kept here
    The same answer sent again by the same post does nothing again.
    :raises WrongInput: no such answer, a number without its answer, or an answer without its number
    :raises AnsweredBefore: another answered, or the question was taken back
    """
    mine = IdentityQuestion.objects.filter(within(scope.path, "task__path"), task__public_id=task, public_id=question)
    asked = mine.first()
    if asked is None:
        raise NotInScope
    read = _read(answer, number)
    # In the order in which a review is decided, which may close the check: two that meet wait, and neither for ever.
    lock_review(asked.review_id)
    check = check_for_update(scope, task)
    found = IdentityQuestion.objects.select_for_update().get(pk=asked.pk)
    if found.ended_at is not None:
        if found.ended_by == by and found.answer == answer:
            return
        raise AnsweredBefore(_("This question is answered or was taken back; nobody needs to see the document."))
    found.answer, found.ended_at, found.ended_by = answer, at, by
    found.save(update_fields=["answer", "ended_at", "ended_by"])
    progress(task=check.pk, scope=scope, by=by, at=at, detail={"identity": found.pk, "found": answer})
    take_finding(row=found.review_id, found=Found(answer), number=read, by=by, at=at)


def _read(answer: str, number: str) -> str:
    """Return the number as it is compared; '' where there was no document to read."""
    if answer not in (Found.NUMBER, Found.NO_DOCUMENT, Found.NOT_SHOWN):
        raise WrongInput(_("There is no such answer to this question."))
    clean = clean_number(number)
    if answer != Found.NUMBER:
        if clean:
            raise WrongInput(_("A number was typed, and the answer says that none was seen. Say one of the two."))
        return ""
    if not may_be_a_number(clean):
        raise WrongInput(_("Type the number as it stands on the document: 6 to 30 letters and digits."))
    return clean
