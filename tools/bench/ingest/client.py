"""A client that is not the bottleneck: requests made beforehand, sent over connections that stay open."""

import asyncio
import base64
from collections.abc import Iterable

from shali.testing.services.ingest import Sent


def send(port: int, batches: Iterable[Sent], *, connections: int, ours: bool) -> int:
    """Send batches; each station's in order, over a connection of its own. Returns how many were acknowledged."""
    by_line: list[list[bytes]] = [[] for _ in range(connections)]
    stations: dict[str, int] = {}
    for one in batches:
        line = stations.setdefault(one.station, len(stations) % connections)
        by_line[line].append(_request(one, port))
    wanted = b'"state":"kept"'
    return sum(asyncio.run(_all(port, by_line, wanted)))


def _request(sent: Sent, port: int) -> bytes:
    said = f"{sent.first_seq}|{sent.n}|{sent.sent_ms}|{sent.captured}|{sent.on_paper}"
    head = (
        f"POST /station/batches/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"X-Station: {sent.station}\r\nX-Said: {said}\r\n"
        f"X-Signature: {base64.b64encode(sent.signature).decode()}\r\nContent-Length: {len(sent.body)}\r\n\r\n"
    )
    return head.encode() + sent.body


async def _all(port: int, by_line: list[list[bytes]], wanted: bytes) -> list[int]:
    return list(await asyncio.gather(*(_line(port, requests, wanted) for requests in by_line if requests)))


async def _line(port: int, requests: list[bytes], wanted: bytes) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    kept = 0
    try:
        for request in requests:
            while True:
                writer.write(request)
                await writer.drain()
                status, body = await _answer(reader)
                if status == 503:  # asked for patience; a station would wait longer
                    await asyncio.sleep(0.002)
                    continue
                kept += status == 200 and wanted in body
                break
    finally:
        writer.close()
    return kept


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    length = next((int(line.split(":")[1]) for line in lines if line.startswith("content-length")), 0)
    return int(lines[0].split()[1]), await reader.readexactly(length)
