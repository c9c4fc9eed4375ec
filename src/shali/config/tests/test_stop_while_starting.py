"""A web server that is asked to stop while its processes still read the pages' code stops at once."""

import contextlib
import os
import subprocess
import time

import psutil
import pytest

from shali.config.running import free_port
from shali.config.start.programs import web_server


@pytest.mark.parametrize("seconds", [0.3, 0.9])
def test_a_stop_that_comes_while_the_processes_start_is_heard(seconds: float) -> None:
    program = web_server("127.0.0.1", free_port(), 2)
    server = subprocess.Popen(list(program.command), env={**os.environ, **program.environment, "SHALI_DB_POOL": "0"})
    mine = psutil.Process(server.pid)
    give_up = time.monotonic() + 30
    while not (children := mine.children()) and time.monotonic() < give_up:
        time.sleep(0.01)
    try:
        time.sleep(seconds)
        server.terminate()
        server.wait(timeout=10)
    finally:
        for one in (*children, mine):
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        server.wait()

    assert len(children) > 0
