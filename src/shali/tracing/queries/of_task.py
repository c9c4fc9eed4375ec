"""What of this desk a task, or a person, belongs to."""

from dataclasses import dataclass
from datetime import datetime

from shali.foundation.jurisdictions.reading import read_by_key
from shali.foundation.jurisdictions.scope import Scope, within
from shali.tracing.models import Case, Contact
from shali.tracing.queries.case import Progress, progress_of
from shali.tracing.queries.contacts import ContactRow, contact_rows
from shali.tracing.queries.find import seen_contacts


@dataclass(frozen=True, slots=True)
class CaseOf:
    public_id: str
    number: int
    classification: int


def case_of_task(scope: Scope, task: str) -> tuple[str, Progress] | None:
    """Return the case whose clock a task is, with its progress."""
    rows = Case.objects.filter(within(scope.path)).select_related("outbreak")
    found = rows.filter(core_task__public_id=task).first() or rows.filter(report_task__public_id=task).first()
    return (found.public_id, progress_of(scope, found)) if found else None


def contact_of_task(scope: Scope, task: str) -> str | None:
    """Return the contact whose moving a task is about."""
    found = Contact.objects.filter(within(scope.path), task__public_id=task)
    return found.values_list("public_id", flat=True).first()


IS_TRACED = """
select exists (select from tracing_case c where c.person_id = %(person)s),
  exists (select from tracing_contact c where c.person_id = %(person)s)
"""


def traced(scope: Scope, person: int, *, at: datetime) -> tuple[list[CaseOf], list[ContactRow]]:
    """Return a person's cases and contacts within the scope."""
    # Of nearly everybody there is neither: what is not there is not asked for.
    [(is_case, is_contact)] = read_by_key(IS_TRACED, person=person)
    if not (is_case or is_contact):
        return [], []
    cases = Case.objects.filter(within(scope.path), person_id=person).order_by("-number")
    contacts = Contact.objects.filter(seen_contacts(scope), person_id=person).select_related("unit", "assignee__user")
    return (
        [CaseOf(one.public_id, one.number, one.classification) for one in cases],
        contact_rows(scope, list(contacts.order_by("-id")), at=at),
    )
