"""Of a file of visits: the hours that each row names, and nothing else of it."""

from collections.abc import Sequence

import orjson

from shali.foundation.intake.models import Batch, Row
from shali.foundation.intake.reading import visit_columns
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.vault.sealing import open_bytes


def hours_told(scope: Scope, batch: int, rows: Sequence[int]) -> list[tuple[str, str]]:
    """Return when somebody came and when he left, as written in each row of a batch; '' where a row says nothing."""
    found = Batch.objects.get(within(scope.path), pk=batch)
    places = {
        (sheet["index"], number): _places([column["heading"] or "" for column in table["columns"]])
        for sheet in found.inspection.get("sheets", [])
        for number, table in enumerate(sheet["tables"])
    }
    held = Row.objects.filter(batch=found).in_bulk(list(rows))
    return [_hours(held[row], places.get((held[row].sheet, held[row].table), (None, None))) for row in rows]


def _places(headings: list[str]) -> tuple[int | None, int | None]:
    came, left = visit_columns(headings)
    return headings.index(came) if came else None, headings.index(left) if left else None


def _hours(row: Row, places: tuple[int | None, int | None]) -> tuple[str, str]:
    cells = orjson.loads(open_bytes(row.cells_sealed, table="intake_row", column="cells", row=row.pk))["cells"]
    came, left = (cells[place].strip() if place is not None and place < len(cells) else "" for place in places)
    return came, left
