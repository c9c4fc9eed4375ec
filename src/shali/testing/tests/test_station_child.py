"""A child without a document, at the table in a real browser: known by whoever brings him, and which he is."""

from playwright.sync_api import Page, expect

from shali.foundation.clocks import now
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.testing.models import Expected, Sample

from .desk import number_of, work_off
from .table import Table, count, let_in, type_in


def bring(phone: Page, by: str, child: str) -> None:
    phone.get_by_role("button", name="无证件").click()
    phone.locator("#n-name").fill("乌有童")
    phone.locator("#n-by").fill(by)
    phone.locator("#n-child").select_option(child)
    phone.locator("dialog[open] .btn.primary").click()


def test_two_children_of_one_guardian_are_two_people_and_neither_is_sampled_twice(
    table: Table, phone: Page, assert_accessible
) -> None:
    let_in(table, phone)
    type_in(phone, "LH-0001")
    bring(phone, number_of(0), "1")
    count(phone, "members", 1)
    bring(phone, number_of(0), "2")
    count(phone, "members", 2)
    bring(phone, number_of(0), "1")
    expect(phone.locator("[data-part='said']")).to_have_attribute("data-right", "false")
    type_in(phone, number_of(0))  # the guardian himself
    count(phone, "members", 3)
    bring(phone, "41110220220", "1")  # no document: the form stays as it is
    expect(phone.locator("#n-name")).to_have_value("乌有童")
    assert_accessible(phone)
    phone.locator("dialog[open] [data-act='hide']").click()
    count(phone, "waiting", 0)
    work_off(now())

    with in_scope(system_scope("test")):
        assert Sample.objects.values("person").distinct().count() == 3
        assert Expected.objects.filter(guest=True).count() == 2
