"""The two programs beside the database, and how each is called."""

import signal
import sys

from shali.config.start.supervisor import Program

COMMON = {"DJANGO_SETTINGS_MODULE": "shali.config.settings"}


def web_server(host: str, port: int, processes: int) -> Program:
    """Return the web server: WSGI with threads, since pages are plain requests that poll."""
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", str(processes), "--blocking-threads", "5", "--respawn-failed-workers"),
        *("--log-level", "warning", "--no-ws", "shali.config.wsgi:application"),
    ]
    return Program("web server", command, COMMON | {"SHALI_DB_ROLE": "web", "SHALI_DB_POOL": "1"})


def worker() -> Program:
    command = [
        *(sys.executable, "-m", "django", "procrastinate", "worker"),
        *("--concurrency", "2", "--shutdown-graceful-timeout", "10"),
    ]
    # The worker listens on a connection of its own for as long as it runs.
    environment = COMMON | {"SHALI_DB_ROLE": "worker", "SHALI_DB_POOL": "0"}
    # When we are killed the database goes as well, and the worker would wait for it; its jobs run again.
    return Program("worker", command, environment, at_our_death=signal.SIGKILL)
