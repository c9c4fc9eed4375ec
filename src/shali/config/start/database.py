"""The database that this start uses: the operator's own by `DATABASE_URL`, or one started here."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import conninfo

from shali.config.database import key_folder, var_folder
from shali.config.postgres import CannotStart, InUse, Server, prepare
from shali.config.postgres.roles import may_prepare

DATABASE = "shali"
OLDEST_SERVER = 18
SECONDS_FOR_A_COMMAND = 60  # a command that started the database for itself is let finish


def local_server(purpose: str) -> Server:
    """Return this installation's own server, taken and not yet started.

    :raises InUse: another process of this installation runs it
    """
    server = Server(var_folder() / "postgres")
    give_up = time.monotonic() + SECONDS_FOR_A_COMMAND
    while True:
        try:
            server.take(purpose)
        except InUse as in_use:
            if in_use.purpose == "run" or time.monotonic() > give_up:
                raise
            time.sleep(0.1)
        else:
            return server


@contextmanager
def local_server_for_reading() -> Iterator[Server]:
    """Yield the local server, running: the one of `shali run`, or one started for the block."""
    if os.environ.get("DATABASE_URL"):
        raise CannotStart("DATABASE_URL names a server of yours: dump it with its own tools.")
    try:
        server = local_server("command")
    except InUse:
        yield Server(var_folder() / "postgres")
        return
    try:
        start_local(server)
        yield server
    finally:
        server.stop()


def start_local(server: Server) -> None:
    """Start the taken server, make what is missing in it, and write down its address for every other command."""
    server.start()
    with server.administrator() as connection:
        prepare(connection, database=DATABASE, keys=key_folder())
    note = var_folder() / "database-url"
    draft = note.with_suffix(".new")
    draft.write_text(server.address(DATABASE) + "\n")
    draft.rename(note)


def prepare_given(url: str) -> None:
    """Make roles, database and rights on the operator's server, where his account may; else trust that they are there.

    :raises CannotStart: the server does not answer, or is too old
    """
    try:
        with _connect(url) as connection:
            if connection.info.server_version // 10_000 < OLDEST_SERVER:
                raise CannotStart(
                    f"The server of DATABASE_URL is PostgreSQL {connection.info.server_version // 10_000}; "
                    f"Shali needs {OLDEST_SERVER} or newer."
                )
            if os.environ.get("SHALI_DB_AS_GIVEN") != "1" and may_prepare(connection):
                wanted = conninfo.conninfo_to_dict(url).get("dbname")
                prepare(connection, database=str(wanted or DATABASE), keys=key_folder())
    except psycopg.OperationalError as error:
        raise CannotStart(f"The server of DATABASE_URL does not answer: {str(error).strip()}") from None


def _connect(url: str) -> psycopg.Connection:
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        if "does not exist" not in str(error):
            raise
        # The database itself is still to be made.
        return psycopg.connect(url, dbname="postgres", autocommit=True, connect_timeout=10)
