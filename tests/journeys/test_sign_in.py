"""Somebody is given a post and a link, and comes in; the pages hold what is promised of every page."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from shali.config.testing.live import Live
from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.links import make_sign_in_link
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.models import Unit

pytestmark = pytest.mark.browser


def _duty_officer() -> Post:
    from shali.config import reference

    reference.ensure()
    user = add_user(username="duty", name="Duty", at=now())
    city = Unit.objects.get(path="4111")
    return give_post(user=user, role=Role.by_code("city_duty"), unit=city, scope=None, by="system:test", at=now())


def test_a_link_signs_in_once_and_no_more(live: Live, page: Page) -> None:
    post = _duty_officer()
    token = make_sign_in_link(user=post.user, post=post, by="system:test", at=now(), life=timedelta(minutes=5))
    page.goto(f"{live.url}/in/{token}/")
    page.locator("main form button").first.click()
    # The officer's first page is the wall.
    expect(page).to_have_url(f"{live.url}/wall/")

    second = page.context.browser.new_context().new_page()
    second.goto(f"{live.url}/in/{token}/")
    second.locator("main form button").first.click()

    second.goto(f"{live.url}/wall/")
    expect(second).to_have_url(re.compile("/account/login/"))
    second.context.close()


def test_the_first_page_is_accessible_on_desk_and_phone(
    live: Live, page: Page, phone: Page, assert_accessible: Callable[[Page], None]
) -> None:
    for each in (page, phone):
        each.goto(f"{live.url}/account/login/")
        assert_accessible(each)
