"""The rows of a confirmed file that are still to be settled, a chunk at a time."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from shali.foundation.intake.models import Batch
from shali.foundation.intake.reading import Mapping, Reading, RowRead
from shali.foundation.intake.services.kept import kept_rows
from shali.foundation.intake.services.look import Looked, look
from shali.foundation.intake.services.original import opened_file
from shali.foundation.jurisdictions.rows import uncollected
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.places.queries import gazetteer


def chunks_of(batch: Batch, *, at: datetime, size: int, skip: int) -> Iterator[list[RowRead]]:
    """Yield the rows behind the first `skip`: as they were kept, or read anew from the file."""
    mapping = Mapping.from_json(batch.mapping) if batch.mapping else _remembered(batch)
    with opened_file(batch) as (path, name):
        reading = Reading(path, name=name, mapping=mapping, with_cells=True)
        rows = kept_rows(batch.file, reading=reading, at=at) or reading.rows()
        rest = islice((row for row in rows if row.state != "skipped"), skip, None)
        while chunk := list(islice(rest, size)):
            yield chunk


def look_at(chunk: list[RowRead]) -> Looked:
    """Say who is meant by each row, as the register stands now."""
    with uncollected(), in_scope(system_scope("intake")):
        return look(chunk, gazetteer=gazetteer(system_scope("intake")))


def _remembered(batch: Batch) -> Mapping:
    from shali.foundation.intake.services.mappings import remembered_for

    with in_scope(system_scope("intake")):
        return remembered_for(system_scope("intake", batch.path), sender=batch.sender)
