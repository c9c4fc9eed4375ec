"""The stations' door without the pages' machinery: no session, no post, no template; known by signature alone.

The same answer as `views.station.batches`, which stands in the list of addresses; here it is a fifth of the work, and
Chengdu's evening is what it is for.
"""

import base64
import binascii
import random
from collections.abc import Callable, Iterable
from threading import BoundedSemaphore
from typing import Any

import orjson
from django.db import DatabaseError, InterfaceError, connection
from django.utils.translation import gettext as _

from shali.foundation.clocks import now
from shali.foundation.ui.refusal import Refusal
from shali.testing.services.ingest import Sent, take_batch

PATH = "/station/batches/"
# Stations come back all at once; so many of a process's four threads serve them, the last is always the clerks'.
# Two would halve a clerk's median meanwhile (`make storm`) and cost the door about an eighth (`make bench`).
AT_ONCE = BoundedSemaphore(3)
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
        return 200, orjson.dumps(take_batch(sent=sent, at=now())), []
    except Refusal as refused:
        return refused.status, orjson.dumps({"message": refused.message}), []
    except (DatabaseError, InterfaceError):
        # The server went away over it, or had gone before: nothing was acknowledged, the station sends again.
        connection.close()
        return _patience()
    finally:
        AT_ONCE.release()


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
