"""A list from the workbook to the reply: received, accepted by name, settled, answered at the door, sent back."""

import threading
import uuid
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from shali.config import reference
from shali.config.testing.live import Live
from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.tasks.models import Task, TaskState
from shali.verification.models import ListState, PushedList
from shali.verification.rules import Fact
from shali.verification.services.entries import Entry, Outcome, take_entries
from shali.verification.tests.desk import ESTABLISHING, enrol_three, number_of, push

HEADINGS = ["姓名", "身份证号", "联系电话", "住址"]
ROWS = [
    ["乌有乙", number_of(2), "14400000002", "某街1号"],
    ["乌有甲", number_of(1), "14400000001", "=1+1"],
    ["乌有乙", number_of(2), "14400000002", "某街1号"],
]


def sender_workbook(folder: Path) -> Path:
    """Two people in three rows: one is repeated, one's address is a text that begins like a formula."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for line in (HEADINGS, *ROWS):
        sheet.append(line)
    for row in sheet.iter_rows():
        for cell in row:
            cell.data_type = "s"
    path = folder / "协查名单.xlsx"
    book.save(path)
    return path


def post_of(username: str, name: str, role: str, unit: Unit) -> Post:
    at = now()
    user = add_user(username=username, name=name, at=at, language="zh-hans")
    return give_post(user=user, role=role, unit=unit, scope=None, by="system:test", at=at - timedelta(days=1))


@pytest.fixture
def city(live: Live) -> Live:
    with in_scope(system_scope("test")):
        reference.ensure()
    enrol_three()
    return live


def receive(page: Page, live: Live, path: Path) -> None:
    """Hand a file in whose sender announced one person more, and accept the difference by name."""
    page.goto(f"{live.url}/verification/receive/")
    page.locator("[name=file]").set_input_files(path)
    page.locator("[name=channel]").select_option(index=1)
    page.locator("[name=sender]").fill("市公安局")
    page.locator("[name=announced]").fill("4")
    page.locator("main form button.primary").click()
    page.wait_for_load_state("networkidle")
    live.run_jobs()
    page.reload()
    page.locator("form[action$='/confirm/'] button.primary").click()
    page.wait_for_load_state("networkidle")
    # The numbers differ: the officer takes it upon himself and says why.
    page.locator("[name=difference]").select_option(index=1)
    page.locator("form[action$='/confirm/'] button.primary").click()
    page.wait_for_load_state("networkidle")
    live.run_jobs()


@pytest.mark.browser
def test_a_pushed_list_is_cleared_from_the_file_to_the_reply(city, page, new_page, tmp_path):
    officer = post_of("duty", "甄隐", Role.CITY_DUTY, Unit.objects.get(path="4111"))
    city.sign_in(page, officer)
    page.goto(f"{city.url}/wall/")
    before = page.locator("[data-figure]").all_inner_texts()
    receive(page, city, sender_workbook(tmp_path))

    tasks = list(Task.objects.filter(kind="verification"))
    assert len(tasks) == 2
    pushed = PushedList.objects.get()
    page.goto(f"{city.url}/verification/lists/{pushed.public_id}/")
    expect(page.locator("main")).to_contain_text("推送单位报4人，来表3行")
    page.goto(f"{city.url}/wall/")
    handed_over = page.locator("[data-figure]").all_inner_texts()
    assert handed_over != before

    phone = new_page(phone=True)
    city.sign_in(phone, post_of("worker", "乌有之", Role.COMMUNITY_WORKER, tasks[0].unit))
    phone.goto(f"{city.url}/verification/my/")
    for task in tasks:
        card = phone.locator(f'[data-task="{task.public_id}"]')
        if card.get_attribute("open") is None:
            card.locator("summary").first.tap()
        for fact in Fact:
            card.locator(f'label.choice:has([value="{ESTABLISHING[fact]}"])').tap()
        card.locator("[data-close]").tap()
        expect(card).to_have_count(0)

    pushed.refresh_from_db()
    assert pushed.state == ListState.CLOSED
    page.goto(f"{city.url}/wall/")
    assert page.locator("[data-figure]").all_inner_texts() != handed_over

    page.goto(f"{city.url}/verification/lists/{pushed.public_id}/")
    with page.expect_download(timeout=8_000) as waited:
        page.locator("form[action$='/reply/'] button").click()
    waited.value.save_as(tmp_path / "reply.xlsx")
    book = openpyxl.load_workbook(tmp_path / "reply.xlsx")
    rows = list(book.worksheets[0].iter_rows())
    assert [[cell.value for cell in row[:4]] for row in rows] == [HEADINGS, *ROWS]
    assert [row[4].value for row in rows[1:]] == ["已销号", "已销号", "已销号"]
    assert not [cell.coordinate for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    counts = {row[0].value: row[1].value for row in book.worksheets[-1].iter_rows() if row[0].value}
    assert counts["来表行数"] == 3
    assert sorted(value for value in counts.values() if value == 3) == [3, 3]


def test_of_two_workers_who_close_at_the_same_moment_one_is_told_who_was_quicker(transactional_db, settings, tmp_path):
    with in_scope(system_scope("test")):
        reference.ensure()
    enrol_three()
    push(tmp_path, people=1)
    task = Task.objects.get(kind="verification")
    at = now()
    posts = [post_of(name, name, Role.COMMUNITY_WORKER, task.unit) for name in ("quick", "slow")]
    scopes = [Scope(path=task.path, name=f"post:{post.pk}") for post in posts]
    answers = [
        Entry(uuid.uuid4(), task.public_id, "finding", at, fact=int(fact), answer=code)
        for fact, code in ESTABLISHING.items()
    ]
    with in_scope(scopes[0]):
        assert all(one.is_taken for one in take_entries(scope=scopes[0], entries=answers, by=scopes[0].name, at=at))
    start, outcomes = threading.Barrier(2), {}

    def close(scope: Scope) -> None:
        try:
            start.wait(timeout=10)
            with in_scope(scope):
                closing = Entry(uuid.uuid4(), task.public_id, "close", at)
                outcomes[scope.name] = take_entries(scope=scope, entries=[closing], by=scope.name, at=at)[0]
        finally:
            connection.close()

    threads = [threading.Thread(target=close, args=[scope]) for scope in scopes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    task.refresh_from_db()
    assert task.state == TaskState.CLOSED
    winner = outcomes.pop(task.closed_by)
    loser: Outcome = outcomes.popitem()[1]
    assert (winner.is_taken, loser.is_taken) == (True, False)
    assert Post.objects.get(pk=int(task.closed_by.removeprefix("post:"))).user.name in loser.message
