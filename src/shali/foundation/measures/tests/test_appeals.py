"""An appeal has a clock, and is answered by somebody who did not decide the measure."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from shali.foundation.jurisdictions.scope import in_scope
from shali.foundation.measures.models import Appeal
from shali.foundation.measures.services.appeal import answer_appeal, lodge_appeal
from shali.foundation.measures.services.decide import decide, lift
from shali.foundation.measures.services.step import NotAllowed
from shali.foundation.tasks.models import Task
from shali.foundation.ui.refusal import WrongInput

from .conftest import AT, Town

LATER = AT + timedelta(hours=3)


def appealed(town: Town) -> Appeal:
    new = town.proposed(town.people[0])
    decide(measure=new.public_id, approves=True, **town.acts("lead"))
    return lodge_appeal(measure=new.public_id, way="community", grounds="当日不在现场", **town.acts("first", LATER))


def test_an_appeal_is_a_task_of_the_body_that_imposed_the_measure_due_by_the_pack(town: Town) -> None:
    appeal = appealed(town)

    task = Task.objects.get(pk=appeal.task_id)
    assert (task.kind, task.path, task.due_at) == ("appeal", "4111", LATER + timedelta(hours=24))
    assert appeal.rule == "appeal@measures-luohe-2022"


def test_whoever_decided_the_measure_does_not_answer(town: Town) -> None:
    appeal = appealed(town)
    said = {"appeal": appeal.public_id, "outcome": "upheld", "answer": "事实清楚"}

    for name in ("lead", "first"):
        with pytest.raises(NotAllowed):
            answer_appeal(**said, **town.acts(name, LATER))

    answer_appeal(**said, **town.acts("lead2", LATER))
    assert Task.objects.get(pk=appeal.task_id).outcome == "upheld"


def test_an_answer_that_says_lifted_comes_after_the_lifting(town: Town) -> None:
    appeal = appealed(town)
    said = {"appeal": appeal.public_id, "outcome": "lifted", "answer": "不符合密接判定"}
    with pytest.raises(NotAllowed):
        answer_appeal(**said, **town.acts("lead2", LATER))

    lift(measure=appeal.measure.public_id, reason="appeal", **town.acts("lead2", LATER))
    answer_appeal(**said, **town.acts("lead2", LATER))

    assert Appeal.objects.get().outcome == "lifted"


def test_one_appeal_waits_at_a_time_and_says_why(town: Town) -> None:
    appeal = appealed(town)
    again = {"measure": appeal.measure.public_id, "way": "paper"}

    with pytest.raises(NotAllowed):
        lodge_appeal(grounds="再次提出", **again, **town.acts("first", LATER))
    with pytest.raises(WrongInput):
        lodge_appeal(grounds=" ", **again, **town.acts("first", LATER))


@pytest.mark.parametrize(
    "sql",
    [
        "update measures_appeal set due_at = due_at + interval '1 day'",
        "update measures_appeal set against = 'post:0'",
        "delete from measures_appeal",
        "update tasks_task set state = 3, closed_at = now(), closed_by = 'x', outcome = 'x' where kind = 'appeal'",
        "update measures_appeal set state = 2, outcome = 'upheld', decided_by = against, decided_at = lodged_at,"
        " answer_sealed = 'x'",
    ],
)
def test_the_database_keeps_the_appeal_and_its_task(
    town: Town, as_web: Callable[[], AbstractContextManager[None]], sql: str
) -> None:
    appealed(town)

    with pytest.raises(DatabaseError), transaction.atomic(), as_web(), in_scope(town.city.scope("lead")):
        connection.cursor().execute(sql)
