"""`make load` measures pages beside a worker that does its jobs, and leaves neither program behind."""

import sys
from contextlib import contextmanager

import pytest
from tools.load import __main__ as load
from tools.load import server

from shali.config.start import prepare, programs


class Program:
    """A program that was started: what it runs, and whether it was ended."""

    started: list["Program"]

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        self.command, self.role, self.is_ended = command, env["SHALI_DB_ROLE"], False
        self.started.append(self)

    def terminate(self) -> None:
        self.is_ended = True

    def wait(self, timeout: float) -> None:
        assert self.is_ended


@contextmanager
def an_installation(role: str):
    yield


@pytest.mark.parametrize("breaks", [False, True])
def test_the_worker_runs_while_the_pages_are_measured_and_both_programs_end(
    monkeypatch: pytest.MonkeyPatch, breaks: bool
) -> None:
    Program.started = []
    beside: list[list[str]] = []

    def measured(*_given: object, **_more: object) -> None:
        beside.append([one.role for one in Program.started if not one.is_ended])
        if breaks:
            raise KeyboardInterrupt

    @contextmanager
    def answers(*_given: object, **_more: object):
        yield

    monkeypatch.setattr(sys, "argv", ["load"])
    monkeypatch.setattr(server.subprocess, "Popen", Program)
    monkeypatch.setattr(server.socket, "create_connection", answers)
    monkeypatch.setattr(prepare, "collect_static", lambda: None)
    for name, does in (("installation", an_installation), ("plans_of", lambda _n: []), ("_work", measured)):
        monkeypatch.setattr(load, name, does)
    monkeypatch.setattr(load, "_show", lambda *_given, **_more: None)

    if breaks:
        with pytest.raises(KeyboardInterrupt):
            load.main()
    else:
        load.main()

    assert beside[0] == ["web", "worker"]
    assert all(one.is_ended for one in Program.started)
    assert Program.started[1].command == list(programs.worker().command)
