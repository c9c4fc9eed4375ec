"""A store that the browser lost, in a real browser: what lay in it arrives out of the second copy, once."""

from pathlib import Path

from playwright.sync_api import Page, expect

from shali.foundation.clocks import now
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.testing.models import Parked, Sample, Station, Tube
from shali.testing.services.copies import hand_in_copy

from .desk import DESK, number_of, work_off
from .table import Table, count, let_in, type_in, until

LOSE = "new Promise((done) => { indexedDB.deleteDatabase('shali-station').onsuccess = () => done(true); })"


def sample_offline(table: Table, phone: Page) -> None:
    """Sample one person with a network and three without."""
    let_in(table, phone)
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    type_in(phone, "LH-0001")
    type_in(phone, number_of(0))
    count(phone, "people", 1)
    count(phone, "waiting", 0)
    phone.context.set_offline(True)
    for place in range(1, 4):
        type_in(phone, number_of(place))
        count(phone, "people", place + 1)
    count(phone, "copied", 4)


def sample_and_lose(table: Table, phone: Page) -> None:
    """Sample one person with a network and three without; then the browser loses its store."""
    sample_offline(table, phone)
    phone.evaluate(LOSE)
    phone.reload()
    phone.locator("[data-station][data-ready]").wait_for()


def copy_of(phone: Page) -> str:
    """Return all that lies in the browser's private file system, as text."""
    return phone.evaluate(
        """async () => {
          const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("shali-station");
          const all = [];
          for await (const handle of folder.values()) all.push(await (await handle.getFile()).text());
          return all.join("");
        }"""
    )


def test_a_store_lost_without_network_costs_no_event(table: Table, phone: Page, assert_accessible) -> None:
    sample_and_lose(table, phone)
    expect(phone.locator("[data-part='lost']")).to_contain_text("4")
    expect(phone.locator("[data-part='lost-copied']")).to_be_visible()
    expect(phone.locator("[data-part='lost-nowhere']")).to_be_hidden()
    count(phone, "copies-count", 4)
    count(phone, "copies-arrived", 0)
    assert_accessible(phone)
    assert all(number_of(place) not in copy_of(phone) for place in range(4))

    phone.context.set_offline(False)
    count(phone, "copies-arrived", 4)  # by itself, before the device is let in again
    let_in(table, phone)
    type_in(phone, "LH-0002")
    type_in(phone, number_of(4))
    count(phone, "people", 1)
    count(phone, "waiting", 0)
    work_off(now())

    with in_scope(system_scope("test")):
        assert Sample.objects.count() == Sample.objects.values("event").distinct().count() == 5
        assert sorted(Tube.objects.values_list("code", "members", "conflict")) == [
            ("LH-0001", 4, ""),
            ("LH-0002", 1, ""),
        ]
        assert sorted(Station.objects.values_list("last_seq", "forked_at")) == [(1, None), (4, None)]
        assert not Parked.objects.exists()


def test_a_page_at_work_whose_store_goes_says_so_by_itself_and_keeps_the_count(table: Table, phone: Page) -> None:
    """The page goes on for a while over a store that is empty now: what it shows then is not what was counted."""
    sample_offline(table, phone)
    phone.evaluate(LOSE)
    phone.evaluate("setTimeout(() => dispatchEvent(new Event('offline')))")

    expect(phone.locator("[data-part='lost']")).to_be_visible(timeout=20_000)
    count(phone, "lost-people", 4)
    count(phone, "lost-waiting", 3)
    count(phone, "copies-count", 4)


def test_a_copy_saved_as_a_file_is_handed_in_at_the_desk(table: Table, phone: Page, page: Page, tmp_path: Path) -> None:
    sample_and_lose(table, phone)
    with phone.expect_download() as saved:
        phone.locator("[data-part='copies'] [data-act='save']").click()
    file = tmp_path / saved.value.suggested_filename
    saved.value.save_as(file)

    table.live.sign_in(page, table.clerk)
    page.goto(f"{table.live.url}/testing/sites/{table.desk.site.public_id}/")
    page.locator("details summary", has_text="存储").click()
    page.locator("#copy").set_input_files(file)
    page.get_by_role("button", name="交来").click()
    expect(page.get_by_role("status").first).to_contain_text("4")
    work_off(now())

    with in_scope(system_scope("test")):
        assert Sample.objects.count() == 4
    with in_scope(DESK):
        again = hand_in_copy(scope=DESK, site=table.desk.site.public_id, path=file, by=DESK.name, at=now())
    assert (again.lines, again.fresh, again.known) == (4, 0, 4)


def test_a_line_torn_in_the_copy_is_written_again_out_of_the_store(table: Table, phone: Page) -> None:
    let_in(table, phone)
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.context.set_offline(True)
    type_in(phone, "LH-0001")
    for place in range(3):
        type_in(phone, number_of(place))
        count(phone, "people", place + 1)
    whole = copy_of(phone)
    phone.context.set_offline(False)
    phone.goto(f"{table.live.url}/account/login/")
    phone.evaluate(
        """async () => {
          const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("shali-station");
          for await (const handle of folder.values()) {
            const file = await handle.getFile();
            const writing = await handle.createWritable({ keepExistingData: true });
            await writing.truncate(file.size - 40);
            await writing.close();
          }
        }"""
    )
    phone.goto(f"{table.live.url}/station/")
    count(phone, "copied", 3)

    lines = copy_of(phone).splitlines()
    assert len(lines) == len(whole.splitlines()) == 3
    assert lines[:2] == whole.splitlines()[:2]


def test_a_store_that_fell_back_gets_its_events_out_of_the_copy(table: Table, phone: Page) -> None:
    """Numbers are not given twice: that would look like two devices with one key."""
    let_in(table, phone)
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.context.set_offline(True)
    type_in(phone, "LH-0001")
    for place in range(3):
        type_in(phone, number_of(place))
        count(phone, "people", place + 1)
    phone.evaluate(
        """() => new Promise((done) => {
          indexedDB.open("shali-station").onsuccess = ({ target }) => {
            const falling = target.result.transaction("outbox", "readwrite");
            falling.objectStore("outbox").delete(3);
            falling.objectStore("outbox").delete(2);
            falling.oncomplete = () => { target.result.close(); done(true); };
          };
        })"""
    )
    phone.reload()
    phone.locator("[data-station][data-ready]").wait_for()
    type_in(phone, number_of(3))
    phone.context.set_offline(False)
    until(phone, "document.querySelector(\"[data-fill='acknowledged']\").textContent === '4'")
    work_off(now())

    with in_scope(system_scope("test")):
        assert Sample.objects.count() == 4
        assert Station.objects.get().forked_at is None


def test_a_browser_without_a_private_file_system_samples_all_the_same_and_says_so(table: Table, phone: Page) -> None:
    phone.add_init_script("delete StorageManager.prototype.getDirectory; Worker = undefined;")
    let_in(table, phone)
    type_in(phone, "LH-0001")
    type_in(phone, number_of(0))
    count(phone, "people", 1)
    expect(phone.locator(".of-no-copy")).to_be_visible()
    expect(phone.locator("[data-part='unpromised']")).to_be_visible()
