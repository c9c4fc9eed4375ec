"""Fifty clerks ask for the rejected rows of one file at the same moment: each of them is written down, once."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from shali.config import reference
from shali.foundation.intake.services.rejected import rejected_workbook
from shali.foundation.intake.services.settle import confirm_batch, settle_batch
from shali.foundation.journal.chain import verify_chain
from shali.foundation.journal.models import AccessRecord
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.verification.models import Channel
from shali.verification.services.receive import HandOver, receive_list

NOW = datetime(2022, 8, 10, 1, 30, tzinfo=UTC)
DESK = system_scope("test")
CLERKS = 50


@pytest.mark.django_db(transaction=True)
def test_fifty_exports_at_once_leave_fifty_records_in_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("姓名,身份证号,联系电话\n例甲,,14000000001\n,,14000000002\n", encoding="utf-8")
    with in_scope(DESK):
        reference.ensure()
        said = HandOver(Channel.HOSPITAL, "例单位", "", None, NOW - timedelta(hours=1), "")
        one = receive_list(scope=DESK, path=path, file_name=path.name, hand_over=said, by="post:1", at=NOW)
        confirm_batch(scope=DESK, batch=one.batch_public_id, by="post:1", at=NOW, accepts_difference=True)
        assert settle_batch(batch=one.batch, at=NOW).rejected == 1
    sizes: list[int] = []

    def export() -> None:
        try:
            with in_scope(DESK):
                made = rejected_workbook(scope=DESK, batch=one.batch_public_id, by=DESK.name, at=NOW)
            sizes.append(len(made.content.getvalue()))
        finally:
            connection.close()

    threads = [threading.Thread(target=export) for _ in range(CLERKS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with in_scope(DESK):
        assert len(sizes) == CLERKS
        records = AccessRecord.objects.filter(act="export", subject_kind="batch", subject=one.batch)
        assert records.count() == AccessRecord.objects.count() == CLERKS
        assert verify_chain().broken_at is None
