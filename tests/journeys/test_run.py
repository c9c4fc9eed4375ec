"""One command from nothing to an address, and its orderly end."""

import http.client
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shali.config.running import Run, free_port, remove_database


def _is_alive(number: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "var"
    yield folder
    remove_database(folder)


def test_it_starts_refuses_a_second_start_and_stops_everything_on_ctrl_c(var: Path) -> None:
    port = free_port()
    first = Run(var, port)
    assert first.answers(), first.said.read_text()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/health/ready")
    assert connection.getresponse().status == 200
    connection.close()
    programs = first.children()
    assert len(programs) == 3

    second = Run(var, free_port())
    assert second.process.wait(timeout=60) == 1
    assert f"process {first.process.pid}) is using" in second.said.read_text()
    third = Run(var, port)
    assert third.process.wait(timeout=60) == 1
    assert f"Port {port} of 127.0.0.1 cannot be had" in third.said.read_text()

    first.process.send_signal(signal.SIGINT)

    assert first.process.wait(timeout=60) == 0
    assert not [number for number in programs if _is_alive(number)]

    again = Run(var, port)
    assert again.answers(), again.said.read_text()
    programs = again.children()
    again.process.kill()  # no farewell: the kernel tells its children
    again.process.wait()
    give_up = time.monotonic() + 20
    while any(_is_alive(number) for number in programs) and time.monotonic() < give_up:
        time.sleep(0.1)
    assert not [number for number in programs if _is_alive(number)]
