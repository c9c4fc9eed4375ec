"""A station's browser killed in the middle of its work: whoever the screen had counted is there, and arrives once.

`make survive` kills a hundred times (SHALI_BROWSER_KILLS).
"""

import os
import signal
import struct
from contextlib import suppress
from pathlib import Path

import psutil
from playwright.sync_api import Browser, BrowserContext, Page, expect

from shali.config.testing.browser import PHONE
from shali.config.testing.chromium import FLAGS, chromium
from shali.config.testing.live import Live
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.testing.models import Sample
from shali.testing.services.stations import make_station
from shali.testing.tests.desk import DESK, number_of, open_round, work_off

KILLS = int(os.environ.get("SHALI_BROWSER_KILLS", "1"))
A_TURN = 4  # a tube of twenty is full after five turns, never in the middle of one


def test_nobody_whom_the_screen_had_counted_is_lost(live: Live, browser: Browser, tmp_path: Path) -> None:
    desk = open_round(A_TURN * (KILLS + 1) + 5, pool_size=20)
    with in_scope(DESK):
        made = make_station(scope=DESK, site=desk.site.public_id, table=1, by=DESK.name, at=now())
    profile, confirmed = tmp_path / "profile", 0
    for turn in range(KILLS + 1):
        page = _start(browser, profile, f"{live.url}/station/#{made.code}")
        if turn == 0:
            page.get_by_role("button", name="准入").click()
            page.locator("[data-part='field']").wait_for(state="visible")
        assert _count(page) >= confirmed, (
            f"kill {turn}: the screen had said {confirmed}; the profile has {_kept(profile)}"
        )
        confirmed = _sample(page, turn)
        if turn < KILLS:
            _kill(profile)
    expect(page.locator("[data-fill='waiting']").first).to_have_text("0", timeout=20_000)
    # Whatever the kills left of the second copy was made whole out of the store.
    written = page.locator("[data-fill='acknowledged']").first.inner_text()
    expect(page.locator("[data-fill='copied']").first).to_have_text(written)
    page.context.close()
    work_off(now())

    with in_scope(system_scope("test")):
        here = Sample.objects.filter(unbound_at=None).count()
        people = Sample.objects.values("person_id").distinct().count()
    assert here == people == confirmed == A_TURN * (KILLS + 1)
    print(f"{KILLS} kills, {confirmed} people confirmed: 0 lost, 0 twice")


def test_a_record_torn_by_the_kill_does_not_cost_the_store(live: Live, browser: Browser, tmp_path: Path) -> None:
    """Half a record at the end of the log, as a kill between its head and its body leaves it: once in some 200 kills.

    The browser goes on in the same log, and at the start after the next finds it damaged and drops the whole store.
    """
    desk = open_round(A_TURN * 2 + 5, pool_size=20)
    with in_scope(DESK):
        made = make_station(scope=DESK, site=desk.site.public_id, table=1, by=DESK.name, at=now())
    profile = tmp_path / "profile"
    page = _start(browser, profile, f"{live.url}/station/#{made.code}")
    page.get_by_role("button", name="准入").click()
    page.locator("[data-part='field']").wait_for(state="visible")
    _sample(page, 0)
    _kill(profile)
    (log,) = profile.rglob("*indexeddb.leveldb/*.log")
    with log.open("ab") as tail:
        tail.write(struct.pack("<IHB", 0x12345678, 900, 1))  # check sum, length, kind; the 900 bytes are missing

    page = _start(browser, profile, f"{live.url}/station/")
    assert _sample(page, 1) == 2 * A_TURN
    _kill(profile)
    page = _start(browser, profile, f"{live.url}/station/")
    expect(page.locator("[data-fill='people']").first).to_have_text(str(2 * A_TURN))
    page.context.close()


def test_a_lost_store_is_told_with_its_numbers(live: Live, page: Page) -> None:
    desk = open_round(A_TURN + 5, pool_size=20)
    with in_scope(DESK):
        made = make_station(scope=DESK, site=desk.site.public_id, table=1, by=DESK.name, at=now())
    page.goto(f"{live.url}/station/#{made.code}")
    expect(page.locator("[data-part='lost']")).to_be_hidden()
    page.get_by_role("button", name="准入").click()
    page.locator("[data-part='field']").wait_for(state="visible")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    _sample(page, 0)
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(f"{live.url}/account/login/")
    page.evaluate("new Promise(done => { indexedDB.deleteDatabase('shali-station').onsuccess = done })")
    page.goto(f"{live.url}/station/")
    expect(page.locator("[data-part='lost']")).to_contain_text(f"{A_TURN}")
    assert int(page.locator("[data-fill='lost-waiting']").inner_text()) > 0


def _start(browser: Browser, profile: Path, address: str) -> Page:
    context = _open(browser, profile)
    page = context.pages[0] if context.pages else context.new_page()
    page.goto(address)
    page.locator("[data-station][data-ready]").wait_for()
    return page


def _open(browser: Browser, profile: Path) -> BrowserContext:
    return browser.browser_type.launch_persistent_context(
        str(profile),
        executable_path=chromium(),
        args=FLAGS,
        viewport=PHONE,  # type: ignore[arg-type]  # a dict of width and height
        locale="zh-CN",
    )


def _count(page: Page) -> int:
    return int(page.locator("[data-fill='people']").first.inner_text())


def _sample(page: Page, turn: int) -> int:
    """Sample some people; each counts when the screen says so, and not before."""
    field = page.locator("[data-part='field']")
    if page.locator("[data-station]").get_attribute("data-tube") == "none":
        field.fill(f"LH-{turn:04d}")
        field.press("Enter")
        expect(page.locator("[data-station]")).to_have_attribute("data-tube", "open")
    before = _count(page)
    for place in range(A_TURN):
        field.fill(number_of(turn * A_TURN + place))
        field.press("Enter")
        expect(page.locator("[data-fill='people']").first).to_have_text(str(before + place + 1))
    return before + A_TURN


def _kill(profile: Path) -> None:
    """Kill every process of this profile's browser at once, as when the battery falls out."""
    processes = [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(str(profile) in part for part in process.info["cmdline"] or ())
    ]
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)
    psutil.wait_procs(processes, timeout=5)
    for lock in profile.glob("Singleton*"):
        lock.unlink(missing_ok=True)


def _kept(profile: Path) -> list[str]:
    """Return what the profile keeps of the station's database: names and sizes, to see what a loss looks like."""
    return [f"{path.name} {path.stat().st_size}" for path in profile.rglob("*indexeddb*/*") if path.is_file()]
