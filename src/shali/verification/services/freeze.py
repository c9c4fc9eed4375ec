"""People asked again: chosen by lists or by a filter, what was found of them frozen as it stood."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.policy.rules import limit, questionnaire_in_force
from shali.foundation.tasks.services.open import NewTask, open_tasks
from shali.foundation.ui.formats import num
from shali.foundation.ui.refusal import Refusal
from shali.verification.models import AskedAgain, Check, Finding, LookBack
from shali.verification.queries.cohort import Cohort, cohort_checks, cohort_lists
from shali.verification.rules import FACT_QUESTIONS, Fact, who_asks_again

KIND = "look_back"
MOST = 20_000
NOBODY = gettext_lazy("Nobody of these was struck off with the four facts yet; there is nothing to ask again.")


class NobodyToAsk(Refusal):
    """Nobody of these lists was struck off with the four facts."""


class OthersNow(Refusal):
    """What was chosen holds another number of people than the page showed, or more than a round takes."""


def freeze_lists(*, scope: Scope, lists: Sequence[str], unit: str, by: str, at: datetime) -> LookBack:
    """Freeze what was found of the people of named lists, as `freeze_cohort` does."""
    return freeze_cohort(scope=scope, cohort=Cohort(lists=tuple(lists), unit=unit), people=None, by=by, at=at)


@transaction.atomic
def freeze_cohort(*, scope: Scope, cohort: Cohort, people: int | None, by: str, at: datetime) -> LookBack:
    """Freeze what was found of people and hand each to a unit that asks again; whoever is asked just now is not twice.

    people: how many the officer saw; None where he named lists, and nothing else
    :raises NobodyToAsk: nobody of them was struck off with the four facts
    :raises OthersNow: by now it is another number, or more than `MOST`
    """
    lists = cohort_lists(scope, cohort)
    found = cohort_checks(scope, cohort, lists, at=at)
    with in_scope(system_scope("verification")):
        checks = list(found[: MOST + 1])
        if not checks:
            raise NobodyToAsk(str(NOBODY))
        if len(checks) > MOST:
            raise OthersNow(
                _("A round asks at most %(n)s people again. Choose fewer lists, or a unit.") % {"n": num(MOST)}
            )
        if people is not None and people != len(checks):
            said = _("%(now)s people are meant by now; the page showed %(then)s. Look again.")
            raise OthersNow(said % {"now": num(len(checks)), "then": num(people)})
        rule, form = limit(KIND, at), questionnaire_in_force(KIND, at)
        round_ = LookBack.objects.create(
            path=scope.path,
            lists=[one.public_id for one in lists],
            chosen=_chosen(cohort),
            unit_path=cohort.unit or scope.path,
            questionnaire=form.rule_id,
            questions=[question.id for question in form.questions],
            frozen_at=at,
            frozen_by=by,
            due_at=at + timedelta(hours=rule.hours),
            rule=rule.rule_id,
            people=len(checks),
            exercise=settings.EXERCISE,
        )
        _hand_over(round_, checks, by=by, at=at)
    return round_


def _chosen(cohort: Cohort) -> dict[str, object]:
    """Return what was chosen beside lists that were named, in codes: kept for whoever reads the round later."""
    days = {name: day.isoformat() for name, day in (("since", cohort.since), ("until", cohort.until)) if day}
    parts = {"unit": cohort.unit, "channel": cohort.channel, "fact": cohort.fact, "answer": cohort.answer}
    return {name: value for name, value in parts.items() if value} | days


def _hand_over(round_: LookBack, checks: list[Check], *, by: str, at: datetime) -> None:
    findings = {
        finding.pk: finding
        for finding in Finding.objects.filter(task_id__in=[check.pk for check in checks], establishes=True)
    }
    units = dict(Unit.objects.values_list("path", "id"))
    new = [
        NewTask(
            kind=KIND,
            unit=units[who_asks_again(first_path=check.task.path, round_path=round_.path)],
            subject=check.task.subject_id,
            giver_path=round_.path,
            handed_over_at=at,
            due_at=round_.due_at,
            rule=round_.rule,
            exercise=round_.exercise,
        )
        for check in checks
    ]
    opened = open_tasks(new, by=by, at=at)
    rows = []
    for check, task in zip(checks, opened, strict=True):
        if not task.is_new:
            continue  # the same person has an open look-back of another round, which asks the same
        facts = (check.counted_id, check.identified_id, check.located_id, check.controlled_id)
        stood = [findings[number] for number in facts if number in findings]
        first = {FACT_QUESTIONS[Fact(finding.fact)]: finding.answer for finding in stood}
        names = sorted({finding.by for finding in stood} | {check.ended_by})
        rows.append(
            AskedAgain(
                task_id=task.task,
                look_back=round_,
                person_id=check.task.subject_id or 0,
                first_task=check.task,
                first=first,
                first_by=names,
            )
        )
    if not rows:
        raise NobodyToAsk(str(NOBODY))
    AskedAgain.objects.bulk_create(rows, batch_size=2_000)
    round_.people = len(rows)
    round_.save(update_fields=["people"])
