"""Tubes that are voided, people who lay in another tube: at the table, in a real browser, also after a reload."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from shali.foundation.clocks import now
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.policy.rules import limit
from shali.testing.models import Sample, Tube
from shali.testing.rules import HOUSEHOLD, Outcome
from shali.testing.services.zones import NewZone, set_zone

from .desk import AT, COMMUNITY, DESK, a_laboratory, a_result, fill, hand_in, number_of, work_off
from .table import Table, count, let_in, type_in

SAID = "[data-part='said']"


def a_tube(phone: Page, label: str, *places: int, sealed: bool = True) -> None:
    type_in(phone, label)
    for n, place in enumerate(places):
        type_in(phone, number_of(place))
        count(phone, "members", n + 1)
    if sealed:
        phone.get_by_role("button", name="提前封管").click()
        expect(phone.locator("[data-station]")).to_have_attribute("data-tube", "none")


def void(phone: Page, tube: str, why: str) -> None:
    phone.get_by_role("button", name="作废一管").click()
    phone.locator("[data-part='void-tube']").select_option(tube)
    phone.locator("#v-why").select_option(why)
    phone.get_by_role("button", name="作废", exact=True).click()
    expect(phone.locator(SAID)).to_contain_text("作废")


def choose(phone: Page, which: int, act: str) -> None:
    """Choose somebody of those on the table, counted in the order of the list, and press a button."""
    phone.get_by_role("button", name="改一位").click()
    phone.locator("[data-part='change-who']").select_option(index=which)
    phone.locator(f"dialog[open] button[value='{act}']").click()


@pytest.mark.parametrize("sealed", [False, True])
def test_the_people_of_a_void_tube_are_sampled_again_as_if_for_the_first_time(
    table: Table, phone: Page, assert_accessible, sealed: bool
) -> None:
    let_in(table, phone)
    a_tube(phone, "LH-0001", 0, 1, sealed=sealed)
    void(phone, "LH-0001", "broken")
    count(phone, "people", 0)
    count(phone, "sealed", 0)
    assert_accessible(phone)
    a_tube(phone, "LH-0002", 0, 1)
    expect(phone.locator("[data-part='again']")).to_be_hidden()
    count(phone, "people", 2)
    count(phone, "waiting", 0)
    work_off(now())

    with in_scope(system_scope("test")):
        told = Tube.objects.order_by("code").values_list("code", "state", "void_why", "conflict")
        assert list(told) == [("LH-0001", 3, "broken", ""), ("LH-0002", 2, "", "")]
        assert set(Sample.objects.values_list("pair", flat=True)) == {1}


def test_anybody_on_the_table_is_taken_out_or_moved_also_after_a_reload(table: Table, phone: Page) -> None:
    let_in(table, phone)
    a_tube(phone, "LH-0001", 0, 1, 2)
    a_tube(phone, "LH-0002", 3, sealed=False)
    phone.reload()
    phone.locator("[data-station][data-ready]").wait_for()
    choose(phone, 3, "out")  # the list: the open tube's one, then places 3, 2, 1 of the sealed one
    expect(phone.locator(SAID)).to_have_attribute("data-right", "true")
    count(phone, "people", 3)
    choose(phone, 1, "move")
    count(phone, "members", 2)
    count(phone, "people", 3)
    choose(phone, 2, "move")  # the last one of a sealed tube
    expect(phone.locator(SAID)).to_have_attribute("data-right", "false")
    phone.get_by_role("button", name="提前封管").click()
    count(phone, "waiting", 0)
    type_in(phone, "LH-0003")
    type_in(phone, number_of(0))  # taken out: he is sampled like anybody
    expect(phone.locator(SAID)).to_have_attribute("data-right", "true")
    type_in(phone, number_of(2))  # moved: he was sampled
    expect(phone.locator(SAID)).to_have_attribute("data-right", "false")
    count(phone, "waiting", 0)
    work_off(now())

    with in_scope(system_scope("test")):
        bound = Sample.objects.filter(unbound_at=None).values_list("tube__code", "person_id")
        people = table.desk.people
        assert sorted(bound) == [
            ("LH-0001", people[1]),
            ("LH-0002", people[2]),
            ("LH-0002", people[3]),
            ("LH-0003", people[0]),
        ]
        assert not Tube.objects.exclude(conflict="").exists()


def test_whoever_is_recalled_is_said_to_be_and_goes_into_a_tube_of_his_own(table: Table, phone: Page) -> None:
    device = table.desk.device(2)
    fill(device, "T1", range(2))
    device.send(AT)
    work_off()
    hand_in(a_laboratory(), a_result("T1", Outcome.POSITIVE))
    let_in(table, phone)
    type_in(phone, "LH-0001")
    type_in(phone, number_of(0))
    expect(phone.locator(SAID)).to_have_attribute("data-right", "false")
    expect(phone.locator(SAID)).to_contain_text("单管")
    type_in(phone, number_of(2))
    count(phone, "members", 1)
    phone.get_by_role("button", name="提前封管").click()
    expect(phone.locator("[data-station]")).to_have_attribute("data-tube", "none")
    phone.locator("[data-part='size']").select_option("1")
    type_in(phone, "LH-0002")
    type_in(phone, number_of(0))
    count(phone, "sealed", 2)
    type_in(phone, "LH-0003")
    type_in(phone, number_of(0))
    expect(phone.locator(SAID)).to_have_attribute("data-right", "false")
    count(phone, "waiting", 0)
    work_off(now())

    with in_scope(system_scope("test")):
        told = Tube.objects.filter(code__startswith="LH").order_by("code").values_list("code", "size", "members")
        assert list(told) == [("LH-0001", 5, 1), ("LH-0002", 1, 1)]


def test_where_each_household_has_a_tube_the_table_opens_no_other_and_seals_it_when_all_are_in(
    table: Table, phone: Page
) -> None:
    with in_scope(DESK):
        zone = NewZone(COMMUNITY, pool_size=HOUSEHOLD)
        set_zone(scope=DESK, made=table.desk.round.public_id, new=zone, by=DESK.name, at=now())
    let_in(table, phone)
    offered = phone.locator("[data-part='size'] option:not([hidden])")
    assert offered.all_inner_texts() == ["一户", "1"]
    type_in(phone, "LH-0001")
    expect(phone.locator("[data-part='of-a-household']")).to_have_text("一户一管")
    expect(phone.locator("[data-part='of-so-many']")).to_be_hidden()
    for person in range(3):
        type_in(phone, number_of(person))
    count(phone, "members", 3)
    phone.get_by_role("button", name="这一户已采完，封管").click()
    count(phone, "sealed", 1)
    type_in(phone, "LH-0002")
    type_in(phone, number_of(3))
    count(phone, "acknowledged", 5)  # four swabs and a seal
    work_off(now())

    with in_scope(system_scope("test")):
        told = Tube.objects.order_by("code").values_list("code", "size", "members", "state", "conflict")
        assert list(told) == [("LH-0001", HOUSEHOLD, 3, 2, ""), ("LH-0002", HOUSEHOLD, 1, 1, "")]


def test_a_table_knows_a_household_by_the_number_of_the_rules() -> None:
    script = Path(__file__).parents[1] / "static/testing/station/sizes.js"
    assert f"HOUSEHOLD = {HOUSEHOLD};" in script.read_text(encoding="utf-8")


def test_the_hour_at_the_laboratory_is_that_of_the_rules(table: Table, phone: Page) -> None:
    let_in(table, phone)
    pack = phone.evaluate(
        """() => new Promise((done) => {
          indexedDB.open("shali-station").onsuccess = ({ target }) => {
            const meta = target.result.transaction("meta", "readwrite").objectStore("meta");
            meta.get("pack").onsuccess = ({ target: { result } }) => {
              meta.put({ name: "pack", value: { ...result.value, transport_hours: 2 } });
              target.result.close();
              done(result.value.transport_hours);
            };
          };
        })"""
    )
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.context.set_offline(True)
    phone.reload()
    phone.locator("[data-station][data-ready]").wait_for()
    type_in(phone, "LH-0001")
    type_in(phone, number_of(0))
    count(phone, "members", 1)

    assert timedelta(hours=pack) == timedelta(hours=limit("tube_transport", now()).hours)
    first, deliver = (phone.locator(f"[data-fill='{name}']").inner_text() for name in ("first", "deliver"))
    hours = (int(deliver[:2]) - int(first[:2])) % 24
    assert (hours, deliver[3:]) == (2, first[3:])
