"""The worker's telephone in a real browser: fast, without a network, without JavaScript, beside another worker."""

import json
import time
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db.models import Model
from playwright.sync_api import Page, expect

from shali.config import reference
from shali.config.testing.live import Live
from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.tasks.models import Task, TaskState
from shali.verification.models import Attempt, Check, Finding

from .desk import enrol_three, push

ANSWERS = ("household_3", "document_checked", "at_home", "home_monitoring")


@dataclass
class Community:
    """Three people of one community on a list, and two workers who answer for them."""

    live: Live
    first: Post
    second: Post

    def open(self, page: Page, post: Post | None = None) -> None:
        self.live.sign_in(page, post or self.first)
        page.goto(f"{self.live.url}/verification/my/")
        expect(page.locator("details.card[data-task]")).to_have_count(3)


@pytest.fixture
def community(live, settings, tmp_path) -> Community:
    with in_scope(system_scope("test")):
        reference.ensure()
    enrol_three()
    push(tmp_path)
    unit = Task.objects.filter(kind="verification").first().unit
    at = now()
    posts = []
    for username, name in (("worker", "甄隐"), ("colleague", "贾雨")):
        user = add_user(username=username, name=name, at=at, language="zh-hans")
        posts.append(
            give_post(
                user=user, role=Role.COMMUNITY_WORKER, unit=unit, scope=None, by="system:test", at=at - timedelta(1)
            )
        )
    return Community(live, *posts)


def card(page: Page, place: int = 0):
    return page.locator("details.card[data-task]").nth(place)


def answer(page: Page, task: str, code: str) -> None:
    page.locator(f'[data-task="{task}"] label.choice:has([value="{code}"])').tap()


def arrived(number: int, of: type[Model] = Finding) -> None:
    """Wait until so many answers are in the database."""
    give_up = time.monotonic() + 10
    while of.objects.count() < number and time.monotonic() < give_up:
        time.sleep(0.05)
    assert of.objects.count() == number


def is_kept(page: Page, number: int) -> None:
    expect(page.locator("[data-island]")).to_have_attribute("data-queued", str(number))


def test_a_plain_case_is_five_taps_in_under_thirty_seconds(community, phone, assert_accessible):
    community.open(phone)
    assert_accessible(phone)
    task = card(phone).get_attribute("data-task")
    expect(card(phone).locator("a[href^='tel:']").first).to_have_attribute("href", "tel:14400000001")
    began, taps = time.monotonic(), 0
    for code in ANSWERS:
        answer(phone, task, code)
        taps += 1
    card(phone).locator("[data-close]").tap()
    taps += 1
    expect(phone.locator(f'[data-task="{task}"]')).to_have_count(0)
    seconds = time.monotonic() - began

    assert taps == 5
    assert seconds < 30
    assert Task.objects.get(public_id=task).state == TaskState.CLOSED
    expect(phone.locator('[data-tab="open"]')).to_have_text("2")
    assert_accessible(phone)


def test_an_attempt_is_noted_with_its_result_and_the_next_hour(community, phone):
    community.open(phone)
    task = card(phone).get_attribute("data-task")
    card(phone).locator("details.more > summary").first.tap()
    card(phone).locator("[name=result]").select_option("2")
    card(phone).locator("[name=again_in]").select_option("4")
    card(phone).locator("[data-attempt]").tap()
    expect(phone.locator(".toast")).to_be_visible()
    arrived(1, Attempt)
    is_kept(phone, 0)

    made = Attempt.objects.get()
    assert made.task_id == Task.objects.get(public_id=task).pk
    assert made.result == 2
    assert timedelta(hours=3, minutes=59) < made.next_attempt_at - now() <= timedelta(hours=4)


def test_what_is_tapped_without_a_network_arrives_exactly_once(community, phone):
    community.open(phone)
    task = card(phone).get_attribute("data-task")
    phone.context.set_offline(True)
    for code in ANSWERS:
        answer(phone, task, code)
    is_kept(phone, 4)
    expect(phone.locator("[data-net]")).to_be_visible()
    expect(phone.locator("[data-net-words]")).to_contain_text("(4)")
    assert Finding.objects.count() == 0

    phone.context.set_offline(False)
    is_kept(phone, 0)

    assert sorted(Finding.objects.values_list("fact", "answer")) == list(enumerate(ANSWERS, start=1))
    expect(phone.locator("[data-net]")).to_be_hidden()


def test_a_page_read_anew_still_has_what_waits(community, phone):
    community.open(phone)
    task = card(phone).get_attribute("data-task")
    phone.route("**/verification/my/entries/", lambda route: route.abort("internetdisconnected"))
    answer(phone, task, ANSWERS[0])
    is_kept(phone, 1)

    phone.reload()
    is_kept(phone, 1)
    expect(phone.locator(f'[data-task="{task}"] [value="{ANSWERS[0]}"]')).to_be_checked()
    assert Finding.objects.count() == 0

    phone.unroute("**/verification/my/entries/")
    phone.reload()
    is_kept(phone, 0)
    assert Finding.objects.get().answer == ANSWERS[0]


def test_an_answer_that_is_lost_on_its_way_back_is_sent_again_and_taken_once(community, phone):
    community.open(phone)
    task = card(phone).get_attribute("data-task")
    sent: list[list[str]] = []

    def lose(route) -> None:
        sent.append([one["entry"] for one in json.loads(route.request.post_data)["entries"]])
        route.fetch()
        route.abort("internetdisconnected")

    phone.route("**/verification/my/entries/", lose)
    with phone.expect_event("requestfailed"):
        answer(phone, task, ANSWERS[0])
    arrived(1)
    is_kept(phone, 1)
    phone.unroute("**/verification/my/entries/")
    with phone.expect_response("**/verification/my/entries/") as waited:
        phone.reload()
    outcomes = waited.value.json()["outcomes"]
    is_kept(phone, 0)

    assert outcomes == [{"entry": sent[0][0], "taken": True, "message": ""}]
    assert Finding.objects.count() == 1


def test_who_was_forestalled_is_told_by_whom_and_keeps_his_entry(community, phone, new_page):
    community.open(phone)
    other = new_page(phone=True)
    community.open(other, community.second)
    task = card(phone).get_attribute("data-task")
    for code in ANSWERS:
        answer(other, task, code)
    other.wait_for_timeout(300)
    arrived(4)
    phone.reload()
    other.locator(f'[data-task="{task}"] [data-close]').tap()
    expect(other.locator(f'[data-task="{task}"]')).to_have_count(0)

    phone.locator(f'[data-task="{task}"] [data-close]').tap()

    sentence = phone.locator("[data-refused-entries] [data-sentence]")
    expect(sentence).to_contain_text("贾雨已于")
    phone.reload()
    expect(sentence).to_contain_text("贾雨已于")
    phone.locator("[data-drop]").tap()
    expect(phone.locator("[data-refused-entries]")).to_be_hidden()
    assert Check.objects.get(task__public_id=task).ended_by == f"post:{community.second.pk}"


def test_a_refused_answer_stays_with_its_sentence_and_is_taken_when_it_may_be(community, phone):
    community.open(phone)
    task = card(phone).get_attribute("data-task")
    phone.context.set_offline(True)
    answer(phone, task, ANSWERS[0])
    is_kept(phone, 1)
    # While the telephone was away, the unit lost the task.
    with in_scope(system_scope("test")):
        row = Task.objects.get(public_id=task)
        elsewhere = Unit.objects.filter(level=4).order_by("-path").first()
        Task.objects.filter(pk=row.pk).update(path=elsewhere.path, unit=elsewhere)
    phone.context.set_offline(False)
    is_kept(phone, 0)
    expect(phone.locator("[data-refused-entries] [data-about]")).to_contain_text("一户3人")
    with in_scope(system_scope("test")):
        Task.objects.filter(pk=row.pk).update(path=row.path, unit=row.unit)

    phone.locator("[data-refused-entries] [data-again]").tap()

    expect(phone.locator("[data-refused-entries]")).to_be_hidden()
    assert Finding.objects.get().answer == ANSWERS[0]


def test_without_javascript_four_answers_and_the_closing_are_one_form(community, new_page):
    page = new_page(phone=True, javascript=False)
    community.open(page)
    task = card(page).get_attribute("data-task")
    for code in ANSWERS[:3]:
        answer(page, task, code)
    card(page).locator("[data-close]").tap()
    expect(page.locator(".toast")).to_contain_text("管控情况")
    assert Task.objects.get(public_id=task).state != TaskState.CLOSED

    answer(page, task, ANSWERS[3])
    card(page).locator("[data-close]").tap()
    expect(page.locator(f'[data-task="{task}"]')).to_have_count(0)
    assert Task.objects.get(public_id=task).state == TaskState.CLOSED
