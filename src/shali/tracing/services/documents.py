"""The case report as a Word document and the contact list as a workbook: drafts for whoever is above, on record.

They name people in full, so making one is a look: its record is of the same transaction.
"""

import io
from datetime import UTC, datetime

import xlsxwriter
from django.db import transaction
from django.utils.translation import gettext as _
from docx import Document
from docx.document import Document as DocumentOf
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from shali.foundation.clocks import day_of
from shali.foundation.intake.services.rejected import MadeFile
from shali.foundation.journal.access import record_access
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.people.bridge import Candidate, Claim
from shali.foundation.people.services.identify import opened
from shali.foundation.ui.formats import day_time
from shali.tracing.models import Case, Relationship
from shali.tracing.queries import words
from shali.tracing.queries.case import contacts_of_case, stays_of
from shali.tracing.queries.contacts import ContactRow
from shali.tracing.queries.find import case_in_scope
from shali.tracing.queries.forms import answers_of, asked_now, form_of

MADE = datetime(2000, 1, 1, tzinfo=UTC)  # the same report is the same document, whenever it is made
FONT, HEAD = "仿宋", "黑体"


@transaction.atomic
def case_report(*, scope: Scope, case: str, by: str, at: datetime) -> MadeFile:
    """Return the report of a case: core information, answers, stays, contacts by class. A draft, and says so."""
    row = case_in_scope(scope, case)
    person = opened([row.person_id]).get(row.person_id)
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    document.core_properties.created = document.core_properties.modified = MADE
    document.core_properties.author = ""
    _line(document, _("Report of the investigation of case %(n)02d") % {"n": row.number}, size=20, font=HEAD)
    _line(document, _("Draft for internal use; not for publication. Made %(at)s.") % {"at": day_time(at)}, size=11)
    _heading(document, _("The case"))
    for label, value in _about(row, person):
        _line(document, f"{label}：{value}")
    form = form_of(scope, row)
    answers = answers_of(scope, row, form)
    asked = asked_now(scope, form, answers)
    for name, label in form.groups:
        _heading(document, label)
        for one in [question for question in asked if question.asked.group == name]:
            given = answers.get(one.name)
            mark = "" if given is None or given.confirmed else _(" (only told)")
            _line(document, f"{one.label}：{given.shown if given else '—'}{mark}")
    _heading(document, _("Where he was"))
    for stay in stays_of(scope, case, at=at):
        if stay.withdrawn_at is None:
            mark = "" if stay.confirmed_at else _(" (only told)")
            how = words.TRANSPORTS.get(stay.transport, "")
            _line(document, f"{day_time(stay.from_at)}–{day_time(stay.to_at)} {stay.place} {how} {stay.vehicle}{mark}")
    _heading(document, _("Whom he met"))
    met = contacts_of_case(scope, case, at=at, limit=5_000)
    for code, word in words.CLASSES.items():
        count = sum(one.contact_class == code for one in met)
        _line(document, f"{word}：{count}")
    content = io.BytesIO()
    document.save(content)
    content.seek(0)
    _record(scope, row.person_id, [row.person_id], ["report"], at)
    return MadeFile(content, f"case-{row.number:02d}-report.docx")


def _about(row: Case, person: Candidate | None) -> list[tuple[str, str]]:
    claim = person.claim if person else None
    number = claim.documents[0].number if claim and claim.documents else "—"
    return [
        (_("Name"), claim.name or "—" if claim else "—"),
        (_("Document number"), number),
        (_("Telephone"), claim.phones[0] if claim and claim.phones else "—"),
        (_("Class"), str(words.CLASSIFICATIONS[row.classification])),
        (_("Onset"), row.onset_on.isoformat() if row.onset_on else "—"),
        (_("First positive sample"), day_time(row.first_positive_at)),
        (_("Reported"), day_time(row.reported_at)),
        (_("Unit"), row.unit.name),
    ]


def _line(document: DocumentOf, text: str, *, size: int = 14, font: str = FONT) -> None:
    run = document.add_paragraph().add_run(text)
    run.font.size, run.font.name = Pt(size), "Times New Roman"
    # Without this attribute Word takes the Latin font for Chinese.
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _heading(document: DocumentOf, text: str) -> None:
    _line(document, text, size=16, font=HEAD)


@transaction.atomic
def contact_list(*, scope: Scope, case: str, by: str, at: datetime) -> MadeFile:
    """Return whom a case met as a workbook: who, how met, class and reason, where, until when, and what is missing."""
    row = case_in_scope(scope, case)
    met = contacts_of_case(scope, case, at=at, limit=20_000)
    rows = Relationship.objects.filter(case=row, withdrawn_at=None).select_related("contact").order_by("last_at")
    relations = {one.contact.public_id: one for one in rows}
    people = {public_id: one.contact.person_id for public_id, one in relations.items()}
    known = opened(sorted(set(people.values())))
    content = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(content, options)
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF6"})
    sheet = book.add_worksheet(_("Contacts"))
    heads = [
        *(_("Name"), _("Document number"), _("Telephone"), _("Address"), _("Unit"), _("Class"), _("Why")),
        *(_("Situation"), _("Protection"), _("First contact"), _("Last contact"), _("Place to stay"), _("Moved")),
        *(_("Ends on"), _("Last seen"), _("What is missing")),
    ]
    sheet.write_row(0, 0, heads, bold)
    sheet.set_column(0, len(heads) - 1, 18)
    for line, one in enumerate(met, start=1):
        claim = known[people[one.public_id]].claim if people.get(one.public_id) in known else None
        cells = _cells(one, claim, relations.get(one.public_id))
        for place, cell in enumerate(cells):
            sheet.write_string(line, place, str(cell or ""))
    book.close()
    content.seek(0)
    _record(scope, row.person_id, sorted(set(people.values())), ["name", "document", "phone", "address"], at)
    return MadeFile(content, f"case-{row.number:02d}-contacts-{day_of(at).isoformat()}.xlsx")


def _cells(one: ContactRow, claim: Claim | None, relation: Relationship | None) -> list[object]:
    return [
        claim.name if claim else "—",
        claim.documents[0].number if claim and claim.documents else "",
        claim.phones[0] if claim and claim.phones else "",
        claim.address if claim else "",
        one.unit,
        words.CLASSES[one.contact_class],
        words.WHY.get(one.why, one.why),
        words.SITUATIONS[relation.situation] if relation else "",
        words.PROTECTIONS[relation.protection] if relation else "",
        day_time(relation.first_at) if relation else "",
        day_time(relation.last_at) if relation else "",
        one.place or words.PLACES.get(one.place_kind, ""),
        day_time(one.moved_at),
        one.ends_on.isoformat() if one.ends_on else "",
        one.last_seen_on.isoformat() if one.last_seen_on else "",
        "; ".join(str(words.GAPS[gap]) for gap in one.gaps),
    ]


def _record(scope: Scope, subject: int, people: list[int], fields: list[str], at: datetime) -> None:
    record_access(
        scope=scope,
        act="export",
        purpose="investigation",
        subject_kind="person",
        subject=subject,
        people=people,
        fields=fields,
        at=at,
    )
