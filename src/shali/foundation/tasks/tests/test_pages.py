"""The pages: who is let in, what they cost, and how they are in a browser."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shali.foundation.clocks import now
from shali.foundation.tasks.models import Event, Task, TaskState
from shali.foundation.tasks.services.department import ask_department
from shali.foundation.tasks.services.transfer import ask_transfer, refuse

from .conftest import AT, City, make_city

PAGES = ("/tasks/", "/tasks/arbitration/", "/tasks/department/")


@pytest.fixture
def as_post(city: City) -> Callable[[str], Client]:
    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(city.posts[name].user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.mark.parametrize("page", [*PAGES, "/tasks/000000000000/"])
def test_a_stranger_is_asked_to_sign_in(db, page: str) -> None:
    assert Client().get(page).status_code == 302


@pytest.mark.parametrize(
    ("post", "page", "status"),
    [
        ("first", "/tasks/", 200),
        ("first", "/tasks/arbitration/", 403),
        ("first", "/tasks/department/", 403),
        ("township", "/tasks/arbitration/", 200),
        ("police", "/tasks/department/", 200),
        ("police", "/tasks/", 403),
    ],
)
def test_each_post_opens_its_own_pages(as_post, post: str, page: str, status: int) -> None:
    assert as_post(post).get(page).status_code == status


def test_a_task_of_another_unit_does_not_exist(city: City, as_post) -> None:
    task = city.tasks(1)[0]

    assert as_post("first").get(reverse("tasks:task", args=[task.public_id])).status_code == 200
    for stranger in ("second", "far"):
        assert as_post(stranger).get(reverse("tasks:task", args=[task.public_id])).status_code == 404
        assert (
            as_post(stranger).post(reverse("tasks:work", args=[task.public_id]), {"act": "accept"}).status_code == 404
        )
    assert as_post("police").get(reverse("tasks:task", args=[task.public_id])).status_code == 403


@pytest.mark.parametrize("other", ["second", "far", "township"])
def test_a_unit_that_is_not_ones_own_is_never_read_as_all_of_ones_own(city: City, as_post, other: str) -> None:
    city.tasks(1)
    desk = as_post("first")

    assert desk.get("/tasks/", {"unit": city.first.path}).status_code == 200
    assert desk.get("/tasks/", {"unit": getattr(city, other).path}).status_code == 404


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as said:
        assert client.get(address).status_code == 200
    return len(said)


def test_the_desk_costs_the_same_for_one_task_and_for_fifty(city: City, as_post) -> None:
    client = as_post("township")
    city.tasks(1)
    client.get("/tasks/")
    one = _queries(client, "/tasks/")
    city.tasks(49)

    assert _queries(client, "/tasks/") == one <= 25


def test_a_chip_and_its_rows_are_the_same_number(city: City, as_post) -> None:
    city.tasks(3)
    response = as_post("township").get("/tasks/?which=not_accepted")

    assert response.context["counts"]["not_accepted"] == 3 == len(response.context["rows"])


def test_everything_under_a_filter_is_accepted_by_one_press(city: City, as_post) -> None:
    city.tasks(60)

    client = as_post("township")
    assert 'name="all" value="60"' in client.get("/tasks/?which=not_accepted").content.decode()
    client.post("/tasks/many/", {"which": "not_accepted", "all": "60", "act": "accept"})

    assert Task.objects.filter(state=TaskState.ACCEPTED).count() == 60
    assert Event.objects.filter(act="accepted").count() == 60


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"all": "3"}, 409),  # four are there
        ({"all": "1"}, 409),
        ({"all": "on"}, 422),
        ({"all": ""}, 422),
        ({"all": "4", "which": "no such"}, 422),
        ({"all": "4", "which": ""}, 422),
        ({"all": "4", "unit": "4199"}, 404),
        ({"all": "4", "task": "{first}"}, 422),
        ({"task": ["{first}", "zzzzzzzzzzzz"]}, 422),
        ({}, 422),
        ({"tasks": "{first}"}, 422),
    ],
)
def test_a_press_takes_what_was_said_or_nothing(city: City, as_post, sent: dict, status: int) -> None:
    first = city.tasks(4)[0].public_id
    said = {
        key: [one.format(first=first) for one in value] if isinstance(value, list) else value.format(first=first)
        for key, value in sent.items()
    }

    answer = as_post("township").post("/tasks/many/", {"which": "open", "act": "accept", **said})

    assert answer.status_code == status
    assert not Task.objects.filter(state=TaskState.ACCEPTED).exists()
    if "zzzzzzzzzzzz" in str(sent):
        assert "zzzzzzzzzzzz" in answer.content.decode()


def test_three_that_are_ticked_are_three(city: City, as_post) -> None:
    tasks = city.tasks(5)

    as_post("township").post("/tasks/many/", {"act": "accept", "task": [one.public_id for one in tasks[:3]]})

    assert Task.objects.filter(state=TaskState.ACCEPTED).count() == 3


def test_the_pages_in_a_browser(live, page, phone, new_page, assert_accessible) -> None:
    at = now()
    city = make_city(since=at - (AT - AT.replace(hour=0)))
    tasks = city.tasks(4, at=at - (AT - AT.replace(hour=0)), kind="visit")
    who = {"by": city.scope("first").name, "scope": city.scope("first"), "at": at}
    ask_transfer(task=tasks[1].public_id, to=city.far.path, reason="moved", seen=None, **who)
    refuse(task=tasks[2].public_id, reason="not_ours", note="查无此楼", seen=None, **who)
    ask_department(
        task=tasks[0].public_id,
        department=city.posts["police"].department_id or 0,
        ask="locate_phone",
        seen=None,
        **who,
    )
    for browser_page, name in ((page, "first"), (phone, "first"), (new_page(dark=True, language="en"), "city")):
        _enter(live, browser_page, city, name)
        for address in ("/tasks/", f"/tasks/{tasks[1].public_id}/", f"/tasks/{tasks[0].public_id}/"):
            _look(live, browser_page, address, assert_accessible)
    _look(live, browser_page, "/tasks/arbitration/", assert_accessible)
    desk = new_page(phone=True)
    _enter(live, desk, city, "police")
    _look(live, desk, "/tasks/department/", assert_accessible)
    page.goto(f"{live.url}/tasks/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live.url}/tasks/{tasks[0].public_id}/")
    page.keyboard.press("a")
    page.wait_for_selector("button[disabled]:has-text('接收')")
    assert "接收" in page.locator(".timeline li").first.inner_text()


def _look(live, page, address: str, assert_accessible) -> None:
    answer = page.goto(live.url + address)
    assert answer.status == 200
    assert_accessible(page)


def _enter(live, page, city: City, name: str) -> None:
    """Bring a session along: the first page of a post belongs to other rooms."""
    client = Client()
    client.force_login(city.posts[name].user, backend="django.contrib.auth.backends.ModelBackend")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live.url}])


def test_in_a_browser_everything_and_single_ticks_exclude_each_other(live, page) -> None:
    at = now()
    city = make_city(since=at - (AT - AT.replace(hour=0)))
    city.tasks(4, at=at - (AT - AT.replace(hour=0)), kind="visit")
    _enter(live, page, city, "township")
    page.goto(f"{live.url}/tasks/")
    rows = page.locator("input[name=task]")
    everything = page.locator("input[name=all]")
    rows.nth(0).check()
    everything.check()
    assert [rows.nth(place).is_checked() or rows.nth(place).is_enabled() for place in range(4)] == [False] * 4
    everything.uncheck()
    for place in range(3):
        rows.nth(place).check()
    page.locator("button[name=act][value=accept]").click()
    page.wait_for_url("**/tasks/many/**")
    assert Task.objects.filter(state=TaskState.ACCEPTED).count() == 3
