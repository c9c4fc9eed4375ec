"""Many at once, and by the clock."""

import time
from datetime import timedelta

import pytest

from shali.foundation.tasks.models import Event, Reminder, Task, TaskState
from shali.foundation.tasks.queries.desk import Filter
from shali.foundation.tasks.services import accept as own
from shali.foundation.tasks.services.bulk import Selection, accept_many, assign_many, remind_many
from shali.foundation.tasks.services.ladder import take_due_steps

from .conftest import HANDED_OVER, City


def test_each_skipped_one_is_named_with_its_reason(city: City, acting) -> None:
    one, two, other = *city.tasks(2), city.tasks(1, unit=city.far)[0]
    own.accept(task=two.public_id, seen=1, **acting("first"))
    chosen = Selection(tasks=[one.public_id, two.public_id, other.public_id])

    outcome = accept_many(selection=chosen, **acting("first"))

    assert outcome.done == 1
    assert {skipped.task for skipped in outcome.skipped} == {two.public_id, other.public_id}
    assert all(skipped.reason for skipped in outcome.skipped)
    other.refresh_from_db()
    assert other.state == TaskState.HANDED_OVER


def test_assigning_many_accepts_them_and_leaves_other_units_alone(city: City, acting) -> None:
    city.tasks(2)
    city.tasks(1, unit=city.second)

    outcome = assign_many(
        selection=Selection(all_of=Filter("open")),
        unit=city.first.path,
        post=city.posts["first2"].public_id,
        **acting("township"),
    )

    assert (outcome.done, len(outcome.skipped)) == (2, 1)
    assert Task.objects.filter(assignee=city.posts["first2"], state=TaskState.ACCEPTED).count() == 2


@pytest.mark.parametrize("count", [3_000])
def test_thousands_are_accepted_and_reminded_in_seconds(city: City, acting, count: int) -> None:
    city.tasks(count)
    began = time.monotonic()

    assert accept_many(selection=Selection(all_of=Filter("not_accepted")), **acting("township")).done == count
    assert remind_many(selection=Selection(all_of=Filter("open")), **acting("township")).done == count

    assert time.monotonic() - began < 8
    assert Event.objects.filter(act="accepted").count() == count
    assert Reminder.objects.filter(step="by hand:3").count() == count


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
