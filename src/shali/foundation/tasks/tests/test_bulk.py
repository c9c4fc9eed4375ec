"""One act over many tasks: chosen once, accounted for, gone on with after a kill, taken back where that is lawful."""

import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from shali.foundation.tasks.jobs import run_bulk_act, undo_bulk_act
from shali.foundation.tasks.models import BulkAct, BulkState, BulkTask, Event, Reminder, Task, TaskState
from shali.foundation.tasks.queries.bulk import bulk_act, bulk_tasks
from shali.foundation.tasks.queries.desk import Filter
from shali.foundation.tasks.services import accept as own
from shali.foundation.tasks.services import bulk
from shali.foundation.tasks.services.bulk import Selection, accept_many, assign_many, remind_many
from shali.foundation.tasks.services.reach import NotLawful
from shali.foundation.tasks.services.undo_bulk import undo_bulk
from shali.foundation.tasks.tests.conftest import AT, City
from shali.foundation.ui.refusal import MoreThanSaid, NotInScope, WrongInput

ALL = 10_000


def reasons(act: str) -> dict[str, str]:
    rows = BulkTask.objects.filter(act__public_id=act, state=BulkState.SKIPPED)
    return dict(rows.values_list("task__public_id", "reason"))


def test_each_skipped_one_is_named_with_its_reason(city: City, acting) -> None:
    one, two = city.tasks(2)
    own.accept(task=two.public_id, seen=1, **acting("first"))

    asked = accept_many(selection=Selection(tasks=[one.public_id, two.public_id]), **acting("first"))

    assert (asked.is_finished, asked.done, asked.skipped) == (True, 1, 1)
    assert reasons(asked.act) == {two.public_id: "accepted"}


@pytest.mark.parametrize("name", ["far", "nothing"])
def test_a_number_that_names_nothing_here_is_named_and_nothing_is_done(city: City, acting, name: str) -> None:
    (one,) = city.tasks(1)
    wrong = city.tasks(1, unit=city.far)[0].public_id if name == "far" else "zzzzzzzzzzzz"

    with pytest.raises(WrongInput, match=wrong) as refused:
        accept_many(selection=Selection(tasks=[one.public_id, wrong]), **acting("first"))

    assert refused.value.fields == {"tasks": wrong}
    assert not BulkAct.objects.exists()
    assert Task.objects.filter(state=TaskState.ACCEPTED).count() == 0


@pytest.mark.parametrize(
    ("chosen", "refused"),
    [
        (Selection(all_of=Filter("open")), WrongInput),
        (Selection(all_of=Filter("open"), count=2), MoreThanSaid),
        (Selection(all_of=Filter("opened"), count=3), WrongInput),
        (Selection(all_of=Filter(""), count=3), WrongInput),
        (Selection(all_of=Filter("open", "4199"), count=3), NotInScope),
        (Selection(all_of=Filter("blocked"), count=3), WrongInput),
        (Selection(tasks=["zzzzzzzzzzzz"], all_of=Filter("open"), count=3), WrongInput),
    ],
)
def test_all_of_a_filter_is_said_with_its_number_or_means_nothing(
    city: City, acting, chosen: Selection, refused: type[Exception]
) -> None:
    city.tasks(3)

    with pytest.raises(refused):
        accept_many(selection=chosen, **acting("township"))

    assert not BulkAct.objects.exists()


def test_what_left_a_filter_meanwhile_hinders_nobody(city: City, acting) -> None:
    city.tasks(2)

    assert accept_many(selection=Selection(all_of=Filter("not_accepted"), count=3), **acting("township")).done == 2


def test_assigning_many_accepts_them_and_leaves_other_units_alone(city: City, acting) -> None:
    city.tasks(2)
    (other,) = city.tasks(1, unit=city.second)
    post = city.posts["first2"]

    asked = assign_many(
        selection=Selection(all_of=Filter("open"), count=ALL),
        unit=city.first.path,
        post=post.public_id,
        **acting("township"),
    )

    assert (asked.done, reasons(asked.act)) == (2, {other.public_id: "other_unit"})
    assert Task.objects.filter(assignee=post, state=TaskState.ACCEPTED).count() == 2


def test_nothing_chosen_is_said(city: City, acting) -> None:
    with pytest.raises(WrongInput):
        accept_many(selection=Selection(), **acting("first"))


def test_of_tasks_of_others_alone_nothing_is_written(city: City, acting) -> None:
    (other,) = city.tasks(1, unit=city.far)

    with pytest.raises(WrongInput, match=other.public_id):
        remind_many(selection=Selection(tasks=[other.public_id]), **acting("first"))
    assert not BulkAct.objects.exists()


def test_ten_thousand_are_accepted_and_taken_back_in_seconds_each_with_its_line(city: City, acting) -> None:
    count = 10_000
    city.tasks(count)
    asked = accept_many(selection=Selection(all_of=Filter("not_accepted"), count=ALL), **acting("township"))
    assert (asked.is_finished, asked.done) == (False, 0)
    assert bulk_act(city.scope("township"), asked.act, at=AT).counts["waiting"] == count
    number = BulkAct.objects.get(public_id=asked.act).pk
    began = time.monotonic()

    run_bulk_act(act=number)
    taken = time.monotonic() - began

    assert Task.objects.filter(state=TaskState.ACCEPTED).count() == count
    assert Event.objects.filter(act="accepted").count() == count
    assert ProcrastinateJob.objects.filter(args={"act": number}).count() == 1
    undo_bulk(act=asked.act, **acting("township"))
    undo_bulk_act(act=number)
    assert Task.objects.filter(state=TaskState.HANDED_OVER, accepted_at=None, version=3).count() == count
    assert taken < 20


def test_a_kill_leaves_a_part_done_and_the_next_run_does_the_rest(city: City, acting, monkeypatch) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 0)
    monkeypatch.setattr(bulk, "CHUNK", 2)
    city.tasks(5)
    asked = accept_many(selection=Selection(all_of=Filter("open"), count=ALL), **acting("first"))
    steps, calls = bulk.take_steps, []

    def die_at_the_second(*given, **named):
        calls.append(given)
        if len(calls) == 2:
            raise SystemExit
        steps(*given, **named)

    monkeypatch.setattr(bulk, "take_steps", die_at_the_second)
    with pytest.raises(SystemExit):
        run_bulk_act(act=BulkAct.objects.get().pk)
    assert bulk_act(city.scope("first"), asked.act, at=AT).counts["waiting"] == 3

    run_bulk_act(act=BulkAct.objects.get().pk)
    run_bulk_act(act=BulkAct.objects.get().pk)

    assert BulkAct.objects.get().done == 5
    assert Event.objects.filter(act="accepted").count() == 5


def test_undoing_brings_back_what_stood_there_and_keeps_what_went_on(city: City, acting) -> None:
    fresh, accepted, moved_on = city.tasks(3)
    own.accept(task=accepted.public_id, seen=1, **acting("first"))
    own.assign(task=accepted.public_id, post=city.posts["first"].public_id, seen=2, **acting("first"))
    asked = assign_many(
        selection=Selection(all_of=Filter("open"), count=ALL),
        unit=city.first.path,
        post=city.posts["first2"].public_id,
        **acting("township"),
    )
    own.note(task=moved_on.public_id, text="乌有", seen=2, **acting("first"))

    undo_bulk(act=asked.act, **acting("township"))

    for one in (fresh, accepted, moved_on):
        one.refresh_from_db()
    assert (fresh.state, fresh.assignee_id, fresh.accepted_by) == (TaskState.HANDED_OVER, None, "")
    assert (accepted.state, accepted.assignee_id) == (TaskState.ACCEPTED, city.posts["first"].pk)
    assert moved_on.assignee_id == city.posts["first2"].pk
    shown = bulk_act(city.scope("township"), asked.act, at=AT)
    assert (shown.counts["undone"], shown.counts["kept"], shown.undo_until) == (2, 1, None)
    kept = bulk_tasks(city.scope("township"), asked.act, which="kept", at=AT).rows
    assert [(one.task, one.reason) for one in kept] == [(moved_on.public_id, "changed_since")]
    assert list(fresh.events.order_by("seq").values_list("act", flat=True)) == ["handed_over", "assigned", "undone"]


@pytest.mark.parametrize("why", ["a reminder", "somebody else's", "long ago", "twice"])
def test_what_cannot_be_taken_back_says_so(city: City, acting, why: str) -> None:
    city.tasks(1)
    chosen = Selection(all_of=Filter("open"), count=ALL)
    asked = (remind_many if why == "a reminder" else accept_many)(selection=chosen, **acting("township"))
    later = acting("township")
    if why == "long ago":
        later |= {"at": AT + timedelta(minutes=31)}
    if why == "somebody else's":
        later |= {"by": f"post:{city.posts['city'].pk}"}
    if why == "twice":
        undo_bulk(act=asked.act, **acting("township"))

    with pytest.raises(NotLawful):
        undo_bulk(act=asked.act, **later)
    with pytest.raises(NotInScope):
        undo_bulk(act=asked.act, **acting("far"))


def test_a_reminder_is_written_down_for_each_owner(city: City, acting) -> None:
    city.tasks(2)

    remind_many(selection=Selection(all_of=Filter("open"), count=ALL), **acting("township"))

    assert Reminder.objects.filter(step="by hand:2").count() == 2


def test_the_database_refuses_an_act_that_does_not_add_up(city: City) -> None:
    act = BulkAct.objects.create(path="4111", kind="accept", asked_by="x", asked_at=AT, total=2, done=1)

    for changes in ({"finished_at": AT}, {"undone": 1}, {"undo_asked_at": AT, "undone_by": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BulkAct.objects.filter(pk=act.pk).update(**changes)
    with pytest.raises(IntegrityError), transaction.atomic():
        BulkTask.objects.create(act=act, task=city.tasks(1)[0], state=BulkState.SKIPPED)
