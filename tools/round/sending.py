"""The stations' requests, out of their files, to the server: in the order of arrival, each station's over one line."""

import os
import socket
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tools.bench.ingest.client import answer_of
from tools.round.sealing import Kept


@dataclass
class Told:
    """What the stations heard. events: how many were acknowledged; late: seconds behind the pace, at worst."""

    events: int = 0
    patience: int = 0
    late: float = 0.0
    error: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


def send(port: int, requests: Iterable[Kept], told: Told, *, connections: int, pace: float = 0.0) -> None:
    """Send all of them, as fast as they are acknowledged or, with a pace (events/s), at their own.

    :raises RuntimeError: a batch was not kept
    """
    lines: list[list[tuple[float, Kept]]] = [[] for _line in range(connections)]
    place: dict[str, int] = {}
    due = 0.0
    for one in sorted(requests, key=lambda one: (one.hours, one.station)):
        lines[place.setdefault(one.station, len(place) % connections)].append((due, one))
        due += one.events / pace if pace else 0.0
    began = time.monotonic()
    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(lambda line: _line(port, line, told, began), lines))


def _line(port: int, requests: Sequence[tuple[float, Kept]], told: Told, began: float) -> None:
    files: dict[Path, int] = {}
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for due, one in requests:
            wait = began + due - time.monotonic()
            if due and wait > 0:
                time.sleep(wait)
            file = files.get(one.file)
            if file is None:
                file = files[one.file] = os.open(one.file, os.O_RDONLY)
            request = os.pread(file, one.length, one.offset)
            asked = _until_kept(line, request)
            with told.lock:
                told.events += one.events
                told.patience += asked
                told.late = max(told.late, -wait if due else 0.0)
    for file in files.values():
        os.close(file)


def _until_kept(line: socket.socket, request: bytes) -> int:
    """Send a request until it is acknowledged; return how often it was asked for patience."""
    asked = 0
    while True:
        line.sendall(request)
        status, body = answer_of(line)
        if status == 200 and b'"state":"kept"' in body:
            return asked
        if status != 503:
            raise RuntimeError(f"A batch was answered {status}: {body[:200]!r}")
        asked += 1
        time.sleep(0.02)
