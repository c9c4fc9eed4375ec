"""Three roles, one database: the owner migrates, the web role answers, the worker works."""

import os
import secrets
from pathlib import Path

import psycopg
from psycopg import sql

from shali.config.database import ROLES, password_file

EXTENSIONS = ("ltree", "pg_trgm", "btree_gist")


def prepare(connection: psycopg.Connection, *, database: str, keys: Path, template: bool = False) -> None:
    """Make or mend roles, database, extensions and default rights; what is there already stays.

    connection: the administrator's, with autocommit
    template: prepare `template1` too, so that every database made later is like this one; for tests
    """
    for role, password in passwords(keys).items():
        _make_role(connection, ROLES[role], password=password)
    if _is_superuser(connection):
        # A foreign key is checked, and data moved, over all rows and not those of a scope.
        connection.execute("alter role shali_owner bypassrls")
    else:
        connection.execute("grant shali_owner to current_user")
    # A plan made for the city and used again for a grid took 640 ms instead of 0.1.
    connection.execute("alter role shali_web set plan_cache_mode = force_custom_plan")
    if not connection.execute("select 1 from pg_database where datname = %s", [database]).fetchone():
        connection.execute(sql.SQL("create database {} owner shali_owner").format(sql.Identifier(database)))
    connection.execute(
        sql.SQL(
            "revoke all on database {0} from public;"
            "grant connect, temporary on database {0} to shali_web, shali_worker, shali_owner"
        ).format(sql.Identifier(database))
    )
    for each in (database, *(("template1",) if template else ())):
        with psycopg.connect(
            connection.info.dsn, password=connection.info.password or None, dbname=each, autocommit=True
        ) as inside:
            _prepare_inside(inside)


def may_prepare(connection: psycopg.Connection) -> bool:
    """Say whether this connection's user may make roles, as an administrator or an operator's own account may."""
    row = connection.execute("select rolsuper or rolcreaterole from pg_roles where rolname = current_user").fetchone()
    return bool(row and row[0])


def _is_superuser(connection: psycopg.Connection) -> bool:
    row = connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()
    return bool(row and row[0])


def _make_role(connection: psycopg.Connection, name: str, *, password: str) -> None:
    role = sql.Identifier(name)
    if not connection.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone():
        connection.execute(sql.SQL("create role {} login").format(role))
    # The password leaves this process only as a verifier, so no log of the server can hold it.
    verifier = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    connection.execute(sql.SQL("alter role {} password {}").format(role, sql.Literal(verifier)))


def _prepare_inside(connection: psycopg.Connection) -> None:
    for extension in EXTENSIONS:
        connection.execute(sql.SQL("create extension if not exists {}").format(sql.Identifier(extension)))
    connection.execute(
        """
        alter default privileges for role shali_owner in schema public
          grant select, insert, update, delete on tables to shali_web, shali_worker;
        alter default privileges for role shali_owner in schema public
          grant usage, select on sequences to shali_web, shali_worker;
        revoke create on schema public from public;
        grant usage, create on schema public to shali_owner;
        grant usage on schema public to shali_web, shali_worker
        """
    )


def passwords(keys: Path) -> dict[str, str]:
    """Return each role's password, generated at the first start and kept where only this account reads."""
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    for role in ROLES:
        path = password_file(keys, role)
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(32))
    return {role: password_file(keys, role).read_text().strip() for role in ROLES}
