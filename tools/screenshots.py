"""Pictures of the demo city into docs/pictures, taken as somebody would: `shali run`, a sign-in link, a browser.

The demo city is made anew in a folder of its own, so that two runs show the same morning. A picture of a page that
refuses or breaks is not taken: the script ends with the page's address.
"""

import re
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from shali.config.running import Run, free_port, var_of_its_own
from shali.config.testing.chromium import FLAGS, chromium

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
LANGUAGES = ("zh-hans", "en")
LINK = re.compile(r"^ +([a-z-]+) +(http://\S+/in/\S+/)$", re.MULTILINE)


@dataclass(frozen=True)
class Shot:
    """One page: who looks, at what address, and which link is followed from there."""

    name: str
    cast: str
    address: str
    follow: str = ""
    width: int = 1440
    height: int = 1000
    scale: float = 1
    is_phone: bool = False


SHOTS = (
    Shot("wall", "city-duty", "/", width=1920, height=1080),
    Shot("lists", "city-duty", "/verification/"),
    Shot("list", "city-duty", "/verification/", follow="main tbody a"),
    Shot("anomalies", "city-duty", "/verification/anomalies/"),
    Shot("tasks", "township-desk", "/tasks/"),
    Shot("worker", "community-worker", "/verification/my/", width=360, height=740, scale=2, is_phone=True),
)


class NotShown(Exception):
    """A page did not answer as it should; the message is its address and what it said."""


def main() -> int:
    asked = set(sys.argv[1:]) or {shot.name for shot in SHOTS}
    if unknown := asked - {shot.name for shot in SHOTS}:
        print(f"No page is called {', '.join(sorted(unknown))}. There are: {', '.join(s.name for s in SHOTS)}.")
        return 2
    PICTURES.mkdir(parents=True, exist_ok=True)
    with _demo_city() as links, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        shots = [shot for shot in SHOTS if shot.name in asked]
        sessions = {cast: _sign_in(browser, links[cast]) for cast in sorted({shot.cast for shot in shots})}
        for shot in shots:
            for language in LANGUAGES:
                for dark in (False, True):
                    _take(browser, shot, sessions[shot.cast], links[shot.cast], language=language, dark=dark)
        browser.close()
    return 0


@contextmanager
def _demo_city() -> Iterator[dict[str, str]]:
    """Start the product on a fresh folder and yield the sign-in links of its cast, by name."""
    with var_of_its_own("pictures") as var:
        run = Run(var, free_port(), with_demo=True)
        try:
            if not run.answers():
                raise NotShown(f"The demo city did not start. It says:\n{run.said.read_text()[-3000:]}")
            yield dict(LINK.findall(run.said.read_text()))
        finally:
            run.process.send_signal(signal.SIGINT)
            run.process.wait(timeout=60)


def _sign_in(browser: Browser, link: str) -> Path:
    """Spend a one-time link, and keep the session for the pictures of this post."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    page.locator("main form button.primary").click()
    page.wait_for_load_state("networkidle")
    kept = Path(tempfile.mkdtemp(prefix="shali-session-")) / "state.json"
    context.storage_state(path=kept)
    context.close()
    return kept


def _take(browser: Browser, shot: Shot, session: Path, link: str, *, language: str, dark: bool) -> None:
    address = link.split("/in/", maxsplit=1)[0]
    context = browser.new_context(
        storage_state=session,
        viewport={"width": shot.width, "height": shot.height},
        device_scale_factor=shot.scale,
        color_scheme="dark" if dark else "light",
        locale="en" if language == "en" else "zh-CN",
        timezone_id="Asia/Shanghai",
        has_touch=shot.is_phone,
        reduced_motion="reduce",
    )
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    page = context.new_page()
    _go(page, f"{address}{shot.address}")
    if shot.follow:
        _go(page, f"{address}{page.locator(shot.follow).first.get_attribute('href')}")
    target = PICTURES / f"{shot.name}{'-en' if language == 'en' else ''}{'-dark' if dark else ''}.png"
    page.screenshot(path=target)
    context.close()
    print(f"{target.relative_to(ROOT)}  {target.stat().st_size / 1024:,.0f} KB", flush=True)


def _go(page: Page, address: str) -> None:
    answer = page.goto(address)
    if answer is None or answer.status != 200:
        raise NotShown(f"{address} answered {answer.status if answer else 'nothing'}: {page.title()}")
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    sys.exit(main())
