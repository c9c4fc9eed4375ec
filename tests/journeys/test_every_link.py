"""Every link that a page shows leads somewhere, and every form may be sent, for each of the roles of the demo city.

A reader who is shown what he may not open is a defect of the page that shows it. A page that breaks on what lies
outside its reader's area is found here too: the demo's people, cases and rounds cross the borders of its units.
"""

import re
import shutil
import urllib.error
import urllib.request
from collections import Counter, deque
from collections.abc import Iterator
from http.cookiejar import CookieJar
from urllib.parse import parse_qs, urldefrag, urlencode, urljoin, urlsplit

import lxml.html
import pytest
from django.urls import Resolver404, resolve

from shali.config.running import Run, free_port, remove_database
from shali.foundation.accounts.roles import Role

ALIKE = 2  # pages of one kind that are looked at
MOST = 260  # pages a role
LINK = re.compile(r"^\s+([a-z-]+)\s+(http://\S+/in/\S+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The demo city as `shali run` starts it: a sign-in link by role."""
    var = tmp_path_factory.mktemp("every_link") / "var"
    run = Run(var, free_port(), with_demo=True)
    try:
        assert run.answers(), run.said.read_text()
        yield dict(LINK.findall(run.said.read_text()))
    finally:
        run.process.terminate()
        run.process.wait(timeout=60)
        remove_database(var)
        shutil.rmtree(var, ignore_errors=True)


class Reader:
    """Somebody in a browser who follows every link once."""

    def __init__(self, link: str, role: str) -> None:
        self.root = "{0.scheme}://{0.netloc}".format(urlsplit(link))
        self.verbs = {str(verb) for verb in Role.by_code(role).verbs}
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.opener.addheaders = [("Accept-Language", "zh-Hans")]
        self.kinds: Counter[str] = Counter()
        self.wrong: list[str] = []
        page = lxml.html.fromstring(self._open(link)[1])
        form = page.forms[-1]
        self.opener.open(urljoin(link, form.action or link), urlencode(form.form_values()).encode())

    def _open(self, address: str) -> tuple[int, bytes, str]:
        try:
            with self.opener.open(address) as answer:
                return answer.status, answer.read(), answer.headers.get_content_type()
        except urllib.error.HTTPError as refused:
            return refused.code, b"", ""

    def follow(self) -> int:
        """Walk from the first page; return how many pages were seen."""
        ahead, known = deque([(self.root + "/", "the start")]), {self.root + "/"}
        seen = 0
        while ahead and seen < MOST:
            address, shown_on = ahead.popleft()
            if not self._is_wanted(address, shown_on):
                continue
            seen += 1
            status, content, kind = self._open(address)
            if status >= 400:
                self.wrong.append(f"{status} at {self._short(address)}, a link of {self._short(shown_on)}")
            elif kind == "text/html":
                for link in self._read(address, content):
                    if link not in known:
                        known.add(link)
                        ahead.append((link, address))
        return seen

    def _is_wanted(self, address: str, shown_on: str) -> bool:
        """Say whether a link is of a kind of which few were seen."""
        parts = urlsplit(address)
        try:
            route = resolve(parts.path).route
        except Resolver404:
            self.wrong.append(f"{self._short(address)} is no address, a link of {self._short(shown_on)}")
            return False
        kind = f"{route}?{sorted(parse_qs(parts.query, keep_blank_values=True))}"
        self.kinds[kind] += 1
        return self.kinds[kind] <= ALIKE

    def _read(self, address: str, content: bytes) -> list[str]:
        """Return the links of a page, and note what is wrong with it."""
        page, here = lxml.html.fromstring(content), self._short(address)
        names = Counter(page.xpath("//@id"))
        twice = sorted(name for name, count in names.items() if count > 1)
        self.wrong += [f"{here} has the id {name} twice" for name in twice]
        anchors = [link[1:] for link in page.xpath("//a/@href") if link.startswith("#") and len(link) > 1]
        for name in [*page.xpath("//label/@for"), *anchors]:
            if name not in names:
                self.wrong.append(f"{here} points at {name}, which is not on it")
        for form in page.xpath("//form"):
            self._may_send(urljoin(address, form.get("action") or ""), here)
        found = (urldefrag(urljoin(address, link))[0] for link in page.xpath("//a/@href | //@data-href"))
        return [link for link in found if link.startswith(self.root + "/")]

    def _may_send(self, address: str, shown_on: str) -> None:
        try:
            policy = getattr(resolve(urlsplit(address).path).func, "policy", None)
        except Resolver404:
            self.wrong.append(f"a form of {shown_on} is sent to {self._short(address)}, which is no address")
            return
        if policy and not (policy.public or policy.signed_in or {str(one) for one in policy.verbs} & self.verbs):
            self.wrong.append(f"a form of {shown_on} is sent to {self._short(address)}, which this role may not")

    def _short(self, address: str) -> str:
        return address.removeprefix(self.root)


@pytest.mark.parametrize("role", [role.code for role in Role])
def test_whatever_a_page_shows_its_reader_may_open(city: dict[str, str], role: str) -> None:
    reader = Reader(city[role.replace("_", "-")], role)

    seen = reader.follow()

    assert seen > 5, "the walk ended at the door"
    assert not reader.wrong, "\n".join(dict.fromkeys(reader.wrong))
