"""Hours in refusals are those on the wall of the office."""

from datetime import UTC, datetime

import pytest

from shali.foundation.tasks.models import Task, TaskState
from shali.verification.models import Check
from shali.verification.services.findings import TaskIsClosed, _refuse_closed


def test_an_entry_that_comes_too_late_is_told_the_citys_hour():
    ended = Check(task=Task(state=TaskState.CLOSED), ended_at=datetime(2022, 8, 10, 4, 5, tzinfo=UTC))

    with pytest.raises(TaskIsClosed) as refused:
        _refuse_closed(ended)

    assert "12:05" in refused.value.message
