"""The list of doubtful rows does not stop silently."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shali.config import reference
from shali.foundation.intake.models import Batch, BatchState, Review, ReviewState, Row, RowState
from shali.foundation.intake.queries.batches import open_reviews, reviews
from shali.foundation.intake.services.receive import receive_file
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope

AT = datetime(2022, 8, 10, tzinfo=UTC)
DESK = Scope(path="4111.02.001", name="post:1")
MANY = 203  # more than the 200 at which the list once stopped


@pytest.mark.django_db
def test_the_last_doubtful_row_is_reached_due_first(tmp_path: Path) -> None:
    reference.ensure()
    file = tmp_path / "list.csv"
    file.write_text("姓名,住址\n乌有,某街\n", encoding="utf-8")
    with in_scope(system_scope("test")):
        made = receive_file(
            scope=DESK, path=file, file_name="list.csv", purpose="verification", sender="寄件处", announced=None,
            handed_over_at=AT, by="system:test", at=AT,
        )  # fmt: skip
        Batch.objects.filter(pk=made.batch).update(
            state=BatchState.SETTLED, rows_total=MANY, rows_done=MANY, received=MANY, doubtful=MANY, settled_at=AT
        )
        rows = Row.objects.bulk_create(
            Row(batch_id=made.batch, path=DESK.path, sheet=1, row_no=n, state=RowState.DOUBTFUL, cells_sealed=b"")
            for n in range(2, MANY + 2)
        )
        Review.objects.bulk_create(
            Review(row=row, path=DESK.path, opened_at=AT, due_at=AT + timedelta(minutes=(n * 37) % 200))
            for n, row in enumerate(rows)
        )

    found, after, is_first = [], "", True
    with in_scope(DESK):
        while after or is_first:
            page = reviews(DESK, at=AT, after=after)
            assert (page.total, page.is_first) == (MANY, is_first)
            found, after, is_first = [*found, *page.rows], page.next, False
        assert open_reviews(DESK) == MANY

    assert len({one.public_id for one in found}) == MANY
    assert [one.due_at for one in found] == sorted(one.due_at for one in found)
    assert {one.state for one in found} == {ReviewState.OPEN}
