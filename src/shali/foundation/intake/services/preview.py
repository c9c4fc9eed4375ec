"""The first rows of a file that nobody confirmed yet, masked, as they would be taken."""

from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

from shali.foundation.intake.models import Batch
from shali.foundation.intake.reading import Mapping, Reading, RowRead
from shali.foundation.intake.reading.headings import ADDRESS_PARTS
from shali.foundation.intake.services.mappings import remembered_for
from shali.foundation.intake.services.original import opened_file
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.formats import mask_name, mask_number, mask_phone

LOOKED_AT, SHOWN, REJECTED_SHOWN = 5_000, 5, 20
# Fields that say nothing of a person by themselves.
OPEN_FIELDS = frozenset({"seq", "sex", "age", "source", "id_kind", "ethnicity", "nationality", *ADDRESS_PARTS[:4]})


@dataclass(frozen=True, slots=True)
class RejectedRow:
    sheet: int
    row_no: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Preview:
    """samples: by sheet and table, (row in the file, masked cells by column)."""

    samples: dict[tuple[int, int], list[tuple[int, list[str]]]]
    rejected: list[RejectedRow]


def preview(scope: Scope, *, batch: Batch) -> Preview:
    """Read the head of a batch's file again with the columns as they stand."""
    said = Mapping.from_json(batch.mapping) if batch.mapping else remembered_for(scope, sender=batch.sender)
    fields = {
        (sheet["index"], number): {column["index"]: column["field"] for column in table["columns"]}
        for sheet in batch.inspection.get("sheets", [])
        for number, table in enumerate(sheet["tables"])
    }
    samples: dict[tuple[int, int], list[tuple[int, list[str]]]] = defaultdict(list)
    rejected: list[RejectedRow] = []
    with (
        opened_file(batch) as (path, name),
        closing(Reading(path, name=name, mapping=said, with_cells=True).rows()) as rows,  # type: ignore[type-var]
    ):
        for row in islice(rows, LOOKED_AT):
            if row.state == "rejected" and len(rejected) < REJECTED_SHOWN:
                rejected.append(RejectedRow(row.sheet, row.row, row.column, row.reason))
            place = (row.sheet, row.table)
            if row.state != "skipped" and len(samples[place]) < SHOWN:
                samples[place].append((row.row, _masked(row, fields.get(place, {}))))
    return Preview(dict(samples), rejected)


def _masked(row: RowRead, fields: dict[int, str]) -> list[str]:
    return [_masked_cell(fields.get(index, ""), text) for index, text in enumerate(row.cells)]


def _masked_cell(field: str, text: str) -> str:
    """Show enough of a cell to judge its column by, and not who it is."""
    text = text.strip()
    if not text or field in OPEN_FIELDS:
        return text
    if sum(character.isdigit() for character in text) >= 7:
        return mask_phone(text) if "phone" in field else mask_number(text)
    return mask_name(text)
