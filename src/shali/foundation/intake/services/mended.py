"""Rejected rows come back mended: only they are taken, each in its old place, and nothing twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shali.foundation.intake.models import Batch, BatchState, Row, RowState
from shali.foundation.intake.reading import Mapping, Reading, RowRead, SheetMapping, UnreadableFile, inspect_file
from shali.foundation.intake.services.chunk import ROW_COLUMNS, Settler
from shali.foundation.intake.services.look import RowLooked, look
from shali.foundation.intake.services.receive import FileRefused
from shali.foundation.intake.services.rejected import tables_of
from shali.foundation.intake.services.settle import recount
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.places.queries import gazetteer
from shali.foundation.ui.refusal import NotInScope, WrongInput

IGNORED = "ignore"
ADDED = 5  # columns right of the sender's own: sheet, row, column, reason, what to do


@dataclass(frozen=True, slots=True)
class Mended:
    """taken: rows that are people now, repeated or under review; not_waiting: rows that were not rejected any more."""

    taken: int
    still_rejected: int
    not_waiting: int


@transaction.atomic
def take_mended(*, scope: Scope, batch: str, path: Path, file_name: str, by: str, at: datetime) -> Mended:
    """Take the workbook of rejected rows, mended. What is still wrong stays rejected, with its new reason.

    :raises WrongInput: it is not the workbook that we gave out for this batch
    """
    found = Batch.objects.select_for_update().filter(within(scope.path), public_id=batch).first()
    if found is None or found.state != BatchState.SETTLED:
        raise NotInScope
    read = _read(found, path, file_name)
    with in_scope(system_scope("intake")):
        waiting = {
            (row.sheet, row.table, row.row_no): row for row in Row.objects.filter(batch=found, state=RowState.REJECTED)
        }
        mended = {(one.sheet, one.table, one.row): one for one in read}
        rows = [(waiting[place], one) for place, one in mended.items() if place in waiting]
        taken = [(row, one) for row, one in rows if one.state == "taken"]
        for row, one in rows:
            if one.state != "taken":
                row.reasons = [{"code": one.reason, "column": one.column}]
                row.save(update_fields=["reasons"])
        if taken:
            _Mender(found, [row for row, _ in taken], by=by, at=at).settle(
                look([one for _, one in taken], gazetteer=gazetteer(system_scope("intake")))
            )
            recount(found)
            found.save()
    return Mended(len(taken), len(rows) - len(taken), len(mended) - len(rows))


def _read(batch: Batch, path: Path, file_name: str) -> list[RowRead]:
    """Return the rows of a mended workbook at the places that they have in the sender's file."""
    tables = tables_of(batch)
    mapping = Mapping(sheets={title: _mapping(table) for title, table in tables.items()})
    try:
        titles = {
            sheet["index"]: sheet["name"]
            for sheet in inspect_file(path, mapping=mapping, name=file_name, keep=False).sheets
        }
        rows = list(Reading(path, name=file_name, mapping=mapping, with_cells=True).rows())
    except UnreadableFile as refused:
        raise FileRefused(refused.sentence(get_language() or "zh")) from refused
    placed = [_placed(row, titles.get(row.sheet, ""), tables) for row in rows if row.state != "skipped"]
    known = [row for row in placed if row is not None]
    if not known:
        said = _("This is not the workbook of rejected rows of this file. Download it, mend it, and send that one.")
        raise WrongInput(said, fields={"file": "other workbook"})
    return known


def _mapping(table: dict[str, Any]) -> SheetMapping:
    columns = {place: column["field"] or IGNORED for place, column in enumerate(table["columns"])}
    width = len(columns)
    return SheetMapping(columns | {width + added: IGNORED for added in range(ADDED)}, (1,))


def _placed(row: RowRead, title: str, tables: dict[str, dict[str, Any]]) -> RowRead | None:
    if title not in tables:
        return None
    sheet, table = (int(part) - 1 for part in title.split("-"))
    width = len(tables[title]["columns"])
    number = row.cells[width + 1].strip() if len(row.cells) > width + 1 else ""
    if not number.isdecimal():
        return None
    return row._replace(sheet=sheet, table=table, row=int(number), cells=row.cells[:width])


class _Mender(Settler):
    """Settles rows that are in the batch already: each keeps its number and its place."""

    def __init__(self, batch: Batch, rows: Sequence[Row], *, by: str, at: datetime) -> None:
        super().__init__(batch, at=at)
        self.rows, self.by = list(rows), by

    def _numbers(self, rows: Sequence[RowLooked]) -> list[int]:
        return [row.pk for row in self.rows]

    def _store(self, rows: Sequence[RowLooked], numbers: list[int], works: dict[int, Any]) -> None:
        for row, one in zip(self.rows, rows, strict=True):
            # What came first stays in the sender's own file, which is kept as it came.
            values = dict(zip(ROW_COLUMNS, self._row(one, row.pk, works.get(row.pk)), strict=True))
            values |= self._same_of_all() | {"reasons": orjson.loads(str(values["reasons"])), "decided_by": self.by}
            Row(**values).save(force_update=True)
