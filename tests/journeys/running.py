"""`shali run` as somebody types it, its words in a file."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

SECONDS_TO_START = 240  # with the demo city


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
