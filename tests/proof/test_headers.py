"""Every address answers with the headers that keep a browser from being turned against its user."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from shali.foundation.clocks import now
from tests.proof.doors import Door, doors
from tests.proof.knock import Caller
from tests.proof.world import World

POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
OTHERS = ("/", "/no/such/page/", "/static/no-such-file.js", "/api/v1/openapi.json", "/api/v1/no/such")


def directives(header: str) -> dict[str, str]:
    return dict(part.strip().partition(" ")[::2] for part in header.split(";") if part.strip())


def wrong_with(headers: object, *, signed_in: bool, content: bytes) -> list[str]:
    """Return what is missing from one answer."""
    given = {name: headers.get(name, "") for name in (*EVERYWHERE, "Content-Security-Policy", "Cache-Control")}  # type: ignore[attr-defined]
    wrong = [f"{name}: {given[name]!r}" for name, value in EVERYWHERE.items() if given[name] != value]
    if directives(given["Content-Security-Policy"]) != POLICY:
        wrong.append(f"Content-Security-Policy: {given['Content-Security-Policy']!r}")
    # A program may keep what it is told to ask about anew, by its ETag, each time.
    asked_anew = given["Cache-Control"] == "private, no-cache" and "ETag" in headers  # type: ignore[operator]
    if signed_in and "no-store" not in given["Cache-Control"] and not asked_anew:
        wrong.append(f"Cache-Control: {given['Cache-Control']!r}")
    for inline in (b" style=", b"<style", b"<script>", b" onclick=", b" onsubmit=", b"javascript:"):
        if inline in content and str(headers.get("Content-Type", "")).startswith("text/html"):  # type: ignore[attr-defined]
            wrong.append(f"has {inline.decode()}")
    return wrong


def is_private(door: Door) -> bool:
    """Say whether what the door shows is for whoever signed in: it may not stay in a browser's cache."""
    declared = door.declared("GET")
    return not (declared and declared.public)


@pytest.mark.parametrize("caller", ["city_duty", "community_worker", "auditor", "nobody"])
def test_every_address_sends_every_security_header(
    world: World, quiet: None, caller: str, figure: Callable[..., None]
) -> None:
    visitor = Caller(world.posts.get(caller), now())
    wrong, count = [], 0
    for door in doors():
        for relation in ("own", "sibling"):
            response, content = visitor.fetch(door, world.plots[relation].values)
            private = is_private(door) and caller != "nobody"
            said = wrong_with(response.headers, signed_in=private, content=content)
            wrong += [f"{door.pattern} ({response.status_code}): {one}" for one in said]
            count += 1
    for address in OTHERS:
        response = visitor.client.get(address)
        content = b"" if response.streaming else response.content
        wrong += [f"{address}: {one}" for one in wrong_with(response.headers, signed_in=False, content=content)]
        count += 1
    figure("headers", answers=count)

    assert not wrong, "\n".join(wrong)


def test_cookies_are_kept_from_scripts_and_from_other_sites(db: None) -> None:
    client = Client()
    client.get("/account/login/")
    csrf = client.cookies[settings.CSRF_COOKIE_NAME]

    assert csrf["samesite"] == "Lax"
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"


def with_https(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command in an installation that answers over https."""
    environment = {
        **os.environ,
        "SHALI_HTTPS": "1",
        "SHALI_TESTING": "0",
        "SHALI_DEBUG": "0",
        "SHALI_DB_POOL": "0",
        "SHALI_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "DJANGO_SETTINGS_MODULE": "shali.config.settings",
    }
    # A browser test of the same run sets it for itself; a deployment does not have it.
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    return subprocess.run(
        [sys.executable, *command], env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_djangos_own_check_of_a_deployment_finds_nothing() -> None:
    done = with_https(["-W", "ignore", "-m", "django", "check", "--deploy", "--fail-level", "INFO"])

    assert done.returncode == 0, done.stderr


def test_over_https_cookies_are_bound_to_this_host_and_plain_requests_are_sent_on() -> None:
    said = with_https(
        [
            "-c",
            "import django; django.setup()\n"
            "from django.conf import settings\n"
            "from django.test import Client\n"
            "plain = Client().get('/health/live', headers={'host': 'localhost'})\n"
            "proxied = Client().get('/health/live', headers={'host': 'localhost', 'x-forwarded-proto': 'https'})\n"
            "print(plain.status_code, plain['Location'])\n"
            "print(proxied.status_code, proxied['Strict-Transport-Security'])\n"
            "print(settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE)\n",
        ]
    )
    lines = said.stdout.splitlines()

    assert lines == [
        "301 https://localhost/health/live",
        "200 max-age=31536000; includeSubDomains; preload",
        "__Host-session True True",
    ], said.stdout + said.stderr
