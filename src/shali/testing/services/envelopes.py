"""What a station hands in, before anything is known of it: a batch's head, and envelopes, which stay sealed."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.utils.translation import gettext as _

from shali.foundation.ui.refusal import WrongInput

MOST_EVENTS, LONGEST = 500, 8_000


@dataclass(frozen=True, slots=True)
class Sent:
    """What a station sends. body: a JSON array of events {e: id, q: number, s: session, n: step, x: sealed}.

    sent_ms: milliseconds by the device's clock; captured, on_paper: what its screen counts
    """

    station: str
    first_seq: int
    n: int
    sent_ms: int
    captured: int
    on_paper: int
    body: bytes
    signature: bytes

    def signed(self, digest: bytes | None = None) -> bytes:
        """Return the bytes that the station signs. digest: SHA-256 of the body, where it is known already."""
        head = f"{self.station}|{self.first_seq}|{self.n}|{self.sent_ms}|{self.captured}|{self.on_paper}|"
        return head.encode() + (digest or hashlib.sha256(self.body).digest())


def read_events(sent: Sent) -> list[dict[str, Any]]:
    """Read a batch as far as its envelopes go; what they hold stays sealed.

    :raises WrongInput: it is no list of events numbered one after the other
    """
    try:
        events = orjson.loads(sent.body)
    except orjson.JSONDecodeError:
        events = None
    is_list = isinstance(events, list) and len(events) == sent.n <= MOST_EVENTS and sent.first_seq >= 1
    is_list = (
        is_list and max(sent.captured, sent.on_paper, sent.first_seq) < 2**31 and sent.captured >= 0 <= sent.on_paper
    )
    if not is_list or not _are_events(events, sent.first_seq):
        raise WrongInput(_("This is no batch of events of a station."), fields={"body": "wrong"})
    return list(events)


def is_event(one: Any, *, seq: int) -> bool:
    return isinstance(one, dict) and _are_events([one], seq)


def _are_events(events: list[Any], first: int) -> bool:
    """Say whether each is an envelope, numbered one after the other; all are looked at together, for it is a fifth."""
    try:
        texts = [one[name] for one in events for name in ("e", "s", "x")]
        numbers = [one["q"] for one in events]
        steps = [one["n"] for one in events]
    except (TypeError, KeyError):
        return False
    return (
        numbers == list(range(first, first + len(events)))
        and set(map(type, texts)) <= {str}
        and set(map(type, steps)) <= {int}
        and max(map(len, texts), default=0) < LONGEST
    )


def hour_of(milliseconds: int, *, at: datetime) -> datetime:
    """Return the device's hour; a clock that is wild is taken as the server's, and shows as off."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, tz=at.tzinfo)
    except (ValueError, OverflowError, OSError):
        return at - timedelta(days=3650)
