"""A task changes hands; its clock does not notice."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shali.foundation.jurisdictions.scope import Scope, in_scope
from shali.foundation.people.models import Sight
from shali.foundation.tasks.models import Event, Task, TaskState, Transfer, TransferState
from shali.foundation.tasks.services import accept as own
from shali.foundation.tasks.services import transfer as passing
from shali.foundation.tasks.services.department import answer_department, ask_department
from shali.foundation.tasks.services.reach import NotLawful
from shali.foundation.tasks.services.step import TaskChanged
from shali.foundation.ui.refusal import NotInScope, Refusal, WrongInput

from .conftest import AT, City


def test_a_transfer_moves_owner_and_sight_and_keeps_the_clock(city: City, acting) -> None:
    task = city.tasks(1)[0]
    with in_scope(city.scope("first")):
        asked = passing.ask_transfer(
            task=task.public_id, to=city.far.path, reason="lives_there", seen=1, **acting("first")
        )
    task.refresh_from_db()
    assert task.path == city.first.path  # the old owner answers until it is taken
    with in_scope(city.scope("far")):
        passing.answer_transfer(transfer=asked.public_id, accepts=True, **acting("far"))

    before = (task.handed_over_at, task.due_at)
    task.refresh_from_db()
    assert (task.handed_over_at, task.due_at) == before
    assert task.path == city.far.path
    assert task.state == TaskState.ACCEPTED
    sights = dict(Sight.objects.filter(task=task.pk).values_list("path", "ends_at"))
    assert sights == {city.first.path: AT + timedelta(hours=48), city.far.path: None}


def test_a_refused_transfer_goes_to_the_common_parent_when_the_owner_insists(city: City, acting) -> None:
    task = city.tasks(1)[0]
    asked = passing.ask_transfer(task=task.public_id, to=city.second.path, reason="moved", seen=1, **acting("first"))
    with pytest.raises(NotLawful):
        passing.insist(transfer=asked.public_id, **acting("first"))
    passing.answer_transfer(transfer=asked.public_id, accepts=False, **acting("second"))
    insisted = passing.insist(transfer=asked.public_id, **acting("first"))
    assert (insisted.state, insisted.arbiter_path) == (TransferState.DISPUTED, city.township.path)
    with pytest.raises(NotInScope):
        passing.arbitrate(transfer=asked.public_id, to=city.second.path, **acting("second"))

    passing.arbitrate(transfer=asked.public_id, to=city.second.path, **acting("township"))

    task.refresh_from_db()
    assert (task.path, task.state) == (city.second.path, TaskState.HANDED_OVER)
    acts = list(Event.objects.filter(task=task).order_by("seq").values_list("act", flat=True))
    assert acts == ["handed_over", "transfer_asked", "transfer_refused", "transfer_disputed", "arbitrated"]


def test_a_refusal_waits_for_the_parent_of_owner_and_giver(city: City, acting) -> None:
    task = city.tasks(1)[0]
    refusal = passing.refuse(task=task.public_id, reason="not_ours", seen=1, **acting("first"))
    assert refusal.arbiter_path == "4111"
    with pytest.raises(NotLawful):
        passing.refuse(task=task.public_id, reason="not_ours", seen=None, **acting("first"))
    with pytest.raises(NotInScope):
        passing.arbitrate(transfer=refusal.public_id, to=city.far.path, **acting("county"))
    passing.arbitrate(transfer=refusal.public_id, to=city.far.path, **acting("city"))

    task.refresh_from_db()
    assert task.path == city.far.path


def test_a_withdrawn_request_ends_the_receivers_sight(city: City, acting, as_web) -> None:
    task = city.tasks(1)[0]
    asked = passing.ask_transfer(task=task.public_id, to=city.far.path, reason="moved", seen=None, **acting("first"))
    with as_web(), in_scope(city.scope("far")):
        assert Task.objects.filter(pk=task.pk).exists()
    passing.withdraw_transfer(transfer=asked.public_id, **acting("first"))

    with as_web(), in_scope(city.scope("far")):
        assert not Task.objects.filter(pk=task.pk).exists()
        assert not Event.objects.filter(task_id=task.pk).exists()
    assert not Sight.objects.filter(task=task.pk, path=city.far.path, ends_at=None).exists()


def test_only_a_post_in_force_at_the_unit_is_assigned(city: City, acting) -> None:
    task = city.tasks(1)[0]
    with pytest.raises(WrongInput):
        own.assign(task=task.public_id, post=city.posts["second"].public_id, seen=None, **acting("first"))

    own.assign(task=task.public_id, post=city.posts["first2"].public_id, seen=None, **acting("first"))

    task.refresh_from_db()
    assert (task.assignee_id, task.state) == (city.posts["first2"].pk, TaskState.ACCEPTED)


def test_the_slower_of_two_is_told_who_and_when(city: City, acting) -> None:
    task = city.tasks(1)[0]
    own.accept(task=task.public_id, seen=1, **acting("first"))

    with pytest.raises(TaskChanged) as refused:
        own.block(task=task.public_id, waits_for="person", seen=1, **acting("first2"))

    assert "某first" in refused.value.message
    assert "09:00" in refused.value.message


def test_a_department_answers_its_own_requests_alone(city: City, acting) -> None:
    task = city.tasks(1)[0]
    department = city.posts["police"].department_id or 0
    asked = ask_department(
        task=task.public_id, department=department, ask="locate_phone", seen=None, **acting("township")
    )
    with pytest.raises(NotInScope):
        answer_department(request=asked.public_id, answer="done", **acting("city"))
    answer_department(request=asked.public_id, answer="done", note="见附页", **acting("police"))
    with pytest.raises(TaskChanged):
        answer_department(request=asked.public_id, answer="done", **acting("police"))

    task.refresh_from_db()
    assert task.path == city.first.path


NAMES = ("first", "second", "far", "township", "county", "city")
ACTS = ("accept", "refuse", "ask", "yes", "no", "withdraw", "insist", "arbitrate", "block", "unblock", "assign", "note")


def _try(act: str, city: City, task: Task, name: str, to: str, hours: int) -> None:
    scope: Scope = city.scope(name)
    who = {"scope": scope, "by": scope.name, "at": AT + timedelta(hours=hours)}
    latest = Transfer.objects.filter(task=task).order_by("-id").first()
    given = {"task": task.public_id, "seen": None, **who}
    transfer = {"transfer": latest.public_id if latest else "-", **who}
    acts = {
        "accept": lambda: own.accept(**given),
        "refuse": lambda: passing.refuse(reason="not_ours", **given),
        "ask": lambda: passing.ask_transfer(to=to, reason="moved", **given),
        "yes": lambda: passing.answer_transfer(accepts=True, **transfer),
        "no": lambda: passing.answer_transfer(accepts=False, **transfer),
        "withdraw": lambda: passing.withdraw_transfer(**transfer),
        "insist": lambda: passing.insist(**transfer),
        "arbitrate": lambda: passing.arbitrate(to=to, **transfer),
        "block": lambda: own.block(waits_for="person", **given),
        "unblock": lambda: own.unblock(**given),
        "assign": lambda: own.assign(post=city.posts[name].public_id, **given),
        "note": lambda: own.note(text="已电话联系", **given),
    }
    with suppress(Refusal, NotInScope):
        acts[act]()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(ACTS), st.sampled_from(NAMES), st.sampled_from(("first", "second", "far"))),
        min_size=5,
        max_size=25,
    )
)
def test_whatever_is_done_history_is_one_line_and_the_clock_never_starts_anew(city: City, steps) -> None:
    task = city.tasks(1)[0]
    clock = (task.handed_over_at, task.due_at)
    for hours, (act, name, to) in enumerate(steps):
        _try(act, city, task, name, getattr(city, to).path, hours)

    task.refresh_from_db()
    assert (task.handed_over_at, task.due_at) == clock
    seqs = list(Event.objects.filter(task=task).order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, task.version + 1))
    assert task.path == task.unit.path
    assert Sight.objects.filter(task=task.pk, path=task.path, ends_at=None).count() == 1
    waiting = Transfer.objects.filter(task=task, state__in=(1, 4)).values_list("to_path", flat=True)
    lookers = set(Sight.objects.filter(task=task.pk, ends_at=None).values_list("path", flat=True))
    assert lookers <= {task.path, *waiting}
