"""What must never be, the database refuses, also from a hand that goes past the application."""

import pytest
from django.db import DatabaseError, connection, transaction

from shali.config import reference
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.tasks.models import Task
from shali.verification.tests.desk import CITY, enrol_three, establish, push

REFUSED = {
    "a task closes without an ended check": "update tasks_task set state = 3, closed_at = now() where id = {task}",
    "a check ends by four facts that are open": (
        "update verification_check set ending = 1, ended_at = now(), ended_by = 'post:2' where task_id = {task}"
    ),
    "a check ends as moved on without a receipt": (
        "update verification_check set ending = 2, ended_at = now(), ended_by = 'post:2' where task_id = {task}"
    ),
    "a check ends as deceased without a paper": (
        "update verification_check set ending = 3, ended_at = now(), ended_by = 'post:2' where task_id = {task}"
    ),
    "a check ends as its own duplicate": (
        "update verification_check set ending = 4, ended_at = now(), ended_by = 'post:2', duplicate_of_id = task_id"
        " where task_id = {task}"
    ),
    "one person proposes and decides never found": (
        "update verification_check set ending = 5, ended_at = now(), ended_by = 'post:2', proposed_by = 'post:2',"
        " proposed_at = now(), attempts = attempts_required where task_id = {task}"
    ),
    "a finding is edited": "update verification_finding set answer = 'at_home' where task_id = {task}",
    "a finding is deleted": "delete from verification_finding where task_id = {task}",
    "a fact rests on a finding about another": (
        "update verification_check set located_id = counted_id where task_id = {task}"
    ),
    "a list closes with open people": (
        "update verification_pushedlist set state = 3, closed_at = now() where id = {pushed_list}"
    ),
    "a deadline moves back": "update tasks_task set due_at = due_at + interval '1 hour' where id = {task}",
    "the clock starts again": (
        "update tasks_task set handed_over_at = handed_over_at + interval '1 hour' where id = {task}"
    ),
}


def execute(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        # An update that met no row would prove nothing.
        assert cursor.rowcount > 0


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED.keys())
def test_the_database_refuses_when(as_web, tmp_path, statement):
    with in_scope(system_scope("test")):
        reference.ensure()
        person = enrol_three()[0]
        pushed = push(tmp_path)
        task = Task.objects.get(subject_id=person)
        establish(task)
    if "ending = 1" in statement:
        with in_scope(system_scope("test")), connection.cursor() as cursor:
            cursor.execute("update verification_check set located_id = null where task_id = %s", [task.pk])

    with as_web(), in_scope(CITY), pytest.raises(DatabaseError):
        execute(statement.format(task=task.pk, pushed_list=pushed.id))
