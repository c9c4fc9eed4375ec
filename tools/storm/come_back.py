"""Stations that come back all at once: each over a connection of its own, patient as the device is (`sync.js`)."""

import asyncio
import base64
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from shali.testing.services.envelopes import Sent

FIRST_WAIT, MOST_WAIT = 5.0, 120.0  # seconds, as the device waits
GIVE_UP = 600.0


@dataclass
class Told:
    """What the stations met. acknowledged: seconds from the beginning to each acknowledgement."""

    acknowledged: list[float] = field(default_factory=list)
    patience: int = 0  # answers that asked for patience
    broken: int = 0  # connections that were refused or broke off
    refused: int = 0  # answers of any other kind


def come_back(port: int, batches: Sequence[Sent], *, within: float, give_up: float = GIVE_UP) -> Told:
    """Let every station send its batch, beginning within some seconds; return when all were acknowledged.

    :raises TimeoutError: somebody was still waiting so many seconds after the last had begun
    """
    told = Told()
    asyncio.run(asyncio.wait_for(_all(port, batches, within, told), within + give_up))
    return told


async def _all(port: int, batches: Sequence[Sent], within: float, told: Told) -> None:
    began, draw = time.monotonic(), random.Random(4111)
    await asyncio.gather(*(_station(port, one, draw.uniform(0, within), began, told) for one in batches))


async def _station(port: int, sent: Sent, after: float, began: float, told: Told) -> None:
    await asyncio.sleep(after)
    request, wait = _request(sent, port), FIRST_WAIT
    while True:
        try:
            status, head, body = await _ask(port, request)
        except (OSError, asyncio.IncompleteReadError):
            told.broken += 1
            status, head, body = 0, "", b""
        if status == 200 and b'"state":"kept"' in body:
            told.acknowledged.append(time.monotonic() - began)
            return
        if status == 503:
            told.patience += 1
            wait = float(head.partition("retry-after:")[2].split("\r\n")[0] or 10)
        else:
            told.refused += status != 0
            wait = min(2 * wait, MOST_WAIT)
        await asyncio.sleep(wait * random.uniform(0.75, 1.25))


async def _ask(port: int, request: bytes) -> tuple[int, str, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**18)
    try:
        writer.write(request)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].split("\r\n")[0] or 0)
        return int(head.split()[1]), head, await reader.readexactly(length)
    finally:
        writer.close()


def _request(sent: Sent, port: int) -> bytes:
    said = f"{sent.first_seq}|{sent.n}|{sent.sent_ms}|{sent.captured}|{sent.on_paper}"
    head = (
        f"POST /station/batches/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"X-Station: {sent.station}\r\nX-Said: {said}\r\nConnection: close\r\n"
        f"X-Signature: {base64.b64encode(sent.signature).decode()}\r\nContent-Length: {len(sent.body)}\r\n\r\n"
    )
    return head.encode() + sent.body
