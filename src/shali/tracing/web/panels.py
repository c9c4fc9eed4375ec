"""What this desk shows on the pages of rooms below: on its tasks, a person's page, and a roster's file."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from shali.foundation.intake.web.homes import Home
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.people.web.panels import Panel as PersonPanel
from shali.foundation.tasks.web.panels import Panel
from shali.tracing.queries import words
from shali.tracing.queries.contact import contact_record
from shali.tracing.queries.exposures import exposure_of_batch, member_of_task
from shali.tracing.queries.of_task import case_of_task, contact_of_task, traced
from shali.tracing.web import present

EMPTY = "tracing/_nothing.html"


def core_panel(scope: Scope, task: str, at: datetime) -> Panel:
    return _case_panel(scope, task, _("Core information of the case"))


def report_panel(scope: Scope, task: str, at: datetime) -> Panel:
    return _case_panel(scope, task, _("Report of the case"))


def _case_panel(scope: Scope, task: str, title: str) -> Panel:
    found = case_of_task(scope, task)
    if found is None:
        return Panel(EMPTY, {})
    case, progress = found
    return Panel("tracing/_case_task.html", {"title": title, "case": case, "progress": progress})


def contact_panel(scope: Scope, task: str, at: datetime) -> Panel:
    contact = contact_of_task(scope, task)
    if contact is None:
        return Panel(EMPTY, {})
    record = contact_record(scope, contact, at=at)
    line = present.contact_line(record.row, at=at)
    return Panel("tracing/_contact_task.html", {"contact": contact, "line": line, "why": present.why_class(record)})


def member_panel(scope: Scope, task: str, at: datetime) -> Panel:
    """What a task of an exposure asks: was he there."""
    found = member_of_task(scope, task, at=at)
    if found is None:
        return Panel(EMPTY, {})
    row, exposure = found
    context = {
        "row": row,
        "exposure": exposure,
        "answers": words.MEMBER_ANSWERS.items(),
        "answer": words.MEMBER_ANSWERS.get(row.answer, ""),
        "first": bool(row.first),
    }
    return Panel("tracing/_member_task.html", context)


def person_panel(scope: Scope, person: int, at: datetime) -> PersonPanel:
    cases, contacts = traced(scope, person, at=at)
    lines = [present.contact_line(row, at=at) for row in contacts]
    titles = [(one, f"{present.case_title(one.number)} · {words.CLASSIFICATIONS[one.classification]}") for one in cases]
    return PersonPanel("tracing/_person.html", {"cases": titles, "contacts": lines})


def roster_home(scope: Scope, batch: int) -> Home | None:
    found = exposure_of_batch(scope, batch)
    return Home(found.place, reverse("tracing:exposure", args=[found.public_id])) if found else None
