"""What a look at a person may be for: the tasks about him."""

from django.urls import reverse

from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.people.services.grounds import Ground
from shali.foundation.tasks.models import TaskState
from shali.foundation.tasks.queries.desk import tasks_about


def grounds_of(scope: Scope, person: int) -> list[Ground]:
    """Return the tasks of the scope about one person, open ones first, the newest on top."""
    return [
        Ground(
            id=task.id,
            public_id=task.public_id,
            href=reverse("tasks:task", args=[task.public_id]),
            unit=task.unit,
            unit_en=task.unit_en,
            handed_over_at=task.handed_over_at,
            is_open=task.state != TaskState.CLOSED,
        )
        for task in tasks_about(scope, person)
    ]
