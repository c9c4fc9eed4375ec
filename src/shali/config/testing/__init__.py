"""Loaded by pytest before everything else (`-p shali.config.testing`): tests run against a real PostgreSQL.

Each run takes a server folder of its own below `var/test`, so that several runs in one checkout do not meet. The
server starts with the run and stops with it; workers of xdist share it, each with its own database, cut from a
template that is migrated once for each state of the migrations.
"""

import os
from pathlib import Path

import pytest

from shali.config.postgres import CannotStart, InUse, Server, prepare
from shali.config.postgres.roles import passwords
from shali.config.start.checkout import compile_translations

ROOT = Path(__file__).resolve().parents[4]
OURS = "SHALI_TEST_SERVER"  # set by the run that owns the server, seen by its workers
MOST_RUNS_AT_ONCE = 20


def _take_a_server() -> Server | None:
    """Return a server nobody else uses, its address told to the settings; nothing in a worker, which shares one."""
    if OURS in os.environ:
        # Each worker has a database of its own, and rows of its own to which stored files are bound.
        os.environ["SHALI_FILES"] += f"/{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
        return None
    for number in range(MOST_RUNS_AT_ONCE):
        folder = ROOT / "var" / "test" / str(number)
        server = Server(folder / "postgres", lasting=False)
        try:
            server.take("tests")
        except InUse:
            continue
        (folder / "static").mkdir(exist_ok=True)  # files are served from there, and a missing folder is a warning
        passwords(folder / "keys")  # the settings read them before the server runs
        os.environ |= {
            OURS: str(folder),
            "DATABASE_URL": server.address("postgres"),
            "SHALI_VAR": str(folder),
            "SHALI_KEYS": str(folder / "keys"),
            "SHALI_FILES": str(folder / "files"),
            "SHALI_TESTING": "1",
            "SHALI_SECRET_KEY": "tests-only",
            "SHALI_DB_ROLE": "owner",
            "SHALI_DB_POOL": "0",
        }
        return server
    raise CannotStart(f"{MOST_RUNS_AT_ONCE} test runs at once use {ROOT}/var/test. Stop one of them.")


_server = _take_a_server()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart() -> None:
    if _server is None:
        return
    compile_translations()
    _server.start()
    with _server.administrator() as connection:
        prepare(connection, database="shali", keys=Path(os.environ["SHALI_KEYS"]), template=True)
        # Tests set up what they need without walls, and step behind them with `as_web` and `web_role`.
        connection.execute("alter role shali_owner superuser")


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    if _server is not None:
        _server.stop()
