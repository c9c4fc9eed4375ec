"""What the ladder does by the clock."""

from datetime import timedelta

import pytest

from shali.foundation.tasks.models import Event, Reminder
from shali.foundation.tasks.services.ladder import take_due_steps

from .conftest import HANDED_OVER, City


@pytest.mark.parametrize(
    ("hours", "steps"),
    [
        (11, []),
        (12, ["remind_owner_half"]),
        (21, ["remind_owner_half", "remind_owner_last_quarter", "tell_township"]),
        (24, ["remind_owner_half", "remind_owner_last_quarter", "tell_township", "tell_county"]),
        (72, ["remind_owner_half", "remind_owner_last_quarter", "tell_township", "tell_county", "tell_city"]),
    ],
)
def test_each_step_is_taken_once_however_late_or_often(city: City, hours: int, steps: list[str]) -> None:
    task = city.tasks(1)[0]
    at = HANDED_OVER + timedelta(hours=hours)

    assert take_due_steps(at=at) == len(steps)
    assert take_due_steps(at=at + timedelta(minutes=1)) == 0

    assert list(Reminder.objects.filter(task=task).order_by("id").values_list("step", flat=True)) == steps
    task.refresh_from_db()
    assert Event.objects.filter(task=task).count() == task.version == 1 + len(steps)


def test_each_step_tells_its_own_level(city: City) -> None:
    city.tasks(1)
    take_due_steps(at=HANDED_OVER + timedelta(hours=31))

    told = dict(Reminder.objects.values_list("step", "to_path"))
    assert told["remind_owner_half"] == city.first.path
    assert (told["tell_township"], told["tell_county"], told["tell_city"]) == ("4111.02.001", "4111.02", "4111")
