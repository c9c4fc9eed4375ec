"""What leaves the house to other systems, how it is signed, and when a delivery is tried again. Pure."""

import hmac
from collections.abc import Collection
from datetime import timedelta
from urllib.parse import urlsplit

# Facts that other systems may hear of, under the names that they see.
EVENTS = {
    "ListOpened": "list.opened",
    "ListClosed": "list.closed",
    "TaskOpened": "task.opened",
    "TaskMoved": "task.moved",
    "TaskClosed": "task.closed",
    "TaskReopened": "task.reopened",
    "PersonStruckOff": "person.struck_off",
    "AnomalyRaised": "anomaly.raised",
    "CaseOpened": "case.opened",
    "CaseClassified": "case.classified",
    "ContactJudged": "contact.judged",
    "ContactReleased": "contact.released",
    "ExposureOpened": "exposure.opened",
    "RoundOpened": "round.opened",
    "RoundClosed": "round.closed",
    "PoolSuspect": "pool.suspect",
    "MeasureDecided": "measure.decided",
    "MeasureServed": "measure.served",
    "MeasureLifted": "measure.lifted",
    "AppealDecided": "appeal.decided",
}
# A receiver that is down for a night hears everything in the morning; one that is gone is given up after a day.
WAITS = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=16),
)


def wait_after(failures: int) -> timedelta | None:
    """Return how long to wait after so many failed tries; None when the delivery is given up."""
    return WAITS[failures - 1] if failures <= len(WAITS) else None


def signature(secret: bytes, body: bytes, *, seconds: int) -> str:
    """Return the header by which a receiver knows that a delivery is ours and how old it is.

    HMAC-SHA-256 over "<seconds>.<body>", written "t=<seconds>,v1=<hex>"; seconds: UTC, since 1970.
    """
    return f"t={seconds},v1={hmac.digest(secret, f'{seconds}.'.encode() + body, 'sha256').hex()}"


def is_allowed(url: str, *, receivers: Collection[str]) -> bool:
    """Say whether the operator named a receiver: its scheme, host and port, nothing looser.

    receivers: such as "https://records.city.example" or "http://127.0.0.1:9000"
    """
    parts = urlsplit(url)
    if parts.username or parts.password or parts.fragment or parts.scheme not in ("http", "https"):
        return False
    return f"{parts.scheme}://{parts.netloc}".lower() in {one.rstrip("/").lower() for one in receivers}
