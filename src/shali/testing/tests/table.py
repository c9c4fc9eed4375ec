"""A table of a sampling point in a real browser: what its stories do again and again."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from shali.config.testing.live import Live
from shali.foundation.accounts.models import Post
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.scope import in_scope
from shali.testing.services.stations import make_station

from .desk import DESK, Desk


@dataclass
class Table:
    live: Live
    desk: Desk
    clerk: Post


def let_in(table: Table, phone: Page) -> None:
    """Let the device in through the address that the point's page shows as a code."""
    with in_scope(DESK):
        made = make_station(scope=DESK, site=table.desk.site.public_id, table=1, by=DESK.name, at=now())
    phone.goto(f"{table.live.url}/station/#{made.code}")
    phone.locator("[data-station][data-ready]").wait_for()
    phone.get_by_role("button", name="准入").click()
    expect(phone.locator("[data-part='field']")).to_be_visible()


def type_in(phone: Page, text: str) -> None:
    """Type as a reader does: all at once, then Enter."""
    field = phone.locator("[data-part='field']")
    field.fill(text)
    field.press("Enter")


def count(phone: Page, name: str, value: int) -> None:
    # Longer than the browser ever needs: a machine that does much else at once is no fault of the station.
    expect(phone.locator(f"[data-fill='{name}']").first).to_have_text(str(value), timeout=20_000)


def until(phone: Page, expression: str) -> None:
    """Wait until an expression of the page is true: wait_for_function needs an eval that the page's policy forbids."""
    for _turn in range(200):
        if phone.evaluate(expression):
            return
        phone.wait_for_timeout(50)
    pytest.fail(f"{expression} did not come true within ten seconds")
