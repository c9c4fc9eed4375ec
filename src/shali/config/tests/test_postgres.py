import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from shali.config.database import password_file
from shali.config.postgres import InUse, Server, prepare
from shali.config.postgres.account import can_reach, server_account

APP = """
import sys, time
from pathlib import Path
from shali.config.postgres import Server
server = Server(Path(sys.argv[1]), lasting=False)
server.take("run")
server.start()
print("answers", flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder for a server, whose data may have gone elsewhere when root keeps temporary folders closed."""
    wanted = tmp_path / "postgres"
    yield wanted
    server = Server(wanted, lasting=False)
    shutil.rmtree(server.data, ignore_errors=True)
    shutil.rmtree(server.sockets, ignore_errors=True)


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    server = Server(folder, lasting=False)
    server.take("run")
    server.start()
    yield server
    server.stop()


def _pid_of_server(server: Server) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


def _ask(server: Server) -> object:
    with server.administrator() as connection:
        row = connection.execute("select 42").fetchone()
    return row and row[0]


def test_a_second_starter_is_told_who_uses_the_folder(server: Server, folder: Path) -> None:
    with pytest.raises(InUse, match=rf"process {os.getpid()}\) is using"):
        Server(folder, lasting=False).take("run")


def test_data_outlives_a_killed_server(folder: Path) -> None:
    server = Server(folder, lasting=True)
    server.take("run")
    server.start()
    with server.administrator() as connection:
        connection.execute("create table kept as select 7 as number")

    os.kill(_pid_of_server(server), signal.SIGKILL)
    while server.is_running():
        time.sleep(0.01)
    server.start()

    with server.administrator() as connection:
        assert connection.execute("select number from kept").fetchone() == (7,)
    server.stop()


@pytest.mark.parametrize("left_behind", ["", f"{os.getppid()}\n/elsewhere\n1\n5432\n"], ids=["empty", "a stranger's"])
def test_a_pid_file_left_behind_does_not_keep_the_server_from_starting(
    folder: Path, left_behind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shali.config.postgres.server.RETRY_SECONDS", 0.5)
    server = Server(folder, lasting=False)
    server.take("run")
    server.start()
    server.stop()
    (server.data / "postmaster.pid").write_text(left_behind)

    server.take("run")
    server.start()

    assert _ask(server) == 42
    server.stop()


def test_the_server_goes_with_the_program_that_started_it_even_when_that_is_killed(folder: Path) -> None:
    app = subprocess.Popen([sys.executable, "-c", APP, str(folder)], stdout=subprocess.PIPE)
    assert app.stdout is not None
    assert app.stdout.readline() == b"answers\n"
    server = Server(folder, lasting=False)
    assert _ask(server) == 42

    app.kill()
    app.communicate()

    deadline = time.monotonic() + 10
    while (server.data / "postmaster.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not (server.data / "postmaster.pid").exists()
    assert "database system is shut down" in server.log.read_text()
    server.take("run")  # the kernel gave the lock back
    server.stop()


def test_an_unfinished_first_start_is_made_anew(folder: Path) -> None:
    server = Server(folder, lasting=False)
    draft = server.data.with_name(f"{server.data.name}.new")
    draft.mkdir(parents=True)
    (draft / "half").write_text("")

    server.take("run")
    server.start()

    assert _ask(server) == 42
    server.stop()


def test_a_socket_path_that_is_too_long_for_the_system_goes_to_a_closed_folder(tmp_path: Path) -> None:
    server = Server(tmp_path / ("long" * 30) / "postgres", lasting=False)

    assert str(server.sockets).startswith(f"/tmp/shali-{os.geteuid()}-")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts it under another account")
def test_a_closed_home_stays_closed_and_the_data_goes_where_the_account_can_reach_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    account = server_account()
    assert account is not None

    server = Server(home / "postgres", lasting=False)

    assert not can_reach(home, account)
    assert server.data.parent == Path("/var/lib/shali")
    assert home.stat().st_mode & 0o777 == 0o700


def test_roles_have_the_rights_they_need_and_no_more(server: Server, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    with server.administrator() as connection:
        prepare(connection, database="shali", keys=keys)
        prepare(connection, database="shali", keys=keys)  # a repeat changes nothing

        roles = connection.execute(
            "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles "
            "where rolname like 'shali%' order by 1"
        ).fetchall()

    assert roles == [
        ("shali_owner", False, True, False, False),
        ("shali_web", False, False, False, False),
        ("shali_worker", False, False, False, False),
    ]
    assert {password_file(keys, role).stat().st_mode & 0o777 for role in ("owner", "web", "worker")} == {0o400}
    with _as(server, "web", keys) as web:
        assert web.execute("show plan_cache_mode").fetchone() == ("force_custom_plan",)
        web.execute("create temporary table ground (id int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute("create table mine (id int)")


def test_a_role_without_its_password_is_refused(server: Server, tmp_path: Path) -> None:
    with server.administrator() as connection:
        prepare(connection, database="shali", keys=tmp_path / "keys")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host=str(server.sockets), user="shali_web", dbname="shali", password="guess")


def test_an_operators_account_that_is_no_superuser_can_prepare_his_server(server: Server, tmp_path: Path) -> None:
    with server.administrator() as connection:
        connection.execute("create role operator login createrole createdb password 'his-own'")
    keys = tmp_path / "keys"

    with psycopg.connect(
        host=str(server.sockets), user="operator", password="his-own", dbname="postgres", autocommit=True
    ) as connection:
        prepare(connection, database="city", keys=keys)
        prepare(connection, database="city", keys=keys)

    with _as(server, "owner", keys, "city") as owner:
        owner.execute("create table kept (id bigint generated always as identity)")
    with _as(server, "web", keys, "city") as web:
        web.execute("insert into kept default values")
        assert web.execute("select count(*) from kept").fetchone() == (1,)


def _as(server: Server, role: str, keys: Path, database: str = "shali") -> psycopg.Connection:
    return psycopg.connect(
        host=str(server.sockets),
        user=f"shali_{role}",
        password=password_file(keys, role).read_text(),
        dbname=database,
        autocommit=True,
    )
