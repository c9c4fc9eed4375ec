"""A person's tasks on his own page."""

from datetime import datetime

from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.people.web.panels import Panel
from shali.foundation.tasks.queries.desk import tasks_of_person


def tasks_panel(scope: Scope, person: int, at: datetime) -> Panel:
    return Panel("tasks/_of_person.html", {"rows": tasks_of_person(scope, person, at=at), "at": at})
