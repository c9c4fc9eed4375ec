"""`shali run` as somebody types it, its words in a file. Tools use it too, so it lies apart from `testing`, whose
import takes a database.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shali.config.postgres import Server

SECONDS_TO_START = 300  # with the demo city


@contextmanager
def var_of_its_own(name: str, **environment: str) -> Iterator[Path]:
    """Yield a folder for an installation that is gone after the block, its database too, wherever that lay.

    What this process starts from now on runs in that installation; environment: what else it is told.
    """
    with tempfile.TemporaryDirectory(prefix=f"shali-{name}-") as folder:
        var = Path(folder) / "var"
        os.environ |= {"SHALI_VAR": str(var), "SHALI_EXERCISE": "0", **environment}
        try:
            yield var
        finally:
            remove_database(var)


def remove_database(var: Path) -> None:
    """Remove what the server of a folder kept outside it, where the account that runs it cannot reach the folder."""
    server = Server(var / "postgres")
    for folder in (server.data, server.sockets):
        shutil.rmtree(folder, ignore_errors=True)


class Run:
    """A running installation in a folder of its own."""

    def __init__(self, var: Path, port: int, *, with_demo: bool = False) -> None:
        self.said = var.with_suffix(f".{port}.log")
        outside = ("DATABASE_URL", "SHALI_TESTING", "SHALI_KEYS", "SHALI_FILES")
        environment = {name: value for name, value in os.environ.items() if name not in outside}
        start = "from shali.config.cli import main; main()"
        options = [f"--port={port}"] + ([] if with_demo else ["--no-demo"])
        with self.said.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-c", start, "run", *options],
                env=environment | {"SHALI_VAR": str(var)},
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def answers(self) -> bool:
        """Wait until it says where it answers, or ends."""
        give_up = time.monotonic() + SECONDS_TO_START
        while self.process.poll() is None and time.monotonic() < give_up:
            if "Ctrl-C stops everything" in self.said.read_text():
                return True
            time.sleep(0.1)
        return False

    def children(self) -> list[int]:
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(number) for task in tasks for number in task.read_text().split()]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
