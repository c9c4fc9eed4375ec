"""The page of units: found, proposed by one, approved by another; in a browser, on a telephone, in two languages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from shali.config import reference
from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.models import Unit, UnitChange


def _posts() -> dict[str, Post]:
    reference.ensure()
    city, at = Unit.objects.get(path="4111"), now()
    return {
        role.code: give_post(
            user=add_user(username=role.code, name="某某", at=at),
            role=role,
            unit=city,
            scope=None,
            by="system:test",
            at=at,
        )
        for role in (Role.CITY_DUTY, Role.CITY_LEAD)
    }


@pytest.fixture
def as_post(db: None) -> Callable[[Post], Client]:
    def sign_in(post: Post) -> Client:
        client = Client()
        client.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def test_unit_is_found_by_part_of_its_name_and_by_its_code(as_post: Callable[[Post], Client]) -> None:
    client = as_post(_posts()["city_duty"])

    by_name = client.get("/units/", {"q": "召陵"}).content.decode()
    by_code = client.get("/units/", {"q": "411104"}).content.decode()

    assert "/units/4111.04/" in by_name
    assert "/units/4111.04/" in by_code
    assert "/units/4111.02/" not in by_name


def test_change_is_proposed_by_one_approved_by_another_and_in_force_at_once(as_post: Callable[[Post], Client]) -> None:
    posts = _posts()
    duty, lead = as_post(posts["city_duty"]), as_post(posts["city_lead"])
    asked = {"kind": "rename", "name": "新源区", "effective_on": "2022-08-01", "basis": "漯政〔2022〕17号"}

    assert duty.post("/units/4111.02/propose/", asked).status_code == 302
    change = UnitChange.objects.get()
    assert duty.post(f"/units/changes/{change.pk}/", {"decision": "approve"}).status_code == 422
    assert Unit.objects.get(path="4111.02").name == "源汇区"
    assert lead.post(f"/units/changes/{change.pk}/", {"decision": "approve"}).status_code == 302
    assert Unit.objects.get(path="4111.02").name == "新源区"
    assert lead.post("/units/4111.02/propose/", asked).status_code == 403


def test_units_in_a_browser(live: Any, new_page: Any, assert_accessible: Any) -> None:
    posts = _posts()
    page = new_page()
    live.sign_in(page, posts["city_duty"])
    page.goto(f"{live.url}/units/4111.02.001/")
    page.get_by_text("改设到其他单位之下").click()
    page.locator("#move-unit").select_option("4111.03")
    page.locator("#move-basis").fill("漯政〔2022〕17号")
    page.locator("details[open] button").click()
    assert page.locator(".toast").count() == 1

    for phone, language in ((False, "en"), (True, "zh-CN")):
        other = new_page(phone=phone, language=language)
        if language == "en":  # else pages speak the language of the account
            other.context.add_cookies([{"name": "language", "value": "en", "url": live.url}])
        live.sign_in(other, posts["city_lead"])
        other.goto(f"{live.url}/units/")
        assert_accessible(other)
    other.locator("button[value=approve]").click()
    assert Unit.objects.get(code="411102001000").path == "4111.03.001" or UnitChange.objects.get().applied_at
