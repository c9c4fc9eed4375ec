"""The wall as the meeting sees it, and a desk's page on a telephone."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope, system_scope

from .sample import CITY, Past, enter, prepare

SCREEN = {"width": 1920, "height": 1080}
PICTURES = os.environ.get("SHALI_PICTURES")


@pytest.fixture
def evening(live):
    """Several hundred tasks over the whole city, and a duty officer and a county desk who look at them."""
    prepare()
    at = now()
    with in_scope(system_scope("test")):
        places = list(Unit.objects.filter(level=4).order_by("path").values_list("path", flat=True))[::7]
        lives = [
            Past(
                place=n * 37,
                ago=(n * 131) % (60 * 60),
                limit=24 * 60,
                accepted=None if n % 9 == 0 else 20 + n % 50,
                closed=None if n % 6 == 0 else 60 + (n * 53) % (24 * 60),
            )
            for n in range(900)
        ]
    enter(lives, places, at)
    county = Unit.objects.filter(level=2).order_by("path")[2]
    posts = []
    city = Unit.objects.get(path=CITY)
    for name, role, unit, language in (
        ("duty", Role.CITY_DUTY, city, "zh-hans"),
        ("county", Role.COUNTY_DESK, county, "zh-hans"),
        ("english", Role.CITY_DUTY, city, "en"),
    ):
        user = add_user(username=name, name="甄隐", at=at, language=language)
        posts.append(
            give_post(user=user, role=role, unit=unit, scope=None, by="system:test", at=at - timedelta(days=1))
        )
    return posts


def look(page, name: str, *, full: bool = False) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=full)


@pytest.mark.parametrize(("dark", "language"), [(False, "zh-CN"), (True, "zh-CN"), (False, "en")])
def test_the_wall_is_read_from_the_back_of_the_room(evening, live, new_page, assert_accessible, dark, language):
    page = new_page(dark=dark, language=language)
    page.set_viewport_size(SCREEN)
    live.sign_in(page, evening[2 if language == "en" else 0])
    page.goto(f"{live.url}/wall/")
    look(page, f"wall-{language}-{'dark' if dark else 'light'}")
    look(page, f"wall-{language}-{'dark' if dark else 'light'}-full", full=True)

    sizes = page.evaluate(
        """() => Object.fromEntries(Object.entries({
        band: ".band b", label: ".band small", cell: ".units td", head: ".units th", heading: "aside h2",
        finding: ".findings li", footer: ".wall footer"
        }).map(([name, css]) => [name, getComputedStyle(document.querySelector(css)).fontSize]))"""
    )
    assert sizes == {
        "band": "76px",
        "label": "28px",
        "cell": "42px",
        "head": "28px",
        "heading": "32px",
        "finding": "28px",
        "footer": "24px",
    }
    bottom = page.evaluate("() => document.querySelector('.screen footer').getBoundingClientRect().bottom")
    assert bottom <= 1080
    assert_accessible(page)


def test_a_key_opens_a_unit_and_a_county_desk_gets_no_farther_than_its_own(evening, live, new_page):
    page = new_page()
    live.sign_in(page, evening[0])
    page.goto(f"{live.url}/wall/")
    href = page.locator('[data-key="3"]').first.get_attribute("href")
    page.keyboard.press("3")
    page.wait_for_url(f"**{href}")
    assert page.locator(".units tbody tr").count() > 3

    desk = new_page()
    live.sign_in(desk, evening[1])
    assert desk.goto(f"{live.url}/wall/").status == 200
    assert desk.request.get(f"{live.url}/wall/{CITY}/").status == 404


def test_a_desks_page_on_a_telephone(evening, live, phone, assert_accessible):
    live.sign_in(phone, evening[1])
    phone.goto(f"{live.url}/wall/")
    look(phone, "unit-360", full=True)
    assert_accessible(phone)


def test_the_evening_sheet(evening, live, page, assert_accessible):
    live.sign_in(page, evening[0])
    page.goto(f"{live.url}/wall/evening/")
    look(page, "evening", full=True)
    assert_accessible(page)


def test_the_picture_is_saved_as_a_png_of_the_screens_size(evening, live, page, tmp_path):
    live.sign_in(page, evening[0])
    page.goto(f"{live.url}/wall/")
    with page.expect_download() as waited:
        page.locator("[data-picture]").click()
    file = tmp_path / "wall.png"
    waited.value.save_as(file)
    if PICTURES:
        waited.value.save_as(Path(PICTURES) / "saved.png")
    content = file.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(content[16:20]), int.from_bytes(content[20:24])) == (1920, 1080)
