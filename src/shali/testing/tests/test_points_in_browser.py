"""What is settled and changed at the desk of mass testing, on a telephone and by the keyboard."""

from datetime import date, timedelta

from playwright.sync_api import FilePayload, Page, expect

from shali.config.testing.live import Live
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.clocks import now
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope
from shali.staffing.services.shifts import enter_worker
from shali.testing.models import GuestAnswer, Site
from shali.testing.rules import Standing

from .desk import AT, COMMUNITY, DESK, number_of, open_round, work_off
from .test_guests import near
from .test_taking import LAT, LON, code_of


def a_table(name: str, headings: str, *, code: bool = False) -> FilePayload:
    """Return a table of nine houses of a street, a kilometre apart, as a file to choose."""
    unit = f"{code_of(COMMUNITY)}," if code else ""
    lines = [f"{n}号,{unit}{LON + 0.0108 * n},{LAT},{100 if code else ''}" for n in range(9)]
    return {"name": name, "mimeType": "text/csv", "buffer": "\n".join([headings, *lines]).encode()}


def test_a_guest_a_point_and_training_are_settled_on_a_telephone(live: Live, phone: Page, assert_accessible) -> None:
    desk = open_round(6)
    device = desk.device()
    device.swab(AT, "T1", near(number_of(2)), name="乌有0002")
    device.send(AT)
    work_off()
    at = now()
    with in_scope(DESK):
        enter_worker(
            scope=DESK, name="乌有氏", kind="sampler", unit=COMMUNITY, trained_until=date(2022, 8, 1), by=DESK.name,
            at=AT,
        )  # fmt: skip
    user = add_user(username="duty", name="甄隐", at=at, language="zh-hans")
    city = Unit.objects.get(path="4111")
    live.sign_in(
        phone,
        give_post(user=user, role=Role.CITY_DUTY, unit=city, scope=None, by="system:test", at=at - timedelta(days=1)),
    )

    phone.goto(f"{live.url}/testing/rounds/{desk.round.public_id}/guests/")
    assert_accessible(phone)
    phone.keyboard.press("1")
    expect(phone.locator("[data-key='z']")).to_be_visible()
    assert_accessible(phone)
    assert desk.standing(2) == Standing.AWAITING
    phone.keyboard.press("z")
    expect(phone.locator("[data-key='1']")).to_be_visible()
    assert desk.standing(2) == Standing.NOT_SAMPLED
    assert not GuestAnswer.objects.filter(undone_at=None).exists()

    phone.goto(f"{live.url}/testing/sites/{desk.site.public_id}/")
    for summary in phone.locator("details.spaced summary").all():
        summary.click()
    assert_accessible(phone)
    phone.locator("#tables").fill("5")
    phone.locator("button", has_text="保存台数和时间").click()
    expect(phone.locator("h1")).to_contain_text("甲点")
    assert Site.objects.get(pk=desk.site.pk).tables == 5

    phone.goto(f"{live.url}/testing/rounds/{desk.round.public_id}/plans/")
    phone.locator("#points").set_input_files(a_table("居住地.csv", "名称,社区代码,经度,纬度,人数", code=True))
    phone.locator("#candidates").set_input_files(a_table("备选点.csv", "名称,经度,纬度,状态"))
    phone.locator("button.primary").click()
    expect(phone.locator("h1")).to_contain_text("3")
    expect(phone.locator("main")).to_contain_text("没有方案能少于 3 个采样点")
    assert_accessible(phone)

    people = f"/testing/rounds/{desk.round.public_id}/people/"
    for page in (
        people,
        "/staffing/",
        "/staffing/?which=ended",
        "/laboratory/",
        "/testing/",
        "/testing/groups/",
        "/testing/parked/",
    ):
        phone.goto(live.url + page)
        assert_accessible(phone)
