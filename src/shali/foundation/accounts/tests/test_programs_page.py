"""The page of programs: a token is given, works, is shown once, and ended; in a browser and on a telephone."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page

from shali.config import reference
from shali.config.testing.live import Live
from shali.foundation.accounts.models import ApiToken, Post
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope, system_scope


def _post(role: Role) -> Post:
    with in_scope(system_scope("test")):
        reference.ensure()
        user, city = add_user(username=role.code, name="甄隐", at=now()), Unit.objects.get(path="4111")
        return give_post(user=user, role=role, unit=city, scope=None, by="system:test", at=now(), days=5)


def _signed_in(post: Post) -> Client:
    client = Client()
    client.force_login(post.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_token_given_on_the_page_works_is_shown_once_and_ends(
    live: Live, page: Page, phone: Page, assert_accessible: Callable[[Page], None]
) -> None:
    post = _post(Role.CITY_DUTY)
    live.sign_in(page, post)
    page.goto(f"{live.url}/me/")
    page.get_by_role("link", name="以本岗位名义工作的程序").click()
    assert_accessible(page)
    page.get_by_label("程序用途").fill("省平台对接")
    page.get_by_label("查看协查名单").check()
    page.get_by_label("期限（天）").fill("90")
    page.get_by_role("button", name="生成令牌").click()
    token = page.get_by_label("请立即复制").input_value()
    assert_accessible(page)
    program = Client(headers={"Authorization": f"Bearer {token}"})

    assert program.get("/api/v1/verification/lists").status_code == 200
    assert program.get("/api/v1/units/4111").status_code == 403
    kept = ApiToken.objects.get()
    assert kept.expires_at == post.ends_at

    live.sign_in(phone, post)
    phone.goto(f"{live.url}/me/programs/")
    assert_accessible(phone)
    assert token not in phone.content()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.get_by_role("button", name="立即终止 省平台对接").click()
    phone.get_by_text("该程序的下一次请求将被拒绝").wait_for()

    assert program.get("/api/v1/verification/lists").status_code == 401


@pytest.mark.django_db
def test_a_post_may_give_no_more_than_it_has_itself() -> None:
    auditor = _signed_in(_post(Role.AUDITOR))

    page = auditor.get("/me/programs/").content.decode()
    refused = auditor.post("/me/programs/token/", {"name": "x", "verbs": ["reveal"], "days": "3"})

    assert 'value="read_audit"' in page
    assert 'value="reveal"' not in page
    assert refused.status_code == 422
    assert not ApiToken.objects.exists()
