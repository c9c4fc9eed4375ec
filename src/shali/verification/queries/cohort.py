"""Whom a look-back would ask again: people of lists, or of a filter, struck off with the four facts."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.verification.models import Check, Ending, ListEntry, ListState, PushedList
from shali.verification.queries.entries import filtered
from shali.verification.queries.lists import pushed_list
from shali.verification.rules import FACT_QUESTIONS, Fact, answer

MOST_LISTS = 200


@dataclass(frozen=True, slots=True)
class Cohort:
    """Who is meant. Every part that is given narrows it; nothing given is everybody of the scope who was struck off.

    lists: public numbers; without any, the lists of a channel and of the days since..until on which they came
    unit: path within the scope; fact, answer: whose answer that stands to that fact is this one
    """

    lists: tuple[str, ...] = ()
    unit: str = ""
    channel: int = 0
    since: date | None = None
    until: date | None = None
    fact: int = 0
    answer: str = ""

    @property
    def names_lists(self) -> bool:
        return bool(self.lists or self.channel or self.since or self.until)


def cohort_lists(scope: Scope, cohort: Cohort) -> list[PushedList]:
    """Return the lists that are meant, the newest first; none where the cohort is of no list.

    :raises NotInScope: a list that is named is not the scope's
    :raises WrongInput: more lists than a round takes
    """
    if cohort.lists:
        return [pushed_list(scope, one) for one in dict.fromkeys(cohort.lists)]
    if not cohort.names_lists:
        return []
    found = PushedList.objects.filter(within(scope.path)).exclude(state=ListState.WITHDRAWN)
    if cohort.channel:
        found = found.filter(channel=cohort.channel)
    if cohort.since:
        found = found.filter(day__gte=cohort.since)
    if cohort.until:
        found = found.filter(day__lte=cohort.until)
    lists = list(found.order_by("-handed_over_at", "-id")[: MOST_LISTS + 1])
    if len(lists) > MOST_LISTS:
        raise WrongInput(_("These are more than %(n)d lists. Choose fewer days, or one channel.") % {"n": MOST_LISTS})
    return lists


def cohort_checks(scope: Scope, cohort: Cohort, lists: list[PushedList], *, at: datetime) -> QuerySet[Check]:
    """Return the checks of those who are meant, of each person the newest. lists: as `cohort_lists` returned them.

    :raises NotInScope: the unit is not within the scope; it is never read as all of it
    :raises WrongInput: the fact has no such answer
    """
    if cohort.unit and not scope.holds(cohort.unit):
        raise NotInScope
    tasks = filtered(scope, at=at, which="closed", unit=cohort.unit).exclude(subject=None)
    tasks = tasks.filter(check_row__ending=Ending.FOUR_FACTS)
    if cohort.names_lists:
        asked = ListEntry.objects.filter(
            pushed_list_id__in=[one.pk for one in lists], duplicate_of=None, ending=Ending.FOUR_FACTS
        )
        tasks = tasks.filter(pk__in=asked.values("task_id"))
    if cohort.fact or cohort.answer:
        if cohort.fact not in set(Fact) or answer(Fact(cohort.fact), cohort.answer) is None:
            raise WrongInput(_("There is no such answer to this question."))
        column = FACT_QUESTIONS[Fact(cohort.fact)]
        tasks = tasks.filter(**{f"check_row__{column}__answer": cohort.answer})
    newest = tasks.order_by("subject_id", "-id").distinct("subject_id").values("pk")
    return Check.objects.filter(pk__in=newest).select_related("task").order_by("task_id")
