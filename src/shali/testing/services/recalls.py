"""Who owes another sample: a task with a clock at the unit where he lives, until a later sample answers for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.people.models import Person
from shali.foundation.policy.rules import limit
from shali.foundation.tasks.services.close import close_task
from shali.foundation.tasks.services.open import NewTask, open_tasks
from shali.testing.models import Recall, Round
from shali.testing.rules import Standing

KIND = "test_recall"


@dataclass(frozen=True, slots=True)
class Owing:
    """Somebody owes a sample; tube: the one for which he does."""

    person: int
    tube: int
    why: str


def open_recalls(*, round_id: int, owing: Sequence[Owing], by: str, at: datetime) -> None:
    """Open a recall for each person who has none open; a person's open task serves a second reason as well."""
    if not owing:
        return
    rule = limit(KIND, at)
    with in_scope(system_scope("testing")):
        giver = Round.objects.get(pk=round_id).path
        had = set(
            Recall.objects.filter(
                round_id=round_id, person_id__in=[one.person for one in owing], done_at=None
            ).values_list("person_id", flat=True)
        )
        fresh = [one for one in owing if one.person not in had]
        homes = {
            pk: (unit, path)
            for pk, unit, path in Person.objects.filter(pk__in=[one.person for one in fresh]).values_list(
                "pk", "unit_id", "path"
            )
        }
        due = at + timedelta(hours=rule.hours)
        new = [
            NewTask(KIND, homes[one.person][0], one.person, giver, at, due, rule.rule_id, settings.EXERCISE)
            for one in fresh
        ]
        opened = open_tasks(new, by=by, at=at)
        Recall.objects.bulk_create(
            [
                Recall(
                    round_id=round_id,
                    person_id=one.person,
                    path=homes[one.person][1],
                    tube_id=one.tube,
                    why=one.why,
                    task_id=task.task,
                    opened_at=at,
                )
                for one, task in zip(fresh, opened, strict=True)
            ]
        )


def close_recalls(*, round_id: int, settled: Sequence[tuple[int, Standing]], by: str, at: datetime) -> None:
    """End the recalls of people whom a later sample answered for; their tasks close with what it said."""
    if not settled:
        return
    said = dict(settled)
    scope = system_scope("testing")
    with in_scope(scope):
        rows = Recall.objects.select_for_update(of=("self",)).filter(
            round_id=round_id, person_id__in=list(said), done_at=None
        )
        for recall in rows.select_related("task").order_by("id"):
            outcome = said[recall.person_id].name.lower()
            Recall.objects.filter(pk=recall.pk).update(done_at=at, outcome=outcome)
            if recall.task is not None and recall.task.closed_at is None:
                close_task(task=recall.task.pk, seen=None, outcome=outcome, scope=scope, by=by, at=at)
