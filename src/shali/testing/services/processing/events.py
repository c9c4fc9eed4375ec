"""Events out of their seals: who, what, when, by which station."""

import re
from base64 import b64decode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import orjson
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as validated

from shali.foundation.vault.outbox import Opener
from shali.foundation.vault.sealing import SealBroken

# An event's name as every device writes it; other ways to write the same are brought to this one.
NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
KINDS = ("swab", "out", "move", "seal", "void", "box")


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of the inbox with what is known of its station. off: server's clock minus the device's.

    zoned_at: since when a zone gives the point its size of tubes; None where none does
    """

    id: int
    station: int
    path: str
    round: int
    site: int
    pool_size: int
    unit: int
    public_id: str
    body: str
    off: timedelta
    n: int
    zoned_at: datetime | None


@validated(slots=True, kw_only=True, config=ConfigDict(extra="ignore"))
class Said:
    """An event as the station wrote it. Unknown keys of a later station are kept out, none of these is changed."""

    k: str
    t: int
    v: int = Field(1, ge=1, le=1)
    tube: str = Field("", max_length=40)
    size: int = 0
    doc: str = Field("", max_length=60)
    code: str = Field("", max_length=40)
    how: str = Field("hand", max_length=10)
    name: str = Field("", max_length=60)
    phone: str = Field("", max_length=20)
    pair: int = Field(1, ge=1, le=2)
    by: str = Field("", max_length=60)  # the number of whoever brings him, and which of those whom he brings he is
    child: int = Field(0, ge=0, le=9)
    of: UUID | None = None
    n: int = Field(0, ge=0, le=5_000)
    counted: int = Field(0, ge=0, le=5_000)
    why: str = Field("", max_length=20)
    box: str = Field("", max_length=40)
    tubes: list[str] = Field(default_factory=list, max_length=2_000)


SAID = TypeAdapter(Said)


@dataclass(frozen=True, slots=True)
class Opened:
    batch: Batch
    event: str  # a UUID
    seq: int
    kind: str
    at: datetime  # the device's hour, put right
    said: Said


class Park(Protocol):
    """Keeps what could not be done: of which batch, which event, why."""

    def __call__(self, batch: Batch, seq: int, kind: str, *, payload: bytes) -> None: ...


def open_batch(batch: Batch, *, opener: Opener, park: Park) -> list[Opened]:
    """Open a batch's events. One that does not open, or says what nobody understands, is parked; the others go on."""
    found = []
    sessions: dict[str, bytes] = {}
    for one in orjson.loads(batch.body):
        plain = _open(batch, one, opener, sessions)
        if plain is None:
            park(batch, one["q"], "unreadable", payload=orjson.dumps(one))
            continue
        read = _read(batch, one, plain)
        if read is None:
            park(batch, one["q"], "unknown_event", payload=plain)
            continue
        found.append(read)
    return found


def _open(batch: Batch, one: dict[str, Any], opener: Opener, sessions: dict[str, bytes]) -> bytes | None:
    try:
        session = sessions.get(one["s"])
        if session is None:
            session = sessions[one["s"]] = b64decode(one["s"], validate=True)
        sealed = b64decode(one["x"], validate=True)
        bound_to = f"{batch.public_id}|{one['q']}|{one['e']}".encode()
        return opener.open(session=session, step=one["n"], sealed=sealed, bound_to=bound_to)
    except (SealBroken, ValueError):
        return None


def _read(batch: Batch, one: dict[str, Any], plain: bytes) -> Opened | None:
    try:
        said = SAID.validate_json(plain)
        event = one["e"] if NAME.fullmatch(one["e"]) else str(UUID(one["e"]))
        at = datetime.fromtimestamp(said.t / 1000, tz=UTC) + batch.off
    except (ValidationError, ValueError, OverflowError, OSError):
        return None
    if said.k not in KINDS or (said.k in ("out", "move") and said.of is None):
        return None
    if said.k != "box" and not said.tube.strip() and said.k != "out":
        return None
    return Opened(batch, event, one["q"], said.k, at, said)
