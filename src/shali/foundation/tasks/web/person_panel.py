"""A person's tasks on his own page: as a list, and as what a look at him may be for."""

from datetime import datetime

from django.urls import reverse

from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.people.queries.grounds import Ground
from shali.foundation.people.web.panels import Panel
from shali.foundation.tasks.models import TaskState
from shali.foundation.tasks.queries.desk import tasks_about, tasks_of_person


def tasks_panel(scope: Scope, person: int, at: datetime) -> Panel:
    return Panel("tasks/_of_person.html", {"rows": tasks_of_person(scope, person, at=at), "at": at})


def grounds_of(scope: Scope, person: int) -> list[Ground]:
    return [
        Ground(
            id=task.pk,
            public_id=task.public_id,
            href=reverse("tasks:task", args=[task.public_id]),
            unit=task.unit.name,
            unit_en=task.unit.name_en,
            handed_over_at=task.handed_over_at,
            is_open=task.state != TaskState.CLOSED,
        )
        for task in tasks_about(scope, person)
    ]
