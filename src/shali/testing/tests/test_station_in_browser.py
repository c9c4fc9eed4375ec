"""The station in a real browser: let in by a code, at work without network, through a reload; nothing lost."""

import json
from dataclasses import dataclass
from datetime import timedelta

import pytest
import segno
from playwright.sync_api import Page, expect

from shali.config.testing.live import Live
from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.testing.models import Box, Sample, Station, Tube
from shali.testing.services.stations import make_station

from .desk import DESK, Desk, number_of, open_round, work_off


@dataclass
class Table:
    live: Live
    desk: Desk
    clerk: Post


@pytest.fixture
def table(live: Live) -> Table:
    desk = open_round(12, pool_size=5)
    at = now()
    unit = Unit.objects.get(path=DESK.path)
    user = add_user(username="desk", name="甄隐", at=at, language="zh-hans")
    clerk = give_post(
        user=user, role=Role.TOWNSHIP_DESK, unit=unit, scope=None, by="system:test", at=at - timedelta(days=1)
    )
    return Table(live, desk, clerk)


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
    expect(phone.locator(f"[data-fill='{name}']").first).to_have_text(str(value))


def until(phone: Page, expression: str) -> None:
    """Wait until an expression of the page is true: wait_for_function needs an eval that the page's policy forbids."""
    for _turn in range(200):
        if phone.evaluate(expression):
            return
        phone.wait_for_timeout(50)
    pytest.fail(f"{expression} did not come true within ten seconds")


def stored(phone: Page) -> str:
    """Return all that lies in the browser's database, as text."""
    return phone.evaluate(
        """async () => {
          const open = await new Promise((done) => {
            const asked = indexedDB.open('shali-station');
            asked.onsuccess = () => done(asked.result);
          });
          const all = {};
          for (const name of open.objectStoreNames) {
            all[name] = await new Promise((done) => {
              const asked = open.transaction(name).objectStore(name).getAll();
              asked.onsuccess = () => done(asked.result);
            });
          }
          open.close();
          return JSON.stringify(all);
        }"""
    )


def test_a_day_at_a_table_without_network(table: Table, phone: Page, assert_accessible) -> None:
    let_in(table, phone)
    assert_accessible(phone)
    type_in(phone, "LH-0001")
    expect(phone.locator("[data-part='said']")).to_have_attribute("data-right", "true")
    type_in(phone, number_of(0))
    count(phone, "people", 1)
    type_in(phone, number_of(0))  # twice at this table
    expect(phone.locator("[data-part='said']")).to_have_attribute("data-right", "false")
    type_in(phone, number_of(1)[:17] + ("0" if number_of(1)[17] != "0" else "1"))  # a wrong check digit
    expect(phone.locator("[data-part='said']")).to_have_attribute("data-right", "false")
    count(phone, "people", 1)
    count(phone, "acknowledged", 1)

    phone.context.set_offline(True)
    expect(phone.locator("[data-part='offline']")).to_be_visible()
    for place in range(1, 5):
        type_in(phone, number_of(place))
        count(phone, "people", place + 1)
    assert_accessible(phone)
    phone.reload()
    phone.locator("[data-station][data-ready]").wait_for()
    count(phone, "people", 5)
    count(phone, "sealed", 1)
    type_in(phone, "LH-0002")
    type_in(phone, "E12345678")  # a passport that is on no roster: a guest, sampled all the same
    count(phone, "people", 6)
    phone.get_by_role("button", name="提前封管").click()
    count(phone, "sealed", 2)
    phone.get_by_role("button", name="装箱").click()
    phone.get_by_label("箱封条码").fill("BOX-0001")
    phone.get_by_label("手工清点桌上的管数").fill("3")
    phone.get_by_role("button", name="封箱").click()
    expect(phone.locator("[data-part='said']")).to_have_attribute("data-right", "false")  # three counted, two known
    phone.get_by_role("button", name="装箱").click()
    phone.get_by_label("箱封条码").fill("BOX-0001")
    phone.get_by_label("手工清点桌上的管数").fill("2")
    phone.get_by_role("button", name="封箱").click()
    count(phone, "sealed", 0)
    held = stored(phone)
    assert number_of(2) not in held
    assert "E12345678" not in held

    phone.context.set_offline(False)
    count(phone, "waiting", 0)
    work_off(now())

    with in_scope(system_scope("test")):
        assert Sample.objects.count() == 6
        assert sorted(Tube.objects.values_list("code", "members", "state", "conflict")) == [
            ("LH-0001", 5, 2, ""),
            ("LH-0002", 1, 2, ""),
        ]
        assert Box.objects.get().tubes.count() == 2
        station = Station.objects.get()
        assert station.last_seq == station.captured == 9


def test_codes_that_come_faster_than_they_are_written_down_keep_their_order(table: Table, phone: Page) -> None:
    """Three codes in one turn of the page: the first is a label, the others are people in that tube."""
    let_in(table, phone)
    phone.evaluate(
        """(codes) => {
          const field = document.querySelector("[data-part='field']");
          for (const code of codes) {
            field.value = code;
            field.form.requestSubmit();
          }
        }""",
        ["LH-0001", number_of(0), number_of(1)],
    )
    count(phone, "people", 2)
    expect(phone.locator("[data-part='said']")).to_have_attribute("data-right", "true")
    count(phone, "waiting", 0)
    work_off(now())

    with in_scope(system_scope("test")):
        assert list(Tube.objects.values_list("code", "members")) == [("LH-0001", 2)]


def test_an_acknowledgement_that_is_lost_is_asked_for_again(table: Table, phone: Page) -> None:
    let_in(table, phone)
    lost = []

    def lose(route) -> None:
        route.fetch()
        lost.append(1)
        route.abort("internetdisconnected")

    phone.route("**/station/batches/", lose)
    type_in(phone, "LH-0001")
    for place in range(3):
        type_in(phone, number_of(place))
        count(phone, "people", place + 1)
    phone.wait_for_timeout(500)
    assert lost
    phone.unroute("**/station/batches/")
    phone.context.set_offline(True)
    phone.context.set_offline(False)
    count(phone, "waiting", 0)
    work_off(now())

    with in_scope(system_scope("test")):
        assert Sample.objects.count() == 3


def test_a_server_that_asks_for_patience_is_asked_again_when_it_says(table: Table, phone: Page) -> None:
    let_in(table, phone)
    count(phone, "waiting", 0)
    # Answered within the page: a real 503 would be a complaint of the browser.
    phone.evaluate(
        """() => {
          const [real, answer] = [window.fetch, { status: 503, headers: { "Retry-After": "4" } }];
          [window.isBusy, window.asked] = [true, 0];
          window.fetch = (url, ...rest) => {
            if (!window.isBusy || !String(url).includes("/station/batches/")) return real(url, ...rest);
            window.asked += 1;
            return Promise.resolve(new Response("{}", answer));
          };
        }"""
    )
    type_in(phone, "LH-0001")
    until(phone, "window.asked")
    type_in(phone, number_of(0))
    count(phone, "waiting", 1)
    phone.wait_for_timeout(1_000)
    assert phone.evaluate("window.asked") == 1, "it asked again although it was told to come back in four seconds"
    phone.evaluate("window.isBusy = false")

    # A quarter sooner or later than it says, so that they do not all come at once; never twice as long.
    expect(phone.locator("[data-fill='waiting']").first).to_have_text("0", timeout=5_700)


def test_what_is_written_while_a_batch_is_on_its_way_goes_right_after_it(table: Table, phone: Page) -> None:
    let_in(table, phone)
    count(phone, "waiting", 0)
    phone.evaluate(
        """() => {
          const [real, held] = [window.fetch, new Promise((done) => { window.letGo = done; })];
          window.isOnItsWay = false;
          window.fetch = async (url, ...rest) => {
            if (String(url).includes("/station/batches/") && !window.isOnItsWay) {
              window.isOnItsWay = true;
              await held;
            }
            return real(url, ...rest);
          };
        }"""
    )
    type_in(phone, "LH-0001")
    until(phone, "window.isOnItsWay")
    type_in(phone, number_of(0))
    count(phone, "waiting", 1)
    phone.wait_for_timeout(200)
    phone.evaluate("window.letGo()")

    # The pause between two tries is 3.75 seconds or more: it is not waited for.
    expect(phone.locator("[data-fill='waiting']").first).to_have_text("0", timeout=2_500)


def hold_before_the_camera(phone: Page, text: str) -> None:
    """Let the device's camera see a QR code: a canvas stands for it, the detector is the product's own."""
    rows = [[int(module) for module in row] for row in segno.make_qr(text, error="m").matrix]
    phone.evaluate(
        """(rows) => {
          const [canvas, at, side] = [document.createElement("canvas"), 60, Math.floor(520 / rows.length)];
          canvas.width = canvas.height = 640;
          const draw = canvas.getContext("2d");
          const paint = () => {
            draw.fillStyle = "#fff";
            draw.fillRect(0, 0, 640, 640);
            draw.fillStyle = "#000";
            for (const [y, row] of rows.entries()) {
              for (const [x, dark] of row.entries()) if (dark) draw.fillRect(at + x * side, at + y * side, side, side);
            }
          };
          setInterval(paint, 50);
          paint();
          navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(20);
        }""",
        rows,
    )


def test_a_label_and_a_person_are_read_by_the_camera_with_and_without_network(table: Table, phone: Page) -> None:
    let_in(table, phone)
    hold_before_the_camera(phone, "LH-0001")
    phone.locator("[data-act='scan']").click()
    expect(phone.locator("[data-part='said']")).to_have_attribute("data-right", "true", timeout=15_000)
    phone.context.set_offline(True)
    hold_before_the_camera(phone, number_of(0))
    phone.locator("[data-act='scan']").click()
    expect(phone.locator("[data-fill='people']").first).to_have_text("1", timeout=15_000)
    # The camera is let go as soon as a code was read.
    expect(phone.locator("[data-part='camera']")).to_be_hidden()
    phone.context.set_offline(False)
    count(phone, "waiting", 0)


def test_the_newest_can_be_taken_out_and_nothing_of_a_person_stays_on_the_screen(table: Table, phone: Page) -> None:
    let_in(table, phone)
    type_in(phone, "LH-0001")
    type_in(phone, number_of(0) + "\t乌有零")
    expect(phone.locator("[data-part='people'] li")).to_have_count(1)
    assert "乌有零" not in phone.content()
    phone.get_by_role("button", name="移出").click()
    count(phone, "people", 0)
    expect(phone.locator("[data-part='people'] li")).to_have_count(0)
    count(phone, "waiting", 0)
    work_off(now())

    with in_scope(system_scope("test")):
        assert Sample.objects.filter(unbound_at=None).count() == 0


def test_a_code_made_on_the_points_page_lets_the_device_in(table: Table, page: Page, phone: Page) -> None:
    table.live.sign_in(page, table.clerk)
    page.goto(f"{table.live.url}/testing/sites/{table.desk.site.public_id}/")
    page.get_by_role("button", name="生成设备入网码").click()
    code = page.locator(".big-code").inner_text()
    phone.goto(f"{table.live.url}/station/")
    phone.locator("[data-station][data-ready]").wait_for()
    phone.locator("[data-part='code']").fill(code)
    phone.get_by_role("button", name="准入").click()
    expect(phone.locator("[data-part='field']")).to_be_visible()

    assert json.loads(stored(phone))["meta"]
