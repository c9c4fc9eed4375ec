"""A client that is not the bottleneck: requests made beforehand, sent over connections that stay open."""

import base64
import socket
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from shali.testing.services.envelopes import Sent


def send(port: int, batches: Iterable[Sent], *, connections: int) -> int:
    """Send batches; each station's in order, over a connection of its own. Returns how many were acknowledged."""
    by_line: list[list[bytes]] = [[] for _ in range(connections)]
    stations: dict[str, int] = {}
    for one in batches:
        line = stations.setdefault(one.station, len(stations) % connections)
        by_line[line].append(request_of(one, port))
    with ThreadPoolExecutor(connections) as lines:
        return sum(lines.map(lambda requests: _line(port, requests), by_line))


def request_of(sent: Sent, port: int) -> bytes:
    said = f"{sent.first_seq}|{sent.n}|{sent.sent_ms}|{sent.captured}|{sent.on_paper}"
    head = (
        f"POST /station/batches/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"X-Station: {sent.station}\r\nX-Said: {said}\r\n"
        f"X-Signature: {base64.b64encode(sent.signature).decode()}\r\nContent-Length: {len(sent.body)}\r\n\r\n"
    )
    return head.encode() + sent.body


def _line(port: int, requests: list[bytes]) -> int:
    kept = 0
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in requests:
            line.sendall(request)
            while (said := answer_of(line))[0] == 503:  # asked for patience; a station would wait longer
                time.sleep(0.002)
                line.sendall(request)
            kept += said[0] == 200 and b'"state":"kept"' in said[1]
    return kept


def answer_of(line: socket.socket) -> tuple[int, bytes]:
    """Read one answer: its status and its body.

    :raises OSError: the connection broke off
    """
    got = b""
    while b"\r\n\r\n" not in got:
        got += _more(line)
    head, _, body = got.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    length = next((int(line.split(":")[1]) for line in lines if line.startswith("content-length")), 0)
    while len(body) < length:
        body += _more(line)
    return int(lines[0].split()[1]), body


def _more(line: socket.socket) -> bytes:
    if not (got := line.recv(65_536)):
        raise ConnectionResetError("the server closed the connection")
    return got
