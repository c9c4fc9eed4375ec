"""What this desk shows on the pages of rooms below: on its tasks, a person's page, and a group's file."""

from datetime import datetime

from django.urls import reverse

from shali.foundation.intake.web.homes import Home
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.people.web.panels import Panel as PersonPanel
from shali.foundation.tasks.web.panels import Panel
from shali.foundation.ui.qr import drawn
from shali.testing.queries import words
from shali.testing.queries.groups import group_of_batch
from shali.testing.queries.homes import walk_of_task
from shali.testing.queries.own import code_of, standings_of
from shali.testing.queries.tubes import home_of_task, recall_of_task

EMPTY = "testing/_nothing.html"


def recall_panel(scope: Scope, task: str, at: datetime) -> Panel:
    """Why somebody owes another sample."""
    found = recall_of_task(scope, task)
    if found is None:
        return Panel(EMPTY, {})
    return Panel("testing/_recall_task.html", {"recall": found, "why": words.RECALLS[found.why]})


def home_panel(scope: Scope, task: str, at: datetime) -> Panel:
    found = home_of_task(scope, task)
    walk = walk_of_task(scope, task)
    return (
        Panel("testing/_home_task.html", {"expected": found, "walk": walk}) if found is not None else Panel(EMPTY, {})
    )


def person_panel(scope: Scope, person: int, at: datetime) -> PersonPanel:
    rows = [(one, words.STANDINGS[one.standing]) for one in standings_of(scope, person)]  # type: ignore[index]
    code = code_of(scope, person, at=at) if rows else ""
    return PersonPanel("testing/_person.html", {"standings": rows, "code": drawn(code) if code else None})


def group_home(scope: Scope, batch: int) -> Home | None:
    found = group_of_batch(scope, batch)
    return Home(found.name, reverse("testing:group", args=[found.public_id])) if found else None
