from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.intake.models import BatchState
from shali.foundation.intake.services.original import opened_file
from shali.foundation.journal.access import record_access
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.refusal import NotInScope, Refusal
from shali.verification.models import PushedList
from shali.verification.queries.lists import pushed_list as list_in_scope
from shali.verification.queries.reply import reply_figures, reply_rows
from shali.verification.services.reply.columns import added_cells, count_lines, headings
from shali.verification.services.reply.write import Added, into_own_workbook, row_by_row

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A sender's own workbook is held in memory whole to be answered in; a longer one is written anew, row by row.
MOST_ROWS_IN_PLACE = 60_000


class NotSettledYet(Refusal):
    """Rows of the list are still being settled; a reply would miss them."""


@dataclass(frozen=True, slots=True)
class Reply:
    content: BytesIO
    file_name: str
    content_type: str = XLSX


@transaction.atomic
def make_reply(*, scope: Scope, pushed_list: str, by: str, at: datetime) -> Reply:
    """Return the sender's file with what became of each row. Leaving the house, it is an export and recorded as one.

    :raises NotInScope: another unit received the list
    :raises NotSettledYet: its rows have no state yet
    """
    one = list_in_scope(scope, pushed_list)
    if not scope.holds(one.path):
        # A unit that was handed some of the people does not answer for the others.
        raise NotInScope
    if one.batch is None or one.batch.state != BatchState.SETTLED:
        raise NotSettledYet(_("The rows of this list are still being settled. Make the reply when that is done."))
    content = _write(scope, one)
    record_access(
        scope=scope,
        act="export",
        purpose="answer_sender",
        subject_kind="pushed_list",
        subject=one.pk,
        fields=["row", "findings"],
        at=at,
    )
    return Reply(content, f"reply-{one.day:%Y%m%d}-{one.number}-{one.public_id}.xlsx")


def _write(scope: Scope, one: PushedList) -> BytesIO:
    batch = one.batch
    if batch is None:
        raise ValueError("A list without a file has no reply.")
    added = Added(headings(), added_cells, _("Count"), count_lines(reply_figures(scope, one)))
    form, sheets = batch.inspection["format"], batch.inspection["sheets"]
    if form in ("xlsx", "xls") and batch.received <= MOST_ROWS_IN_PLACE:
        with opened_file(batch) as (path, _name):
            return into_own_workbook(
                path, form=form, sheets=sheets, rows=reply_rows(scope, one, with_cells=False), added=added
            )
    return row_by_row(sheets, rows=reply_rows(scope, one, with_cells=True), added=added)
