"""A second factor: set up and asked for in a real browser and, where the city says so, required."""

import hashlib
import hmac
import struct
import time
from base64 import b32decode
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from shali.config import reference
from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.links import make_sign_in_link
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.models import Unit

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def _post(role: Role = Role.CITY_LEAD) -> Post:
    reference.ensure()
    user = add_user(username=role.code, name="某某", at=now())
    return give_post(user=user, role=role, unit=Unit.objects.get(path="4111"), scope=None, by="system:test", at=now())


def _fresh_code(secret: str) -> str:
    """Compute a code that holds for ten seconds more: a busy machine takes some of them to type and send it."""
    left = 30 - time.time() % 30
    if left < 10:
        time.sleep(left)
    return _code(secret)


def _code(secret: str, *, step: int = 0) -> str:
    """Compute what an authenticator app shows (RFC 6238, SHA-1, 30 seconds, 6 digits)."""
    counter = int(time.time()) // 30 + step
    digest = hmac.digest(b32decode(secret), struct.pack(">Q", counter), hashlib.sha1)
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def _link(post: Post) -> str:
    return f"/in/{make_sign_in_link(user=post.user, post=post, by='system:test', at=now())}/"


def test_link_of_somebody_with_an_authenticator_opens_nothing_before_its_code(db: None) -> None:
    post, client = _post(), Client()
    TOTP.activate(post.user, SECRET)

    answer = client.post(_link(post))

    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/2fa/authenticate/")
    assert client.get("/posts/").headers["Location"].startswith("/account/login/")
    client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert client.get("/posts/").headers["Location"].startswith("/account/login/")
    client.post("/account/2fa/authenticate/", {"code": _fresh_code(SECRET)})
    assert client.get("/posts/").status_code == 200


def test_secret_of_an_authenticator_lies_sealed_in_the_database(db: None) -> None:
    post = _post()
    TOTP.activate(post.user, SECRET)

    kept = Authenticator.objects.get(user=post.user)

    assert SECRET not in str(kept.data)
    assert TOTP(kept).validate_code(_fresh_code(SECRET))


@pytest.mark.parametrize(
    ("role", "said", "status"),
    [
        (Role.CITY_LEAD, "required", 302),
        (Role.AUDITOR, "required", 302),
        (Role.DEPARTMENT_DESK, "required", 403),
        (Role.CITY_LEAD, "offered", 200),
    ],
)
def test_where_it_is_required_who_reveals_or_lets_in_adds_a_factor_first(
    db: None, settings: Any, role: Role, said: str, status: int
) -> None:
    settings.SECOND_FACTOR = said
    post, client = _post(role), Client()
    client.post(_link(post))

    page = "/audit/" if role is Role.AUDITOR else "/posts/"
    answer = client.get(page)

    assert answer.status_code == status
    if status == 302:
        assert answer.headers["Location"] == "/me/"
        assert client.get("/me/").status_code == client.get("/account/2fa/totp/activate/").status_code == 200
        TOTP.activate(post.user, SECRET)
        assert client.get(page).status_code == 200


def test_authenticator_and_recovery_codes_in_a_browser(live: Any, new_page: Any, assert_accessible: Any) -> None:
    post = _post()
    page = new_page()
    live.sign_in(page, post)
    page.goto(f"{live.url}/posts/")
    page.locator("header a[href='/me/']").click()
    page.locator("main a[href$='/totp/activate/']").click()
    assert_accessible(page)
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("input[name=code]").fill(_fresh_code(secret))
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/recovery-codes/**")
    assert_accessible(page)
    recovery = page.locator("textarea").input_value().split()
    assert len(recovery) == 10

    for language, phone in (("en", False), ("zh-CN", True)):
        other = new_page(language=language, phone=phone)
        if language == "en":  # else pages speak the language of the account
            other.context.add_cookies([{"name": "language", "value": "en", "url": live.url}])
        live.sign_in(other, post)
        assert other.url.endswith("/account/2fa/authenticate/")
        assert_accessible(other)
        other.locator("input[name=code]").fill(recovery.pop())
        other.locator("main form button[type=submit]").first.click()
        other.wait_for_load_state()
        for address in ("/me/", "/account/2fa/", "/account/2fa/webauthn/", "/posts/"):
            other.goto(live.url + address)
            assert "/account/login/" not in other.url
            assert_accessible(other)


def test_passkey_is_added_and_signs_in_without_a_link(live: Any, new_page: Any, assert_accessible: Any) -> None:
    post = _post()
    page = new_page()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": options | {"isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    # An authenticator belongs to a host's name; an address of numbers has none.
    live_by_name = type(live)(live.url.replace("127.0.0.1", "localhost"), live.environment)
    live_by_name.sign_in(page, post)
    page.goto(f"{live_by_name.url}/account/2fa/webauthn/add/")
    assert_accessible(page)
    page.locator("input[name=name]").fill("值班室电脑")
    page.locator("input[name=passwordless]").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/recovery-codes/**")

    page.locator("header form[action='/me/out/'] button").click()
    page.wait_for_url("**/account/login/**")
    assert_accessible(page)
    page.locator("#passkey_login").click()
    page.wait_for_url(lambda url: "/account/" not in url)
    page.goto(f"{live_by_name.url}/me/")
    assert page.locator("dd a[href$='/webauthn/']").inner_text() == "1"


@pytest.mark.django_db
def test_nobody_is_promised_a_letter_that_never_comes() -> None:
    client = Client()

    page = client.get("/account/login/").content.decode()
    led = client.get("/account/password/reset/")

    assert "password/reset" not in page
    assert (led.status_code, led.headers["Location"]) == (302, "/account/login/")
