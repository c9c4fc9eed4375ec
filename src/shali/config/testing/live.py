"""The real web server over the test's own database: other process, other role, the walls up."""

import contextlib
import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from shali.foundation.accounts.models import Post

SECONDS_TO_ANSWER = 120


@dataclass
class Live:
    """A running installation: `url` is where it answers, in an environment that its programs share."""

    url: str
    environment: dict[str, str]

    def sign_in(self, page: "Page", post: "Post") -> None:
        """Sign the post's holder in as he would: by a one-time link, and the press of its button."""
        from shali.foundation.accounts.services.links import make_sign_in_link
        from shali.foundation.clocks import now

        token = make_sign_in_link(user=post.user, post=post, by="system:test", at=now(), life=timedelta(minutes=5))
        page.goto(f"{self.url}/in/{token}/")
        page.locator("main form button").first.click()
        page.wait_for_load_state()

    def run_jobs(self) -> None:
        """Run the jobs that wait, as the worker does, until none is left."""
        command = [sys.executable, "-m", "django", "procrastinate", "worker", "--one-shot"]
        subprocess.run(
            command, env=self.environment | {"SHALI_DB_ROLE": "worker"}, check=True, capture_output=True, timeout=120
        )


@pytest.fixture(scope="session")
def _web_server(django_db_setup: None) -> Iterator[Live]:
    from shali.config.postgres.child import start_child
    from shali.config.running import free_port
    from shali.config.start.programs import web_server

    port = free_port()
    environment = {
        **os.environ,
        **_address_of_test_database(),
        "SHALI_TESTING": "0",
        "SHALI_DB_POOL": "0",
        "DJANGO_SETTINGS_MODULE": "shali.config.settings",
    }
    _build_files(environment)
    program = web_server("127.0.0.1", port, 1)
    log = Path(os.environ["SHALI_VAR"]) / f"web-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.log"
    with log.open("wb") as said:
        process = start_child(
            program.command, env=environment | {"SHALI_DB_ROLE": "web"}, stdout=said, stderr=subprocess.STDOUT
        )
    try:
        _wait_for_answer(port, process, log)
        yield Live(f"http://127.0.0.1:{port}", environment)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
        process.kill()
        process.wait()


@pytest.fixture
def live(transactional_db: None, _web_server: Live) -> Live:
    """Return the running server; what the test commits is what it shows. The database is cut anew after the test."""
    return _web_server


def _address_of_test_database() -> dict[str, str]:
    from django.db import connection

    settings = connection.settings_dict
    return {"DATABASE_URL": f"postgresql:///{settings['NAME']}?host={settings['HOST']}"}


def _build_files(environment: dict[str, str]) -> None:
    """Build and collect what browsers ask for, once for all workers."""
    import fcntl

    from shali.config.start import checkout

    with (Path(os.environ["SHALI_VAR"]) / "files.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        checkout.build_front_end()
        collect = "from shali.config.start import prepare, run; run.set_up_django(role='web'); prepare.collect_static()"
        subprocess.run([sys.executable, "-c", collect], env=environment, check=True, timeout=120)


def _wait_for_answer(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    give_up = time.monotonic() + SECONDS_TO_ANSWER
    while time.monotonic() < give_up and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health/live")
            connection.getresponse()
        except OSError:
            threading.Event().wait(0.1)
        else:
            return
        finally:
            connection.close()
    pytest.fail(f"The web server did not answer. It says:\n{log.read_text()[-3000:]}")
