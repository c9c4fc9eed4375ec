"""A round that asks again: answered by other workers, until no difference is open."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.tasks.services.close import close_task
from shali.foundation.tasks.services.step import progress
from shali.foundation.ui.refusal import NotInScope, Refusal, WrongInput
from shali.foundation.vault.sealing import seal
from shali.verification.models import (
    AskedAgain,
    Difference,
    LookBack,
    SecondAnswer,
    Way,
)
from shali.verification.queries.look_back import answers_of
from shali.verification.rules import SETTLEMENTS
from shali.verification.services.findings import Recorded


class SameWorker(Refusal):
    """Whoever answered the first time does not ask again."""


class SettledBefore(Refusal):
    """Somebody settled the difference first."""


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of the second round; entry: the device's own name for it."""

    entry: UUID
    question: str
    answer: str
    way: Way
    taken_at: datetime
    note: str = ""


@transaction.atomic
def answer_again(*, scope: Scope, task: str, said: Said, by: str, at: datetime) -> Recorded:
    """Record an answer of the second round; one that differs from the first opens a difference.

    :raises SameWorker: this post answered the first time
    """
    asked = _asked(scope, task)
    known = SecondAnswer.objects.filter(entry=said.entry).first()
    if known is not None:
        return Recorded(known.pk, is_new=False)
    if by in asked.first_by:
        raise SameWorker(_("You answered for this person the first time. Somebody else of your unit asks again."))
    if said.question not in asked.look_back.questions or said.answer not in answers_of(
        scope, asked.look_back.questionnaire, said.question
    ):
        raise WrongInput(_("There is no such answer to this question."))
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('verification_secondanswer', 'id'))")
        number = int(cursor.fetchone()[0])
    note = seal(said.note, table="verification_secondanswer", column="note", row=number) if said.note else None
    SecondAnswer.objects.create(
        pk=number,
        asked=asked,
        entry=said.entry,
        question=said.question,
        answer=said.answer,
        way=said.way,
        at=min(said.taken_at, at),
        recorded_at=at,
        by=by,
        note_sealed=note,
    )
    _compare(asked, said, at=at)
    progress(task=asked.pk, scope=scope, by=by, at=at, detail={"question": said.question, "answer": said.answer})
    _finish(asked, by=by, at=at)
    return Recorded(number, is_new=True)


@transaction.atomic
def settle_difference(*, scope: Scope, difference: str, settled_as: str, by: str, at: datetime) -> None:
    """Say which of two rounds holds. Compare-and-set: of two desks at once, one settles it.

    :raises SettledBefore: another desk was quicker
    """
    if settled_as not in SETTLEMENTS:
        raise WrongInput(_("Say which of the two holds."))
    mine = Difference.objects.filter(within(scope.path), public_id=difference)
    found = mine.select_related("asked__look_back", "asked__task").first()
    if found is None:
        raise NotInScope
    if by in found.asked.first_by:
        raise SameWorker(_("You answered for this person the first time. Somebody else decides which holds."))
    if not mine.filter(settled_at=None).update(settled_as=settled_as, settled_by=by, settled_at=at):
        raise SettledBefore(_("Another desk settled this already; its entry stands."))
    progress(task=found.asked_id, scope=scope, by=by, at=at, detail={"difference": found.question, "as": settled_as})
    _finish(found.asked, by=by, at=at)


def _asked(scope: Scope, task: str) -> AskedAgain:
    found = (
        AskedAgain.objects.select_for_update(of=("self",))
        .select_related("look_back", "task")
        .filter(within(scope.path, "task__path"), task__public_id=task)
        .first()
    )
    if found is None:
        raise NotInScope
    return found


def _compare(asked: AskedAgain, said: Said, *, at: datetime) -> None:
    first = asked.first.get(said.question)
    still_open = Difference.objects.filter(asked=asked, question=said.question, settled_at=None)
    if first is None or first == said.answer:
        # The newer answer agrees with the first round: whoever settles it sees both answers in the history.
        return
    if not still_open.exclude(first=said.answer).update(second=said.answer):
        Difference.objects.create(
            asked=asked,
            path=asked.task.path,
            question=said.question,
            first=first,
            second=said.answer,
            opened_at=at,
        )


def _finish(asked: AskedAgain, *, by: str, at: datetime) -> None:
    """Close the person's task when everything is answered and no difference is open, and the round with its last."""
    answered = set(SecondAnswer.objects.filter(asked=asked).values_list("question", flat=True))
    if set(asked.look_back.questions) - answered or asked.differences.filter(settled_at=None).exists():
        return
    outcome = "corrected" if asked.differences.exists() else "confirmed"
    system = system_scope("verification")
    close_task(task=asked.pk, seen=None, outcome=outcome, scope=system, by=by, at=at)
    with in_scope(system):
        LookBack.objects.select_for_update().get(pk=asked.look_back_id)
        if not AskedAgain.objects.filter(look_back_id=asked.look_back_id).exclude(task__state=3).exists():
            LookBack.objects.filter(pk=asked.look_back_id, closed_at=None).update(closed_at=at)
