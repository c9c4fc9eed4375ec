"""Rounds that ask again, what differs between them and the first, and what a worker has to ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, Q

from shali.foundation.accounts.queries import who
from shali.foundation.clocks import day_of
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.queries.masked import Masked, masked_many
from shali.foundation.policy.rules import Question, questionnaire
from shali.foundation.tasks.models import TaskState
from shali.foundation.ui.paging import Page, page_by_hour
from shali.foundation.ui.refusal import NotInScope
from shali.verification.models import AskedAgain, Difference, LookBack, SecondAnswer
from shali.verification.rules import ANSWERS, Fact


@dataclass(frozen=True, slots=True)
class RoundRow:
    """people = closed + open; differences counts those still open, settled those that are not."""

    public_id: str
    lists: tuple[str, ...]
    chosen: Mapping[str, object]
    frozen_at: datetime
    due_at: datetime
    closed_at: datetime | None
    people: int
    closed: int
    open: int
    differences: int
    settled: int


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    public_id: str
    task: str
    person: Masked | None
    unit: str
    unit_en: str
    questionnaire: str
    question: str
    first: str
    second: str
    opened_at: datetime
    settled_as: str
    settled_by: str
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be asked of one person, and what was answered in each round. first_by: who does not ask again."""

    round: str
    questionnaire: str
    questions: tuple[str, ...]
    first: Mapping[str, str]
    second: Mapping[str, str]
    first_by: tuple[str, ...]
    open_differences: tuple[str, ...]


def rounds(scope: Scope, *, closed: bool = False, after: str = "") -> Page[RoundRow]:
    """Return a page of the rounds of a scope: open ones, the earliest due on top; or closed ones, the newest on top."""
    found = LookBack.objects.filter(within(scope.path), closed_at__isnull=not closed)
    page = page_by_hour(found, "closed_at" if closed else "due_at", after=after, is_newest_first=closed)
    return replace(page, rows=_rounds(scope, page.rows))


def one_round(scope: Scope, public_id: str) -> RoundRow:
    """Return one round.

    :raises NotInScope: there is none for this scope
    """
    found = LookBack.objects.filter(within(scope.path), public_id=public_id).first()
    if found is None:
        raise NotInScope
    return _rounds(scope, [found])[0]


def differences(scope: Scope, public_id: str, *, at: datetime, settled: bool, after: str = "") -> Page[DifferenceRow]:
    """Return a page of what differs between a round and the first, the oldest first.

    :raises NotInScope: there is no such round for this scope
    """
    one_round(scope, public_id)
    rows = Difference.objects.filter(
        within(scope.path), asked__look_back__public_id=public_id, settled_at__isnull=not settled
    ).select_related("asked__task__unit", "asked__look_back")
    page = page_by_hour(rows, "opened_at", after=after)
    found = page.rows
    people = masked_many(scope, [one.asked.person_id for one in found], on=day_of(at))
    names = who(one.settled_by for one in found)
    lines = [
        DifferenceRow(
            public_id=one.public_id,
            task=one.asked.task.public_id,
            person=people.get(one.asked.person_id),
            unit=one.asked.task.unit.name,
            unit_en=one.asked.task.unit.name_en,
            questionnaire=one.asked.look_back.questionnaire,
            question=one.question,
            first=one.first,
            second=one.second,
            opened_at=one.opened_at,
            settled_as=one.settled_as,
            settled_by=names[one.settled_by].name if one.settled_by in names else one.settled_by,
            settled_at=one.settled_at,
        )
        for one in found
    ]
    return replace(page, rows=lines)


def asked_of(scope: Scope, task: str) -> Asked:
    """Return what a task of a round asks.

    :raises NotInScope: there is no such task for this scope
    """
    found = (
        AskedAgain.objects.select_related("look_back")
        .filter(within(scope.path, "task__path"), task__public_id=task)
        .first()
    )
    if found is None:
        raise NotInScope
    second = {answer.question: answer.answer for answer in SecondAnswer.objects.filter(asked=found).order_by("id")}
    still_open = found.differences.filter(settled_at=None).order_by("id")
    return Asked(
        round=found.look_back.public_id,
        questionnaire=found.look_back.questionnaire,
        questions=tuple(found.look_back.questions),
        first=found.first,
        second=second,
        first_by=tuple(found.first_by),
        open_differences=tuple(still_open.values_list("question", flat=True)),
    )


def answers_of(scope: Scope, rule_id: str, question: str) -> tuple[str, ...]:
    """Return the codes of the answers that a question of a questionnaire has; the documents are public."""
    found = question_of(scope, rule_id, question)
    if found.fact:
        return tuple(answer.code for answer in ANSWERS[Fact(found.fact)])
    return tuple(found.answers)


def question_of(scope: Scope, rule_id: str, question: str) -> Question:
    """Return a question of a questionnaire.

    :raises NotInScope: it has no such question
    """
    for one in questionnaire(rule_id).questions:
        if one.id == question:
            return one
    raise NotInScope


def _rounds(scope: Scope, found: Sequence[LookBack]) -> list[RoundRow]:
    """Count rounds: two questions, however many they are."""
    numbers = [one.pk for one in found]
    asked = AskedAgain.objects.filter(within(scope.path, "task__path"), look_back_id__in=numbers).order_by()
    closed = Count("pk", filter=Q(task__state=TaskState.CLOSED))
    sums = {one: rest for one, *rest in asked.values_list("look_back_id").annotate(people=Count("pk"), closed=closed)}
    differ = Difference.objects.filter(within(scope.path), asked__look_back_id__in=numbers).order_by()
    still_open = Count("pk", filter=Q(settled_at=None))
    settled = Count("pk", filter=Q(settled_at__isnull=False))
    counts = {
        one: rest
        for one, *rest in differ.values_list("asked__look_back_id").annotate(still_open=still_open, settled=settled)
    }
    return [_round(one, sums.get(one.pk, [0, 0]), counts.get(one.pk, [0, 0])) for one in found]


def _round(one: LookBack, sums: Sequence[int], counts: Sequence[int]) -> RoundRow:
    """sums: people, closed; counts: differences open, settled"""
    return RoundRow(
        public_id=one.public_id,
        lists=tuple(one.lists),
        chosen=one.chosen,
        frozen_at=one.frozen_at,
        due_at=one.due_at,
        closed_at=one.closed_at,
        people=sums[0],
        closed=sums[1],
        open=sums[0] - sums[1],
        differences=counts[0],
        settled=counts[1],
    )
