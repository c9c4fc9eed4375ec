"""The rows of the local database into one file, and back: before an upgrade, and every night."""

import os
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from shali.config.postgres import CannotStart

File = Annotated[Path, typer.Argument(help="The dump's file; it holds sealed values, and no key.", dir_okay=False)]


def dump(file: File) -> None:
    """Write the database of ./var to FILE, beside a running installation or alone. Keep var/keys apart from it."""
    from shali.config.start.database import DATABASE, local_server_for_reading

    with local_server_for_reading() as server:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as target:
            done = subprocess.run(
                [server.program("pg_dump"), "--format=custom", *_connection(server.sockets), DATABASE],
                stdout=target,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
    if done.returncode:
        file.unlink()
        raise CannotStart(f"Nothing was written. pg_dump said:\n{done.stderr.strip()}")
    print(f"{file}: {file.stat().st_size:,} bytes")


def load(file: File) -> None:
    """Fill the empty database of ./var from FILE, written by `shali dump` of this or an earlier version."""
    from shali.config.start.database import DATABASE, local_server, start_local

    server = local_server("load")
    try:
        start_local(server)
        with server.administrator(DATABASE) as connection:
            if connection.execute("select 1 from pg_tables where schemaname = 'public' limit 1").fetchone():
                raise CannotStart(f"{server.data} has tables already. Load into an empty folder: set SHALI_VAR.")
        with file.open("rb") as source:
            done = subprocess.run(
                [
                    *(server.program("pg_restore"), "--exit-on-error", "--single-transaction"),
                    *(*_connection(server.sockets), f"--dbname={DATABASE}"),
                ],
                stdin=source,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
    finally:
        server.stop()
    if done.returncode:
        raise CannotStart(f"Nothing was loaded. pg_restore said:\n{done.stderr.strip()}")
    print(f"{file} is loaded. `shali run` brings its tables to this version.")


def _connection(sockets: Path) -> list[str]:
    return [f"--host={sockets}", "--username=postgres", "--no-password"]
