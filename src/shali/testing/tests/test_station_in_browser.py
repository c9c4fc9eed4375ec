"""The station in a real browser: let in by a code, at work without network, through a reload; nothing lost."""

import json

from playwright.sync_api import Page, expect

from shali.foundation.clocks import now
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.testing.models import Box, Sample, Station, Tube

from .desk import number_of, work_off
from .table import Table, count, let_in, type_in, until


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
