"""The pages: who is let in, what they cost, and how they are in a browser."""

from collections.abc import Callable

import pytest
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

    as_post("township").post("/tasks/many/", {"which": "not_accepted", "all": "1", "act": "accept"})

    assert Task.objects.filter(state=TaskState.ACCEPTED).count() == 60
    assert Event.objects.filter(act="accepted").count() == 60


def test_the_pages_in_a_browser(live, page, phone, new_page, assert_accessible) -> None:
    at = now()
    city = make_city(since=at - (AT - AT.replace(hour=0)))
    tasks = city.tasks(4, at=at - (AT - AT.replace(hour=0)))
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
    shots = 0
    for browser_page, name in ((page, "first"), (phone, "first"), (new_page(dark=True, language="en"), "city")):
        live.sign_in(browser_page, city.posts[name])
        for address in ("/tasks/", f"/tasks/{tasks[1].public_id}/", f"/tasks/{tasks[0].public_id}/"):
            browser_page.goto(live.url + address)
            assert_accessible(browser_page)
            _picture(browser_page, shots := shots + 1)
        if name == "city":
            browser_page.goto(f"{live.url}/tasks/arbitration/")
            assert_accessible(browser_page)
            _picture(browser_page, shots := shots + 1)
    desk = new_page()
    live.sign_in(desk, city.posts["police"])
    desk.goto(f"{live.url}/tasks/department/")
    assert_accessible(desk)
    _picture(desk, shots + 1)
    page.goto(f"{live.url}/tasks/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live.url}/tasks/{tasks[0].public_id}/")
    page.keyboard.press("a")
    page.wait_for_selector("button[disabled]:has-text('接收')")
    assert page.locator(".timeline li").first.inner_text().find("接收") >= 0


def _picture(page, number: int) -> None:
    page.screenshot(path=f"/tmp/tasks-{number}.png", full_page=True)
