"""Pages in a real Chromium. A test fails for what the browser complains about, whether it looked there or not."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright

from shali.config.start.checkout import ROOT
from shali.config.testing.chromium import FLAGS, NoChromium, chromium

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}
NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        path = chromium()
    except NoChromium as reason:
        pytest.fail(str(reason), pytrace=False)
    # Playwright runs an event loop in this thread; the ORM beside it is used by this thread alone.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Return a function that opens a page in a browser of its own: `new_page(phone=True, dark=True, language="en")`."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    cut: set[BrowserContext] = set()

    def open_page(*, phone: bool = False, dark: bool = False, language: str = "zh-CN", javascript: bool = True) -> Page:
        context = browser.new_context(
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]  # a dict of width and height
            locale=language,
            timezone_id="Asia/Shanghai",
            color_scheme="dark" if dark else "light",
            has_touch=phone,
            java_script_enabled=javascript,
        )
        contexts.append(context)
        _remember_cuts(context, cut)
        if AXE.exists():
            context.add_init_script(path=AXE)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
        page.on("console", lambda said: complaints.extend(_said(said, is_cut=context in cut)))
        page.on("response", lambda answer: complaints.extend(_complaint(answer)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, "The browser complained:\n" + "\n".join(complaints)


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """Return a page on a desk's screen, in Chinese and in light."""
    return new_page()


@pytest.fixture
def phone(new_page: NewPage) -> Page:
    """Return a page on a telephone of 360 px."""
    return new_page(phone=True)


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """Return a check that a page has no serious finding of axe's, and does not scroll sideways."""
    return _assert_accessible


def _assert_accessible(page: Page) -> None:
    found: list[dict[str, Any]] = page.evaluate(  # axe's own JSON
        "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
    )
    serious = [
        f"{rule['impact']}: {rule['help']} ({rule['id']})\n  "
        + "\n  ".join(node["html"][:200] for node in rule["nodes"])
        for rule in found
        if rule["impact"] in {"serious", "critical"}
    ]
    assert not serious, f"{page.url}\n" + "\n".join(serious)
    too_wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert too_wide <= 0, f"{page.url} scrolls sideways by {too_wide} px"


def _remember_cuts(context: BrowserContext, cut: set[BrowserContext]) -> None:
    really = context.set_offline

    def set_offline(offline: bool) -> None:
        if offline:
            cut.add(context)
        really(offline)

    context.set_offline = set_offline  # type: ignore[method-assign]


def _said(said: ConsoleMessage, *, is_cut: bool) -> list[str]:
    """Return an error on the console. A test that cuts the network hears of it; that is no fault of the page."""
    # The second is what a request ends with that a service worker passed on into the cut.
    heard = "net::ERR_INTERNET_DISCONNECTED" in said.text or (is_cut and "net::ERR_FAILED" in said.text)
    return [f"console: {said.text} ({said.location['url']})"] if said.type == "error" and not heard else []


def _complaint(answer: Response) -> list[str]:
    # A refusal is an answer too; a broken server or a missing file is not.
    broken = answer.status >= 500 or (answer.status == 404 and "/static/" in answer.url)
    return [f"{answer.status} for {answer.request.method} {answer.url}"] if broken else []
