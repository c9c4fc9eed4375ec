"""A code held before the device's camera, with and without network, and a network that comes back haltingly."""

import segno
from playwright.sync_api import Page, expect

from .desk import number_of
from .table import Table, count, let_in, type_in, until


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


def test_a_first_try_that_fails_when_the_network_is_back_is_soon_made_again(table: Table, phone: Page) -> None:
    """A browser says that it is online before anything gets through, and by then the pauses have grown long."""
    let_in(table, phone)
    count(phone, "waiting", 0)
    # Failed within the page: a request that really fails would be a complaint of the browser.
    phone.evaluate(
        """() => {
          const real = window.fetch;
          [window.failures, window.failing] = [0, 9];
          window.fetch = (url, ...rest) => {
            if (!String(url).includes("/station/batches/") || window.failing === 0) return real(url, ...rest);
            [window.failures, window.failing] = [window.failures + 1, window.failing - 1];
            return Promise.reject(new TypeError("Failed to fetch"));
          };
        }"""
    )
    for place in range(3):
        type_in(phone, ["LH-0001", number_of(0), number_of(1)][place])
        until(phone, f"window.failures > {place}")
    phone.evaluate("window.failing = 1")
    phone.evaluate("dispatchEvent(new Event('online'))")
    count(phone, "waiting", 0)


def test_a_network_that_comes_back_while_the_screen_is_told_of_a_failure_is_used_at_once(
    table: Table, phone: Page
) -> None:
    let_in(table, phone)
    count(phone, "waiting", 0)
    phone.evaluate(
        """() => {
          const real = window.fetch;
          [window.failures, window.isBack] = [0, false];
          window.fetch = (url, ...rest) => {
            if (!String(url).includes("/station/batches/") || window.isBack) return real(url, ...rest);
            window.failures += 1;
            if (window.failures > 4) {
              window.isBack = true;
              const { port1, port2 } = new MessageChannel();
              port1.onmessage = () => dispatchEvent(new Event("online"));
              port2.postMessage("after what follows from the failure, before anything is read");
            }
            return Promise.reject(new TypeError("Failed to fetch"));
          };
        }"""
    )
    for place in range(5):
        type_in(phone, ["LH-0001", *map(number_of, range(4))][place])
        until(phone, f"window.failures > {place}")
    count(phone, "waiting", 0)


def test_what_the_camera_needs_lies_on_the_device_before_the_network_goes(table: Table, phone: Page) -> None:
    let_in(table, phone)
    phone.wait_for_function(
        "async () => (await (await caches.open('station-files')).keys()).some((one) => one.url.endsWith('.wasm'))"
    )
