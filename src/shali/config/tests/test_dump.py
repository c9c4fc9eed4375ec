import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shali.config.postgres import Server
from shali.config.running import remove_database


def _shali(var: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "SHALI_KEYS"}}
    return subprocess.run(
        [sys.executable, "-c", "from shali.config.cli import main; main()", *arguments],
        env=environment | {"SHALI_VAR": str(var)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def two_installations(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    folders = (tmp_path / "before", tmp_path / "after")
    yield folders
    for folder in folders:
        remove_database(folder)


def test_what_was_dumped_is_there_after_loading_and_is_not_loaded_twice(
    two_installations: tuple[Path, Path], tmp_path: Path
) -> None:
    before, after = two_installations
    file = tmp_path / "city.dump"
    server = Server(before / "postgres")

    assert _shali(before, "dump", str(file)).returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert not server.is_running()
    file.unlink()

    server.take("run")
    server.start()
    with server.administrator("shali") as connection:
        connection.execute(
            "create table kept (number int); insert into kept values (7); alter table kept owner to shali_owner"
        )
    dumped = _shali(before, "dump", str(file))
    server.stop()
    loaded = _shali(after, "load", str(file))
    again = _shali(after, "load", str(file))

    assert (dumped.returncode, loaded.returncode) == (0, 0), dumped.stderr + loaded.stderr
    assert again.returncode == 1
    assert "has tables already" in again.stderr
    copy = Server(after / "postgres")
    copy.take("run")
    copy.start()
    with copy.administrator("shali") as connection:
        assert connection.execute(
            "select number, tableowner from kept, pg_tables where tablename = 'kept'"
        ).fetchone() == (
            7,
            "shali_owner",
        )
    copy.stop()
