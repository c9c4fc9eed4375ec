"""The three servers, each two processes of the same program (granian), over one PostgreSQL."""

import http.client
import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import psycopg

from shali.config.running import free_port
from shali.config.start.programs import web_server

TABLE = """
create table if not exists bench_event_{name} (
  station text not null, seq bigint not null, event uuid primary key, session text not null, step int not null,
  sealed text not null, received_at timestamptz not null
)
"""


class Servers:
    """Starts all three on free ports, stops them at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports: dict[str, int] = {}
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "Servers":
        address = _make_tables()
        here = str(Path(__file__).resolve().parents[3])
        peers = {
            "bulk_create": ("wsgi", "tools.bench.ingest.peer_django:application"),
            "FastAPI + asyncpg": ("asgi", "tools.bench.ingest.peer_fastapi:application"),
        }
        environment = {**os.environ, "PYTHONPATH": here, "BENCH_DATABASE": address}
        self._start("ours", web_server("127.0.0.1", port := free_port(), 2).command, port, environment)
        for name, (interface, application) in peers.items():
            port = free_port()
            threads = ("--blocking-threads", "4") if interface == "wsgi" else ()
            command = [
                *(
                    sys.executable,
                    "-m",
                    "granian",
                    "--interface",
                    interface,
                    "--host",
                    "127.0.0.1",
                    "--port",
                    str(port),
                ),
                *("--workers", "2", *threads, "--log-level", "warning", "--no-ws", application),
            ]
            self._start(name, command, port, environment)
        return self

    def _start(self, name: str, command: list[str], port: int, environment: dict[str, str]) -> None:
        more = {"DJANGO_SETTINGS_MODULE": "shali.config.settings", "SHALI_DB_ROLE": "web", "SHALI_DB_POOL": "1"}
        said = (self.folder / f"{port}.log").open("wb")
        environment = environment | (more if name == "ours" else {})
        program = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
        self._running.append(program)
        self.ports[name] = port
        _wait(port)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _t: TracebackType | None) -> None:
        for program in self._running:
            program.terminate()
        for program in self._running:
            program.wait(timeout=20)


def _make_tables() -> str:
    """Make the peers' tables as the owner; return the address that they use."""
    from django.db import connection

    with connection.cursor() as cursor:
        for name in ("django", "fastapi"):
            cursor.execute(TABLE.format(name=name))
    raw = connection.connection
    assert isinstance(raw, psycopg.Connection)
    password = connection.settings_dict["PASSWORD"]
    return f"postgresql://{raw.info.user}:{password}@/{raw.info.dbname}?host={raw.info.host}"


def _wait(port: int) -> None:
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health/live")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"Nothing answered on port {port}.")
