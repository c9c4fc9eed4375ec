"""What a tool started is gone after it: its folder, its database, wherever that lay, however the tool ended."""

import os
from pathlib import Path

import pytest

from shali.config.postgres import Server
from shali.config.running import var_of_its_own


@pytest.fixture
def environment() -> object:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def database_of(var: Path) -> tuple[Path, Path]:
    """Start and stop a database there, as a tool does; return where it lay."""
    server = Server(var / "postgres", lasting=False)
    server.take("test")
    server.start()
    server.stop()
    assert (server.data / "PG_VERSION").exists()
    return server.data, server.sockets


@pytest.mark.usefixtures("environment")
def test_the_database_of_a_tool_is_gone_after_it_wherever_it_lay() -> None:
    with var_of_its_own("test", SHALI_EXERCISE="1") as var:
        assert (os.environ["SHALI_VAR"], os.environ["SHALI_EXERCISE"]) == (str(var), "1")
        data, sockets = database_of(var)

    assert not var.parent.exists()
    assert not data.exists()
    assert not sockets.exists()


@pytest.mark.usefixtures("environment")
def test_the_database_of_a_tool_that_fails_is_gone_too() -> None:
    with pytest.raises(ZeroDivisionError), var_of_its_own("test") as var:  # noqa: PT012  # the block is what fails
        data, _sockets = database_of(var)
        raise ZeroDivisionError

    assert not data.exists()
