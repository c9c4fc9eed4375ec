"""A comparison as a workbook: masked as on the page, and recorded as what leaves the house."""

import io
from collections.abc import Sequence
from datetime import datetime

import xlsxwriter
from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.intake.services.rejected import MadeFile
from shali.foundation.journal.access import record_access
from shali.foundation.jurisdictions.scope import Scope
from shali.verification.queries.compare import Compared, ComparedPerson, compared_page, comparison
from shali.verification.queries.words import CONTRADICTIONS

EVERYBODY = 2_000_000


@transaction.atomic
def comparison_workbook(*, scope: Scope, lists: Sequence[str], by: str, at: datetime) -> MadeFile:
    """Return a workbook with a sheet for each part of a comparison: on all, on one alone, contradictions."""
    found = comparison(scope, lists)
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"constant_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF6"})
    count = book.add_worksheet(_("Count"))
    lines = [
        *((_title(one), one.people) for one in found.lists),
        (_("On all of them"), found.on_all),
        (_("On some of them"), found.on_some),
        *((_("Only on: %(list)s") % {"list": _title(one)}, one.only_here) for one in found.lists),
        (_("Together: people"), found.people),
        (_("With contradictions"), found.contradicting),
    ]
    for place, line in enumerate(lines):
        count.write_row(place, 0, line)
    count.set_column(0, 0, 44)
    parts = [("all", _("On all")), ("some", _("On some")), ("contradictions", _("Contradictions"))]
    parts += [(f"only{n}", _("Only list %(n)d") % {"n": n}) for n in range(1, len(found.lists) + 1)]
    for which, title in parts:
        rows = compared_page(scope, lists, which=which, at=at, size=EVERYBODY).rows
        _write_part(book.add_worksheet(title), rows, found.lists, bold)
    book.close()
    content.seek(0)
    record_access(
        scope=scope,
        act="export",
        purpose="compare_lists",
        subject_kind="pushed_list",
        subject=None,
        fields=["masked"],
        at=at,
    )
    return MadeFile(content, "comparison-" + "-".join(one.public_id for one in found.lists) + ".xlsx")


def _title(one: Compared) -> str:
    return f"{one.sender} {one.day:%Y-%m-%d} {one.number}"


def _write_part(
    page: xlsxwriter.worksheet.Worksheet, rows: Sequence[ComparedPerson], lists: Sequence[Compared], bold: object
) -> None:
    heads = [_("Name"), _("Document ends"), _("Unit"), _("Task"), *(_title(one) for one in lists)]
    page.write_row(0, 0, [*heads, _("Contradictions")], bold)
    page.set_column(0, len(heads), 20)
    for line, row in enumerate(rows, start=1):
        said = "；".join(f"{CONTRADICTIONS[code]}：{' / '.join(each)}" for code, each in row.says)
        person = [row.person.name, row.person.id_tail] if row.person else ["—", ""]
        cells = [*person, row.unit, row.task, *("✓" if on else "" for on in row.on), said]
        for place, cell in enumerate(cells):
            page.write_string(line, place, cell)
