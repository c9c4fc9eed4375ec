"""Reminders and escalations by share of time used: set-based, each step once however often this runs."""

from datetime import datetime

from django.db import connection, transaction

from shali.foundation.journal.announce import announce
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.policy.rules import LadderStep, ladder
from shali.foundation.tasks.facts import TaskEscalated
from shali.foundation.tasks.models import Act, Reminder, Task
from shali.foundation.tasks.rules import ladder_path
from shali.foundation.tasks.services.step import take_steps

CHUNK = 2_000
BY = "system:ladder"

# Due and not yet taken; whoever works on a task at this moment is not waited for, the next minute finds it.
DUE = """
select t.id from tasks_task t
where t.state <> 3
  and t.handed_over_at + %s * (t.due_at - t.handed_over_at) <= %s
  and cardinality(string_to_array(t.path, '.')) > %s
  and not exists (select from tasks_reminder r where r.task_id = t.id and r.step = %s)
order by t.id limit %s
for no key update skip locked
"""
DEPTH_ABOVE = {"owner": 0, "township": 3, "county": 2, "city": 1}


def take_due_steps(*, at: datetime) -> int:
    """Take every step of the ladder that is due and was not taken; return how many."""
    taken = 0
    for step in ladder(at):
        while count := _take_chunk(step, at=at):
            taken += count
    return taken


@transaction.atomic
def _take_chunk(step: LadderStep, *, at: datetime) -> int:
    with in_scope(system_scope("ladder")):
        with connection.cursor() as cursor:
            cursor.execute(DUE, [step.share, at, DEPTH_ABOVE[step.to], step.id, CHUNK])
            numbers = [row[0] for row in cursor.fetchall()]
        tasks = list(Task.objects.filter(pk__in=numbers).order_by("id"))
        told = [ladder_path(task.path, step.to) for task in tasks]
        Reminder.objects.bulk_create(
            [
                Reminder(task=task, step=step.id, kind=step.act, to_path=to, at=at, by=BY)
                for task, to in zip(tasks, told, strict=True)
            ]
        )
        act = Act.ESCALATED if step.act == "escalate" else Act.REMINDED
        take_steps(tasks, act=act, changes={}, to_paths=told, detail={"step": step.id}, by=BY, at=at)
        if act == Act.ESCALATED:
            facts = [TaskEscalated(task.pk, step.id, to) for task, to in zip(tasks, told, strict=True)]
            announce(facts, by=BY, at=at)
        return len(tasks)
