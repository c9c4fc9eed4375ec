"""Posts are given within the giver's own part of the tree, and end when they end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from shali.config import reference
from shali.foundation.accounts.middleware import scope_of
from shali.foundation.accounts.models import Post, SignInLink, User
from shali.foundation.accounts.queries import PostRow, posts_found
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import NotYoursToGive, add_user, check_link, give_post
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.ui.paging import PAGE

SignIn = Callable[[Post], Client]


def _give(username: str, role: Role, path: str, **rest: Any) -> Post:
    reference.ensure()
    user = User.objects.filter(username=username).first() or add_user(username=username, name=f"某{username}", at=now())
    return give_post(
        user=user, role=role, unit=Unit.objects.get(path=path), scope=None, by="system:test", at=now(), **rest
    )


@pytest.fixture
def sign_in(db: None) -> SignIn:
    def as_post(post: Post) -> Client:
        client = Client()
        client.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_post


def test_desk_gives_a_post_to_somebody_new_for_14_days_and_to_somebody_known(sign_in: SignIn) -> None:
    client = sign_in(_give("county", Role.COUNTY_DESK, "4111.02"))
    asked = {"username": "worker1", "name": "某甲", "role": "township_desk", "unit": "4111.02.001", "days": ""}

    assert client.post("/posts/give/", asked).status_code == 302
    assert client.post("/posts/give/", asked | {"unit": "4111.02.002", "name": ""}).status_code == 302

    first, second = Post.objects.filter(user__username="worker1").order_by("path")
    assert (first.path, second.path, first.role) == ("4111.02.001", "4111.02.002", "township_desk")
    assert first.ends_at - first.starts_at == timedelta(days=14)


@pytest.mark.parametrize(
    "wrong",
    [
        {"unit": "4111.03.001"},
        {"unit": "4111"},
        {"role": "city_lead", "unit": "4111.02"},
        {"role": "city_duty", "unit": "4111.02"},
        {"days": "400"},
        {"name": ""},
        {"username": "county", "role": "auditor", "unit": "4111.02"},
        {"username": "two words"},
    ],
)
def test_post_outside_the_givers_unit_or_above_his_rights_is_refused(sign_in: SignIn, wrong: dict[str, str]) -> None:
    client = sign_in(_give("county", Role.COUNTY_DESK, "4111.02"))
    asked = {"username": "worker1", "name": "某甲", "role": "township_desk", "unit": "4111.02.001", "days": "14"}

    assert client.post("/posts/give/", asked | wrong).status_code in {409, 422}
    assert Post.objects.count() == 1


def test_next_request_of_a_revoked_post_is_refused(sign_in: SignIn) -> None:
    lead, county = _give("lead", Role.CITY_LEAD, "4111"), _give("county", Role.COUNTY_DESK, "4111.02")
    holder = sign_in(county)
    assert holder.get("/posts/").status_code == 200

    assert sign_in(lead).post(f"/posts/{county.public_id}/revoke/").status_code == 302

    assert holder.get("/posts/").status_code == 403


def test_post_that_ends_soon_stands_on_top(sign_in: SignIn) -> None:
    lead = _give("lead", Role.CITY_LEAD, "4111")
    _give("calm", Role.COUNTY_DESK, "4111.02", days=30)
    _give("hasty", Role.COUNTY_DESK, "4111.04", days=1)

    page = sign_in(lead).get("/posts/").content.decode()

    assert page.index("某hasty") < page.index("某calm")


def test_of_many_posts_a_page_is_shown_each_once_and_in_the_order_of_what_presses(db: None) -> None:
    lead, at = _give("lead", Role.CITY_LEAD, "4111", days=365), now()
    ends = [timedelta(hours=one) for one in (5, 60, 80, 900, -2, -100, -200, -3000)]
    for place in range(PAGE + len(ends)):
        post = _give(f"desk{place}", Role.COUNTY_DESK, "4111.02", days=30)
        end = at + (ends[place] if place < len(ends) else timedelta(days=20, minutes=place))
        Post.objects.filter(pk=post.pk).update(starts_at=at - timedelta(days=400), ends_at=end)

    def pressing(row: PostRow) -> tuple[int, float]:
        left = (row.ends_at - at).total_seconds()
        if row.is_active:
            return (0 if left <= 3 * 86_400 else 2), left
        return (1 if left >= -7 * 86_400 else 3), -left

    scope = scope_of(lead)
    first = posts_found(scope, at=at)
    rest = posts_found(scope, at=at, skip=int(first.page.next))
    rows = [*first.page.rows, *rest.page.rows]

    assert (first.count, first.soon, len(first.page.rows), rest.page.next) == (PAGE + len(ends) + 1, 2, PAGE, "")
    assert len({row.public_id for row in rows}) == first.count
    assert [pressing(row) for row in rows] == sorted(pressing(row) for row in rows)
    assert {row.username for row in posts_found(scope, at=at, words="desk7").page.rows} == {"desk7"}


def test_link_is_shown_once_and_of_nobody_who_holds_a_higher_post(sign_in: SignIn) -> None:
    county = _give("county", Role.COUNTY_DESK, "4111.02")
    town = _give("town", Role.TOWNSHIP_DESK, "4111.02.001")
    client = sign_in(county)

    page = client.post(f"/posts/{town.public_id}/link/").content.decode()

    token = page.split("/in/")[1].split("/")[0]
    assert SignInLink.objects.count() == 1
    assert token not in client.get("/posts/").content.decode()
    assert Client().post(f"/in/{token}/").status_code == 302
    _give("town", Role.CITY_LEAD, "4111")
    with pytest.raises(NotYoursToGive):
        check_link(scope=scope_of(county), post=town.public_id, at=now())


def test_posts_in_a_browser(live: Any, new_page: Any, assert_accessible: Any) -> None:
    lead = _give("lead", Role.CITY_LEAD, "4111")
    page = new_page()
    live.sign_in(page, lead)
    page.goto(f"{live.url}/posts/")
    page.locator("#give-user").fill("newcomer")
    page.locator("#give-name").fill("某新")
    page.locator("#give-role").select_option("county_desk")
    page.locator("#give-unit").fill("召陵区")
    page.locator("#give button, section[aria-labelledby=give] button").last.click()
    page.get_by_role("button", name="登录链接 某新").click()
    assert "/in/" in page.locator("#link").input_value()
    assert_accessible(page)
    for phone, language in ((False, "en"), (True, "zh-CN")):
        other = new_page(phone=phone, language=language)
        if language == "en":  # else pages speak the language of the account
            other.context.add_cookies([{"name": "language", "value": "en", "url": live.url}])
        live.sign_in(other, lead)
        other.goto(f"{live.url}/posts/")
        assert_accessible(other)
