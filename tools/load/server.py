"""The product's own web server, two processes, and its worker, for as long as a load lasts."""

import os
import socket
import subprocess
import time


def serve(port: int) -> "subprocess.Popen[bytes]":
    """Start it and return when it answers."""
    from shali.config.start.programs import web_server

    program = web_server("127.0.0.1", port, 2)
    server = subprocess.Popen(list(program.command), env={**os.environ, **program.environment})
    give_up = time.monotonic() + 150
    while time.monotonic() < give_up:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return server
        except OSError:
            time.sleep(0.2)
    server.terminate()
    raise SystemExit("the web server did not answer")


def work() -> "subprocess.Popen[bytes]":
    """Start the worker: some of what pages show is counted by its jobs."""
    from shali.config.start.programs import worker

    program = worker()
    return subprocess.Popen(list(program.command), env={**os.environ, **program.environment})
