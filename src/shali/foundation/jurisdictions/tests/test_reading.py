"""Rows read by plain SQL are the rows that a queryset reads."""

from datetime import UTC, datetime

import pytest

from shali.config import reference
from shali.foundation.intake.models import Batch, BatchState, StoredFile
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.reading import columns, made_of, read, width
from shali.foundation.jurisdictions.scope import in_scope, system_scope

NOW = datetime(2022, 8, 10, 1, 30, tzinfo=UTC)


@pytest.mark.django_db
def test_a_row_with_json_in_it_is_the_row_that_a_queryset_reads() -> None:
    with in_scope(system_scope("test")):
        reference.ensure()
        file = StoredFile.objects.create(
            sha256=b"1" * 32, size=1, format="csv", path="4111", received_at=NOW, received_by="x", name_sealed=b"-"
        )
        made = Batch.objects.create(
            file=file, path="4111", purpose="verification", sender="寄件处", outbreak="test", announced=None,
            announced_in="", state=BatchState.MAPPING, rows_total=1,
            inspection={"format": "csv", "sheets": [{"name": ""}]}, handed_over_at=NOW, received_at=NOW,
            received_by="x",
        )  # fmt: skip
        sql = f"select {columns(Batch, 'b')}, {columns(Unit, 'u')} from intake_batch b, jurisdictions_unit u"
        (row,) = read(f"{sql} where b.id = %(batch)s and u.path = b.path", batch=made.pk)

        one, unit = made_of(Batch, row), made_of(Unit, row[width(Batch) :])
        other = Batch.objects.get(pk=made.pk)
    assert one.inspection == {"format": "csv", "sheets": [{"name": ""}]}
    assert {f.attname: getattr(one, f.attname) for f in Batch._meta.concrete_fields} == {
        f.attname: getattr(other, f.attname) for f in Batch._meta.concrete_fields
    }
    assert unit == Unit.objects.get(path="4111")
