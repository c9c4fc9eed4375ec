"""The stations' door without the pages' machinery: no session, no post, no template; known by signature alone.

The same answer as `views.station.batches`, which stands in the list of addresses; here it is a fifth of the work, and
Chengdu's evening is what it is for.
"""

import base64
import binascii
import logging
import random
from collections.abc import Callable, Iterable
from threading import BoundedSemaphore
from typing import Any

import orjson
from django.db import DatabaseError, InterfaceError, connection
from django.utils.translation import gettext as _

from shali.foundation.clocks import now
from shali.foundation.ui.refusal import Refusal
from shali.testing.services.envelopes import Sent
from shali.testing.services.ingest import take_batch

log = logging.getLogger(__name__)
PATH = "/station/batches/"
# Stations come back all at once; so many of a process's five threads serve them, the last is always the clerks'.
# What the four bring at one moment goes to the database as one statement of one connection (`services.keeping`).
AT_ONCE = BoundedSemaphore(4)
MOST_BYTES = 2_000_000
LINES = {200: "200 OK", 401: "401 Unauthorized", 413: "413 Content Too Large", 422: "422 Unprocessable Content"}
LINES |= {503: "503 Service Unavailable"}
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


def with_stations(pages: Application) -> Application:
    """Return an application that serves the stations' batches itself and hands everything else on."""

    def serve(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST":
            return pages(environ, start_response)
        status, body, more = answer(read_sent(environ, _body(environ)))
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response(LINES.get(status, f"{status} Refused"), headers + more)
        return [body]

    return serve


def answer(sent: Sent) -> tuple[int, bytes, list[tuple[str, str]]]:
    """Take a batch; with all places taken ask for patience: the events lie safe on the device."""
    if not AT_ONCE.acquire(blocking=False):
        return _patience()
    try:
        return _taken(sent) or _taken(sent) or _patience()
    finally:
        AT_ONCE.release()


def _taken(sent: Sent) -> tuple[int, bytes, list[tuple[str, str]]] | None:
    """Take a batch; None where the database went away over it, or had gone before. Nothing was acknowledged then.

    A second try is safe: what the first one kept is known again by its numbers.
    """
    try:
        return 200, orjson.dumps(take_batch(sent=sent, at=now())), []
    except Refusal as refused:
        return refused.status, orjson.dumps({"message": refused.message}), []
    except (DatabaseError, InterfaceError) as error:
        # A station is never told of it: a mistake of ours that came back each time would look like a busy evening.
        log.warning("a batch was not kept: %s %s", type(error).__name__, getattr(error.__cause__, "sqlstate", ""))
        connection.close()
        return None


def _patience() -> tuple[int, bytes, list[tuple[str, str]]]:
    seconds = random.randint(5, 30)  # noqa: S311  # spreads the stations, hides nothing
    return 503, orjson.dumps({"message": _("Try again shortly.")}), [("Retry-After", str(seconds))]


def _body(environ: Environ) -> bytes:
    length = environ.get("CONTENT_LENGTH") or "0"
    body: bytes = environ["wsgi.input"].read(min(int(length), MOST_BYTES) if length.isdigit() else 0)
    return body


def read_sent(environ: Environ, body: bytes) -> Sent:
    """Read what a station says beside its events. What cannot be read is signed by nobody."""
    try:
        first, count, sent_ms, captured, on_paper = map(int, environ.get("HTTP_X_SAID", "").split("|"))
        signature = base64.b64decode(environ.get("HTTP_X_SIGNATURE", ""), validate=True)
    except (ValueError, binascii.Error):
        first = count = sent_ms = captured = on_paper = 0
        signature = b""
    station = str(environ.get("HTTP_X_STATION", ""))[:12]
    return Sent(station, first, count, sent_ms, captured, on_paper, body, signature)
