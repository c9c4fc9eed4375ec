"""People at work in a browser's stead: each signs in by a link, then opens page after page and notes the time."""

import http.client
import random
import re
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
SIGN_IN = "sign-in"


@dataclass
class Seconds:
    """What each kind of page took, and which answered with what else than 200."""

    by_page: dict[str, list[float]] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, page: str, seconds: float, status: int) -> None:
        with self.lock:
            if status == http.client.OK:
                self.by_page.setdefault(page, []).append(seconds)
            else:
                self.refused[f"{page}: {status}"] = self.refused.get(f"{page}: {status}", 0) + 1


@dataclass
class User:
    """One signed-in person over one kept connection. `pages` maps a page's name to the addresses to choose from."""

    address: str
    link: str
    pages: dict[str, list[str]]
    seconds: Seconds
    seed: int
    think: float = 0.0  # seconds between an answer and the next question, about
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        at = urlsplit(self.address)
        self.connection = http.client.HTTPConnection(at.hostname or "127.0.0.1", at.port, timeout=60)
        self.draw = random.Random(self.seed)

    def work(self, until: float) -> None:
        self.sign_in()
        while time.monotonic() < until:
            self.open_a_page()

    def open_a_page(self) -> None:
        name = self.draw.choice(sorted(self.pages))
        self._ask(name, "GET", self.draw.choice(self.pages[name]))
        time.sleep(self.think * self.draw.uniform(0.5, 1.5))

    def sign_in(self) -> None:
        body = self._ask(SIGN_IN, "GET", self.link)
        found = TOKEN.search(body)
        form = urlencode({"csrfmiddlewaretoken": found.group(1) if found else ""})
        self._ask("", "POST", self.link, form)

    def _ask(self, name: str, method: str, path: str, body: str = "") -> str:
        headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        if body:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.address}
        began = time.monotonic()
        self.connection.request(method, path, body or None, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        took = time.monotonic() - began
        for line in answer.msg.get_all("Set-Cookie") or []:
            key, _, value = line.split(";", 1)[0].partition("=")
            self.cookies[key] = value
        if name:
            self.seconds.add(name, took, answer.status)
        return text.decode(errors="replace")
