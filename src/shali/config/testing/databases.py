"""One database for each worker, cut from a template that carries every migration."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

PACKAGE = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Give this worker a database; takes the place of pytest-django's fixture of that name."""
    from django.db import connection

    template = f"template_{_state_of_migrations()}"
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with django_db_blocker.unblock():
        with _one_at_a_time():
            _make_template(template)
        _cut(name, template)
        connection.close()
        connection.settings_dict["NAME"] = name
        os.environ["SHALI_TEST_DATABASE"] = name
    yield
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture(autouse=True, scope="session")
def fresh_after_transactions() -> Iterator[None]:
    """Cut the database anew after each test that commits.

    Django would empty the tables, which append-only tables refuse, and which would lose what migrations wrote.
    """
    from django.db import connection
    from django.test import TransactionTestCase

    def cut_anew(self: TransactionTestCase) -> None:
        connection.close()
        _cut(connection.settings_dict["NAME"], f"template_{_state_of_migrations()}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", cut_anew)
        yield


def _state_of_migrations() -> str:
    digest = hashlib.sha256()
    watched = [*PACKAGE.glob("**/migrations/*.py"), *PACKAGE.glob("**/walls.py"), PACKAGE.parents[1] / "uv.lock"]
    for path in sorted(watched):
        digest.update(str(path.relative_to(PACKAGE.parents[1])).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (Path(os.environ["SHALI_VAR"]) / "template.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make_template(template: str) -> None:
    """Make and migrate the template unless it is there, and drop those of former states."""
    from django.core.management import call_command
    from django.db import connection

    connection.settings_dict["NAME"] = "postgres"
    with connection.cursor() as cursor:
        cursor.execute("select datname from pg_database where datname like 'template\\_%'")
        present = {name for (name,) in cursor.fetchall()}
        if template in present:
            return
        for outdated in present:
            cursor.execute(f'drop database "{outdated}" with (force)')
        cursor.execute("drop database if exists draft with (force)")
        cursor.execute("create database draft owner shali_owner")
    connection.close()
    connection.settings_dict["NAME"] = "draft"
    call_command("migrate", verbosity=0, interactive=False)
    connection.close()
    connection.settings_dict["NAME"] = "postgres"
    with connection.cursor() as cursor:
        cursor.execute(f'alter database draft rename to "{template}"')
    connection.close()


def _cut(name: str, template: str) -> None:
    import psycopg
    from django.db import connection

    settings = connection.settings_dict
    with psycopg.connect(
        host=settings["HOST"],
        user=settings["USER"],
        password=settings["PASSWORD"],
        dbname="postgres",
        autocommit=True,
    ) as server:
        server.execute(f'drop database if exists "{name}" with (force)'.encode())
        server.execute(f'create database "{name}" template "{template}" owner shali_owner'.encode())
