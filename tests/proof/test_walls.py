"""The second wall, asked past the application: what each role of the database may not do, and what each scope shows."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.utils import DatabaseError
from psycopg_pool import ConnectionPool

from shali.foundation.jurisdictions.models import PathField
from tests.proof.world import ASKS, World, lies_in

BOUND = ("shali_web", "shali_worker")
APPEND_ONLY = {
    "journal_fact",
    "journal_accessrecord",
    "journal_dayroot",
    "measures_measureevent",
    "tasks_event",
    "tasks_reminder",
    "people_mergemove",
    "tracing_answer",
    "tracing_casestep",
    "tracing_observation",
    "tracing_plan",
    "verification_finding",
    "verification_attempt",
    "verification_secondanswer",
}
# Tables with personal or path columns and no wall, each with its reason.
NO_WALL = {
    "accounts_user": "sign-in asks for an account before it is known who acts; staff, not residents",
    "accounts_post": "the posts of whoever signs in are read before there is a scope; queries take the scope",
    "accounts_answeredrequest": "sealed; reached through the hash of the token that wrote it, before there is a scope",
    "jurisdictions_unit": "the tree of the city is public knowledge, and units name those above them",
    "jurisdictions_unitchange": "orders that rename, move or close units are public knowledge",
    "jurisdictions_department": "departments above a unit are asked to join; their list is public knowledge",
}


# Walled tables of which the world has no row; nothing can show there, and no expression of a policy is reached.
EMPTY = {
    "intake_rememberedmapping",
    "journal_accessrecord",
    "people_address",
    "people_document",
    "verification_attempt",
    "verification_secondanswer",
}
# Walls that do not bind the owner, whose functions keep these rows; no role but the owner writes them.
KEPT_BY_THE_OWNER = {"tasks_flow", "tasks_standing", "testing_roundtally", "verification_listtally"}


@pytest.fixture
def behind(world: World) -> Iterator[World]:
    """Stand behind the walls, over the township, with whatever the application would have checked left out."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local role shali_web")
        cursor.execute("select set_config('shali.scope', %s, true)", [ASKS])
        yield world
        transaction.set_rollback(True)


def tables(condition: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and "
            f"{condition} order by 1"
        )
        return [name for (name,) in cursor.fetchall()]


def part_of() -> dict[str, str]:
    """Return the tables that are parts of another one: each has a wall of its own, and only one of them holds a row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select i.inhrelid::regclass::text, i.inhparent::regclass::text from pg_inherits i"
            " join pg_class c on c.oid = i.inhrelid where c.relkind = 'r'"
        )
        return dict(cursor.fetchall())


def refuses(role: str, statement: str) -> str:
    """Run a statement as a role and return the code with which the database refused it, or nothing."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"set local role {role}")
            cursor.execute("select set_config('shali.scope', '4111', true)")
            cursor.execute(statement)
            transaction.set_rollback(True)
    except DatabaseError as refused:
        cause = refused.__cause__
        return str(cause.sqlstate) if isinstance(cause, psycopg.Error) else "?"
    return ""


def test_neither_role_changes_the_shape_of_a_table_or_lowers_a_wall(world: World, figure: Callable[..., None]) -> None:
    statements = [
        statement.format(table=table)
        for table in tables("true")
        for statement in (
            "alter table {table} disable row level security",
            "alter table {table} no force row level security",
            "alter table {table} add column extra text",
            "alter table {table} disable trigger all",
            "drop table {table} cascade",
            "truncate {table} cascade",
        )
    ] + [
        *(f"drop policy {table}_scope on {table}" for table in tables("relrowsecurity")),
        "create table mine (a int)",
        "create function mine() returns int language sql as 'select 1'",
        "create or replace function shali_scope() returns text language sql as $$ select '4111' $$",
        "create schema mine",
        "create extension dblink",
    ]
    passed = [f"{role}: {each}" for role in BOUND for each in statements if refuses(role, each) != "42501"]

    figure("rights of roles", statements_refused=len(statements) * len(BOUND))
    assert not passed, "Not refused for want of a right:\n" + "\n".join(passed)


def test_no_bound_role_becomes_another_or_looks_over_walls(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles"
                       " where rolname = any(%s)", [list(BOUND)])  # fmt: skip
        assert {row[0]: row[1:] for row in cursor.fetchall()} == dict.fromkeys(BOUND, (False,) * 4)
        for role in BOUND:
            cursor.execute("select count(*) from pg_auth_members where member = %s::regrole", [role])
            assert cursor.fetchone() == (0,), f"{role} is a member of another role"


def test_an_own_connection_of_a_bound_role_cannot_set_another_role(world: World) -> None:
    with _as_role("shali_web") as own:
        for role in ("shali_owner", "shali_worker"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                own.execute(f"set role {role}".encode())


def test_rows_of_append_only_tables_are_neither_changed_nor_removed(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select tgrelid::regclass::text from pg_trigger where tgname like '%%append_only'")
        assert {name for (name,) in cursor.fetchall()} == APPEND_ONLY
    passed = [
        f"{role}: {statement}"
        for role in BOUND
        for table in sorted(APPEND_ONLY)
        for statement in (f"update {table} set at = at", f"delete from {table}", f"truncate {table}")
        if refuses(role, _with_a_column_of(table, statement)) != "42501"
    ]

    assert not passed, "\n".join(passed)


def test_even_the_owner_is_refused_by_the_trigger(world: World) -> None:
    with connection.cursor() as cursor:
        filled = [table for table in sorted(APPEND_ONLY) if _count(cursor, table)]
    assert len(filled) >= 4

    for table in filled:
        for statement in (f"update {table} set at = at", f"delete from {table}"):
            assert refuses("shali_owner", _with_a_column_of(table, statement)) == "23001", statement


def _with_a_column_of(table: str, statement: str) -> str:
    column = {"journal_dayroot": "day", "people_mergemove": "row", "tracing_plan": "made_at"}.get(table, "at")
    return statement.replace("set at = at", f'set "{column}" = "{column}"')


def _count(cursor: object, table: str) -> int:
    cursor.execute(f"select count(*) from {table}")  # type: ignore[attr-defined]
    return int(cursor.fetchone()[0])  # type: ignore[attr-defined]


def test_the_second_transaction_of_a_pooled_connection_has_no_scope(world: World) -> None:
    settings = connection.settings_dict
    with ConnectionPool(_dsn(settings, "shali_web"), min_size=1, max_size=1, open=True) as pool:
        with pool.connection() as first:
            first.execute("select set_config('shali.scope', '4111', true)")
            assert first.execute("select shali_scope()").fetchone() == ("4111",)
            first.execute("select count(*) from tasks_task")
        with pool.connection() as again:
            assert again.execute("select current_setting('shali.scope', true)").fetchone() == ("",)
        with pool.connection() as again, pytest.raises(psycopg.errors.InsufficientPrivilege, match="no scope"):
            again.execute("select shali_scope()")


@pytest.mark.parametrize("role", BOUND)
def test_without_a_scope_a_walled_table_raises_and_shows_nothing(world: World, role: str) -> None:
    parts = part_of()
    for table in tables("relrowsecurity"):
        with transaction.atomic(), connection.cursor() as cursor:
            if not _count(cursor, table):
                planted = f"Plant a row of {table} in tests/proof/world.py: an empty table proves nothing."
                assert table in EMPTY or table in parts, planted
                continue
            cursor.execute(f"set local role {role}")
            cursor.execute("select set_config('shali.scope', '', true)")
            with pytest.raises(DatabaseError, match="no scope"):
                cursor.execute(f"select * from {table}")
            transaction.set_rollback(True)


def test_every_table_with_personal_or_path_columns_has_a_wall_or_a_reason(world: World) -> None:
    walled = set(tables("relrowsecurity"))
    forced = set(tables("relforcerowsecurity"))
    ours = [model for model in apps.get_models() if model.__module__.startswith("shali.")]
    kept = {model._meta.db_table for model in ours if _is_kept(model)}

    assert walled - forced == KEPT_BY_THE_OWNER, "A wall that does not bind the owner of the table"
    assert kept - walled - set(NO_WALL) == set(), "Give it a wall in a migration, or a reason in NO_WALL"
    assert set(NO_WALL) <= kept - walled, "A reason for a table that has a wall now, or is gone"


def _is_kept(model: type[models.Model]) -> bool:
    has_path = any(isinstance(one, PathField) for one in model._meta.concrete_fields)
    return has_path or bool(getattr(model, "PERSONAL", ()))


def test_behind_the_walls_alone_no_table_shows_a_row_of_another_unit(
    behind: World, figure: Callable[..., None]
) -> None:
    """Rows are judged by the tree, read without walls before; nothing of the application filters."""
    shown = 0
    for table in tables("relrowsecurity"):
        allowed = _allowed(table)
        with connection.cursor() as cursor:
            cursor.execute(f"select {_key(table)} from {table}")
            seen = {key for (key,) in cursor.fetchall()}
        shown += len(seen)
        assert not seen - allowed, f"{table}: {len(seen - allowed)} of {len(seen)} rows are another unit's"
        assert seen == allowed, f"{table}: {len(allowed - seen)} of the unit's own rows do not show"

    figure(
        "walls alone",
        tables=len(tables("relrowsecurity")),
        rows_of_the_unit_shown=shown,
    )


# Rows that are no unit's: only who may see the whole tree may see them.
OF_THE_WHOLE_TREE = {"people_key"}
# Whose row it is, by table: a column with a path, or the row of another table that it belongs to.
BELONGS = {
    "intake_candidate": ("row_id", "intake_row"),
    "measures_measureevent": ("measure_id", "measures_measure"),
    "people_address": ("person_id", "people_person"),
    "people_document": ("person_id", "people_person"),
    "people_phone": ("person_id", "people_person"),
    "tasks_bulktask": ("act_id", "tasks_bulkact"),
    "tasks_event": ("task_id", "tasks_task"),
    "tasks_jointrequest": ("task_id", "tasks_task"),
    "tasks_reminder": ("task_id", "tasks_task"),
    "tasks_transfer": ("task_id", "tasks_task"),
    "tracing_answer": ("case_id", "tracing_case"),
    "tracing_casestep": ("case_id", "tracing_case"),
    "tracing_observation": ("day_id", "tracing_day"),
    "tracing_plan": ("contact_id", "tracing_contact"),
    "tracing_relationship": ("contact_id", "tracing_contact"),
    "tracing_selflink": ("contact_id", "tracing_contact"),
    "tracing_stay": ("case_id", "tracing_case"),
    "verification_askedagain": ("task_id", "tasks_task"),
    "verification_attempt": ("task_id", "tasks_task"),
    "verification_check": ("task_id", "tasks_task"),
    "verification_finding": ("task_id", "tasks_task"),
    "verification_identityquestion": ("task_id", "tasks_task"),
    "verification_listentry": ("task_id", "tasks_task"),
    "verification_secondanswer": ("asked_id", "tasks_task"),
}


def _key(table: str) -> str:
    whole = part_of().get(table, table)
    model = next(one for one in apps.get_models() if one._meta.db_table == whole)
    return model._meta.pk_fields[-1].column


def _allowed(table: str) -> set[object]:
    """Return the keys of the rows that lie in the township, read as the owner, decided by the parts of their paths."""
    if part_of().get(table, table) in OF_THE_WHOLE_TREE:
        return set()
    parent = BELONGS.get(table)
    source = f"select x.{_key(table)}, p.path from {table} x"
    source += (
        f" join {parent[1]} p on p.{_key(parent[1])} = x.{parent[0]}"
        if parent
        else f" join {table} p using ({_key(table)})"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local role shali_owner")
        cursor.execute(source)
        rows = cursor.fetchall()
        extra = "select id, to_path from tasks_reminder" if table == "tasks_reminder" else ""
        if extra:  # whoever was reminded sees the reminder, wherever the task went
            cursor.execute(extra)
            rows += cursor.fetchall()
        transaction.set_rollback(True)
    # A round is known in the whole of its area.
    is_of_an_area = table in {"testing_round", "testing_roundarea", "testing_zone", "testing_tour"}
    return {key for key, path in rows if lies_in(path, ASKS) or (is_of_an_area and lies_in(ASKS, path))}


def _dsn(settings: dict[str, object], role: str) -> str:
    from shali.config.database import key_folder, password_file

    password = password_file(key_folder(), role.removeprefix("shali_")).read_text().strip()
    return f"host={settings['HOST']} port={settings['PORT']} dbname={settings['NAME']} user={role} password={password}"


def _as_role(role: str) -> psycopg.Connection:
    return psycopg.connect(_dsn(connection.settings_dict, role), autocommit=True)
