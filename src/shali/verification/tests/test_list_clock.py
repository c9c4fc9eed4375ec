"""What the badge of a list says."""

from datetime import datetime, timedelta, timezone

import pytest

from shali.verification.queries.lists import ListRow
from shali.verification.web.present import list_verdict

HANDED_OVER = datetime(2022, 8, 10, 8, 0, tzinfo=timezone(timedelta(hours=8)))


def row(*, still_open: int, overdue: int) -> ListRow:
    return ListRow(
        public_id="0123456789ab",
        day=HANDED_OVER.date(),
        number=1,
        channel=1,
        sender="乌有市推送专班",
        state=2,
        handed_over_at=HANDED_OVER,
        due_at=HANDED_OVER + timedelta(hours=24),
        closed_at=None,
        announced=None,
        received=10,
        people=10,
        open=still_open,
        overdue=overdue,
        doubtful=0,
    )


@pytest.mark.parametrize(
    ("hours", "still_open", "overdue", "state"),
    [
        (1, 5, 0, "ontime"),
        (1, 5, 2, "ontime"),  # two of its people were due earlier, for another list
        (19, 5, 0, "soon"),
        (25, 5, 5, "overdue"),
        (25, 0, 0, "done"),
    ],
)
def test_a_list_shows_its_own_clock(hours: int, still_open: int, overdue: int, state: str) -> None:
    at = HANDED_OVER + timedelta(hours=hours)

    assert list_verdict(row(still_open=still_open, overdue=overdue), at, soon_share=0.75) == state
