"""One request of the matrix: sent as somebody, over the walls' own role, and taken back; what came of it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.tokens import make_token
from tests.proof.doors import Door

WRITES = re.compile(r'\s*(insert into|update|delete from)\s+"?(\w+)', re.IGNORECASE)
# A visit itself is noted there: sessions, and which program asked what.
OF_THE_VISIT = ("django_session", "accounts_apitoken", "accounts_answeredrequest", "axes_")
# Different at each visit without saying anything: form tokens, hours.
PASSING = re.compile(r"[A-Za-z0-9]{64}|\d{1,2}:\d\d(:\d\d)?|data-now=\"[^\"]*\"")


@dataclass
class Answer:
    """content: the body as text, and what the next page will say; wrote: tables in which rows were changed."""

    status: int
    content: str
    location: str
    wrote: list[str]


class _Bare(Client):
    """A client that keeps no copy of every template's context: half of the time of 24,000 requests."""

    def request(self, **request: Any) -> Any:
        return self.handler(self._base_environ(**request))


class Caller:
    """Somebody at the doors: a post in a browser and as a program, or nobody (post None)."""

    def __init__(self, post: Post | None, at: datetime) -> None:
        self.client = _Bare()
        self.token = ""
        if post is not None:
            self.client.force_login(post.user)
            verbs = [str(verb) for verb in Role.by_code(post.role).verbs]
            self.token = make_token(post=post, name="proof", verbs=verbs, days=1, by="system:test", at=at).token
        session = self.client.cookies.get(settings.SESSION_COOKIE_NAME)
        self._session = session.value if session else ""

    def knock(self, door: Door, method: str, values: dict[str, str]) -> Answer:
        address = door.address(values)
        self._fresh_cookies()
        wrote: list[str] = []
        with _taken_back(), connection.execute_wrapper(_watch(wrote)):
            response = self._send(door, method, address, values)
            streamed = getattr(response, "streaming", False)
            content = b"".join(response.streaming_content) if streamed else response.content
        if content[:2] == b"PK":
            content = b""  # a workbook: packed, its public numbers are read by the tests of its room
        said = getattr(getattr(response.wsgi_request, "_messages", None), "_queued_messages", [])
        text = content.decode(errors="replace") + "".join(str(one.message) for one in said)
        return Answer(response.status_code, text, response.get("Location", ""), wrote)

    def fetch(self, door: Door, values: dict[str, str]) -> tuple[Any, bytes]:
        """GET a door, take it back, and return the answer itself with its content."""
        self._fresh_cookies()
        with _taken_back():
            response = self._send(door, "GET", door.address(values), values)
            return response, b"".join(response.streaming_content) if response.streaming else response.content

    def _send(self, door: Door, method: str, address: str, values: dict[str, str]) -> Any:
        asked = question(values)
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        if door.is_program:
            headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": uuid4().hex} if self.token else {}
            body = {"content_type": "application/json"} if method not in ("GET", "HEAD") else {}
            if body:
                body["data"] = program_body(door, values)
            return getattr(self.client, method.lower())(
                address if body else f"{address}?{query}", headers=headers, **body
            )
        if method in ("GET", "HEAD"):
            return getattr(self.client, method.lower())(f"{address}?{query}")
        if method == "POST" and door.pattern == "/verification/my/entries/":
            sent = {"entries": [_entry(values)]}
            return self.client.post(address, sent, content_type="application/json")
        if method == "POST":
            return self.client.post(address, form(door, values))
        return getattr(self.client, method.lower())(address)

    def _fresh_cookies(self) -> None:
        self.client.cookies.clear()
        if self._session:
            self.client.cookies[settings.SESSION_COOKIE_NAME] = self._session


def question(values: dict[str, str]) -> dict[str, str]:
    """Return a query that asks for planted things wherever a page takes one."""
    asked = {"unit": values["path"], "list": values["pushed_list"], "candidate": values["person"]}
    return asked | {"task": values["task"]}


ACTS = {
    "/tasks/<str:task>/work/": {"act": "note", "note": "看过"},
    "/tasks/<str:task>/pass-on/": {"act": "refuse", "reason": "not_ours"},
    "/people/merges/<str:merge>/decide/": {"answer": "agree"},
    "/tasks/department/<str:joint>/": {"answer": "nothing_found"},
    "/tasks/many/": {"act": "remind"},
    "/tasks/transfers/<str:transfer>/answer/": {"act": "withdraw"},
    "/intake/reviews/<str:review>/decide/": {"answer": "different"},
    "/verification/my/<str:task>/": {"act": "attempt", "result": "2"},
    "/verification/tasks/<str:task>/end/": {"ending": "moved_on", "taken_over_by": "某市", "receipt": "1"},
    "/verification/anomalies/<str:anomaly>/settle/": {"settled_as": "handled"},
    "/verification/look-backs/differences/<str:difference>/settle/": {"settled_as": "second_holds"},
}


def form(door: Door, values: dict[str, str]) -> dict[str, Any]:
    """Return what a form of this page would send, its things those that were planted."""
    sent: dict[str, Any] = {name: values[name] for name in ("unit", "task", "anomaly", "department", "other")}
    sent |= {"list": [values["pushed_list"], values["pushed_list"]], "ask": "locate_phone", "ending": "agree"}
    sent |= {"reason": "moved", "counted": "lives_alone", "difference": "lines"}
    return sent | ACTS.get(door.pattern, {})


def program_body(door: Door, values: dict[str, str]) -> dict[str, Any]:
    if door.pattern.endswith("/entries"):
        return {"entries": [_entry(values) | {"taken_at": "2022-08-10T08:00:00Z"}]}
    if door.pattern.endswith("/webhooks"):
        return {"url": "https://receiver.example/", "events": ["list.closed"]}
    return {}


def _entry(values: dict[str, str]) -> dict[str, Any]:
    return {"entry": str(uuid4()), "task": values["task"], "kind": "attempt", "taken_at": 1660118400000, "result": 2}


def constant(content: str, values: dict[str, str]) -> str:
    """Return an answer without what differs at each visit and without the numbers that were asked for."""
    for value in sorted(set(values.values()), key=len, reverse=True):
        content = content.replace(value, "·") if len(value) > 3 else content
    return PASSING.sub("·", content)


@contextmanager
def _taken_back() -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set local role shali_web")
        yield
        transaction.set_rollback(True)


def _watch(wrote: list[str]) -> Callable[..., Any]:
    def watch(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        result = execute(sql, params, many, context)
        found = WRITES.match(sql) if isinstance(sql, str) else None
        if found and context["cursor"].rowcount > 0 and not found[2].startswith(OF_THE_VISIT):
            wrote.append(found[2])
        return result

    return watch
