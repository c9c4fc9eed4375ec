"""Units of a round, chosen with the keyboard on a telephone."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from shali.config.testing.live import Live
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.models import Unit
from shali.testing.models import Round

from .desk import open_round

CHOSEN = ["4111.02.001.002", "4111.02.002"]


def test_units_are_chosen_by_the_keyboard_on_a_telephone(live: Live, phone: Page, assert_accessible) -> None:
    open_round(1)
    names, at = {one.path: one.name for one in Unit.objects.filter(path__in=CHOSEN)}, now()
    user = add_user(username="duty", name="甄隐", at=at, language="zh-hans")
    city = Unit.objects.get(path="4111")
    live.sign_in(
        phone,
        give_post(user=user, role=Role.CITY_DUTY, unit=city, scope=None, by="system:test", at=at - timedelta(days=1)),
    )
    phone.goto(f"{live.url}/testing/rounds/new/")
    assert_accessible(phone)
    for path in CHOSEN:
        phone.locator("#words").fill(names[path])
        phone.locator("#words").press("Enter")
        box = phone.locator(f"input[name=units][value='{path}']")
        box.focus()
        box.press("Space")
    for name, hours in (("starts_at", 20), ("ends_at", 30)):
        phone.locator(f"#{name}").fill(f"{at + timedelta(hours=hours):%Y-%m-%dT%H:%M}")
    assert_accessible(phone)
    phone.locator("button[value=plan]").press("Enter")

    expect(phone.locator("h1")).to_contain_text("2")
    made = Round.objects.latest("number")
    assert list(made.areas.order_by("path").values_list("path", flat=True)) == CHOSEN
    assert_accessible(phone)
