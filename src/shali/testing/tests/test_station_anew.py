"""A device that is a station already, let in by another code in a real browser: nothing mixed, nothing dropped."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from shali.foundation.clocks import now
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.testing.models import Parked, Sample, Station, Tube
from shali.testing.services.rounds import Plan, freeze_roster, plan_round
from shali.testing.services.sites import NewSite, add_site
from shali.testing.services.stations import make_station, revoke_station

from .desk import COMMUNITY, DESK, Desk, number_of, work_off
from .table import Table, count, let_in, type_in, until

PACK_IS_OPEN = """() => new Promise((told) => {
  const asked = indexedDB.open("shali-station");
  asked.onsuccess = () => {
    const kept = asked.result.transaction("meta").objectStore("meta").get("pack");
    kept.onsuccess = () => { asked.result.close(); told(Boolean(kept.result?.value.open)); };
  };
})"""
SAID = "[data-part='said']"
# Answered within the page: a real 503 would be a complaint of the browser.
BUSY = """() => {
  const real = window.fetch;
  const patience = { status: 503, headers: { "Retry-After": "300" } };
  window.fetch = (url, ...rest) =>
    String(url).includes("/station/batches/") ? Promise.resolve(new Response("{}", patience)) : real(url, ...rest);
}"""
WIPE = """async () => {
  const home = await navigator.storage.getDirectory();
  await new Promise((done) => { indexedDB.deleteDatabase("shali-station").onsuccess = done; });
  for await (const name of home.keys()) await home.removeEntry(name, { recursive: true });
}"""


def a_tube(phone: Page, label: str, *places: int) -> None:
    type_in(phone, label)
    for n, place in enumerate(places):
        type_in(phone, number_of(place))
        count(phone, "members", n + 1)
    phone.get_by_role("button", name="提前封管").click()
    count(phone, "sealed", 1)


def codes(table: Table, desk: Desk | None = None) -> str:
    desk = desk or table.desk
    with in_scope(DESK):
        return make_station(scope=DESK, site=desk.site.public_id, table=2, by=DESK.name, at=now()).code


def enter(table: Table, phone: Page, code: str) -> None:
    """Open a code's address on the page that is open: the browser only tells the page of it."""
    phone.evaluate("(code) => { location.hash = code; }", code)
    phone.get_by_role("button", name="准入").click()


def test_a_device_whose_acts_arrived_becomes_another_station_at_once(
    table: Table, phone: Page, assert_accessible
) -> None:
    let_in(table, phone)
    a_tube(phone, "LH-0001", 0, 1)
    count(phone, "waiting", 0)
    phone.evaluate("(code) => { location.hash = code; }", codes(table))
    expect(phone.locator("[data-part='old']")).to_contain_text("甲点")
    assert_accessible(phone)
    phone.get_by_role("button", name="准入").click()

    count(phone, "people", 0)
    count(phone, "table", 2)
    type_in(phone, "LH-0001")  # nothing of the table before is known: the label, the people
    type_in(phone, number_of(0))
    expect(phone.locator(SAID)).to_have_attribute("data-right", "true")
    count(phone, "people", 1)
    count(phone, "waiting", 0)
    expect(phone.locator("[data-part='earlier']")).to_be_hidden()
    work_off(now())

    with in_scope(system_scope("test")):
        assert sorted(Station.objects.values_list("table", "last_seq", "forked_at")) == [(1, 3, None), (2, 1, None)]
        assert Sample.objects.count() == 3
        assert not Parked.objects.exists()


def test_acts_that_cannot_go_stay_the_old_stations_and_go_under_its_name(table: Table, phone: Page) -> None:
    let_in(table, phone)
    count(phone, "waiting", 0)
    phone.evaluate(BUSY)
    a_tube(phone, "LH-0001", 0, 1)
    count(phone, "waiting", 3)
    phone.route("**/station/copies/", lambda route: route.abort("internetdisconnected"))
    enter(table, phone, codes(table))
    count(phone, "table", 2)
    expect(phone.locator("[data-part='earlier']")).to_be_visible()
    count(phone, "earlier-count", 3)
    count(phone, "earlier-arrived", 0)
    a_tube(phone, "LH-0002", 2)
    phone.unroute("**/station/copies/")
    phone.reload()

    count(phone, "table", 2)
    count(phone, "waiting", 0)
    expect(phone.locator("[data-part='earlier']")).to_be_hidden()
    work_off(now())

    with in_scope(system_scope("test")):
        told = Tube.objects.order_by("code").values_list("code", "station__table", "members", "state", "conflict")
        assert list(told) == [("LH-0001", 1, 2, 2, ""), ("LH-0002", 2, 1, 2, "")]
        assert not Parked.objects.exists()


def test_a_revoked_device_is_let_in_by_another_code(table: Table, phone: Page) -> None:
    let_in(table, phone)
    with in_scope(DESK):
        revoke_station(scope=DESK, station=Station.objects.get().public_id, by=DESK.name, at=now())
    a_tube(phone, "LH-0001", 0)
    apart = phone.locator("[data-part='apart']")
    expect(apart).to_be_visible()
    apart.get_by_role("button", name="换一个入网码").click()
    phone.locator("[data-part='code']").fill(codes(table))
    phone.get_by_role("button", name="准入", exact=True).click()

    count(phone, "table", 2)
    expect(apart).to_be_hidden()
    a_tube(phone, "LH-0002", 1)
    count(phone, "waiting", 0)
    work_off(now())

    with in_scope(system_scope("test")):
        assert list(Tube.objects.values_list("code", flat=True)) == ["LH-0002"]
        assert set(Parked.objects.values_list("kind", flat=True)) == {"station_revoked"}


def test_a_tube_with_people_in_it_is_finished_first_and_a_wrong_code_changes_nothing(table: Table, phone: Page) -> None:
    let_in(table, phone)
    type_in(phone, "LH-0001")
    type_in(phone, number_of(0))
    count(phone, "people", 1)
    enter(table, phone, codes(table))
    expect(phone.locator(SAID)).to_have_attribute("data-right", "false")
    phone.get_by_role("button", name="留在本台").click()
    type_in(phone, number_of(1))
    count(phone, "people", 2)
    count(phone, "table", 1)
    count(phone, "waiting", 0)


def test_a_roster_frozen_meanwhile_is_known_without_loading_the_page_again(table: Table, phone: Page) -> None:
    city, at = Scope(path="4111", name="post:9"), now()
    with in_scope(city):
        plan = Plan((DESK.path,), at, at + timedelta(hours=9), 5)
        made = plan_round(scope=city, plan=plan, by=city.name, at=at)
    with in_scope(DESK):
        new = NewSite("乙点", COMMUNITY, tables=2)
        site = add_site(scope=DESK, made=made.public_id, new=new, by=DESK.name, at=at)
    let_in(Table(table.live, Desk(made, site, table.desk.people), table.clerk), phone)
    type_in(phone, "LH-0001")
    type_in(phone, number_of(0))
    expect(phone.locator(SAID)).to_contain_text("名单外")

    freeze_roster(made=made.pk, by=city.name, at=at)
    with phone.expect_response("**/station/pack/"):
        phone.evaluate("dispatchEvent(new Event('online'))")
    # Not when the answer is here, but when the device has kept it.
    until(phone, PACK_IS_OPEN)
    type_in(phone, number_of(1))

    count(phone, "people", 2)
    expect(phone.locator(SAID)).not_to_contain_text("名单外")


def test_a_store_that_is_wiped_after_all_arrived_claims_no_loss(table: Table, phone: Page) -> None:
    let_in(table, phone)
    a_tube(phone, "LH-0001", 0)
    count(phone, "waiting", 0)
    phone.goto(f"{table.live.url}/account/login/")
    phone.evaluate(WIPE)
    phone.goto(f"{table.live.url}/station/")
    phone.locator("[data-station][data-ready]").wait_for()

    assert phone.evaluate("localStorage.getItem('shali-station-counts')") is not None
    expect(phone.locator("[data-part='lost']")).to_be_hidden()
