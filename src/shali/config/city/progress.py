"""What of the city is made, kept in the database itself: a kill at any moment loses the part at hand and no more.

While it is being made, foreign keys are not enforced and plain indexes are away; how to put each back stands in
`making.later`, and an installation does not start before that is done.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction

TABLES = (
    *("places_household", "people_person", "people_document", "people_phone", "people_address", "people_key"),
    *("people_sight", "tasks_task", "tasks_event", "verification_pushedlist", "verification_listentry"),
    *("verification_check", "verification_finding", "verification_attempt"),
)
SCHEMA = """
create schema if not exists making;
create table if not exists making.plan (
  people int, tasks int, seed int, first_person bigint, first_task bigint, first_number int, finished_at timestamptz);
create table if not exists making.part (
  step text, place int, rows bigint, digest bytea, primary key (step, place));
create table if not exists making.later (id int generated always as identity primary key, what text, sql text);
"""
PLAIN_INDEXES = """
select c.relname, replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ')
from pg_index i join pg_class c on c.oid = i.indexrelid
where i.indrelid = any(%s::regclass[]) and not i.indisunique order by 1
"""
FOREIGN_KEYS = """
select conrelid::regclass::text, conname from pg_constraint
where contype = 'f' and conenforced and conrelid = any(%s::regclass[]) order by 1, 2
"""


@dataclass(frozen=True, slots=True)
class Begun:
    """The plan's row: what is being made, and the row numbers that were taken for it."""

    people: int
    tasks: int
    seed: int
    first_person: int
    first_task: int
    first_number: int


def is_half_made() -> bool:
    """Say whether a city was begun in this database and not finished."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass('making.plan') is not null")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("select exists (select from making.plan where finished_at is null)")
        return bool(cursor.fetchone()[0])


def begun() -> Begun | None:
    """Return the plan that stands in the database, or nothing before the first start."""
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        cursor.execute("select people, tasks, seed, first_person, first_task, first_number from making.plan")
        row = cursor.fetchone()
    return Begun(*row) if row else None


def begin(plan: Begun) -> None:
    """Write the plan down, and set aside what would slow every row; one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "insert into making.plan values (%s, %s, %s, %s, %s, %s)",
            [plan.people, plan.tasks, plan.seed, plan.first_person, plan.first_task, plan.first_number],
        )
        cursor.execute(PLAIN_INDEXES, [list(TABLES)])
        for name, definition in cursor.fetchall():
            cursor.execute("insert into making.later (what, sql) values (%s, %s)", [f"index {name}", definition])
            cursor.execute(f'drop index "{name}"')
        cursor.execute(FOREIGN_KEYS, [list(TABLES)])
        for table, name in cursor.fetchall():
            cursor.execute(f'alter table {table} alter constraint "{name}" not enforced')
            cursor.execute(
                "insert into making.later (what, sql) values (%s, %s)",
                [f"foreign key {name}", f'alter table {table} alter constraint "{name}" enforced'],
            )


def done(step: str) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("select place from making.part where step = %s", [step])
        return {place for (place,) in cursor.fetchall()}


def note(step: str, place: int, rows: int, digest: bytes) -> None:
    """Note a part as made, in the transaction that made it."""
    with connection.cursor() as cursor:
        cursor.execute("insert into making.part values (%s, %s, %s, %s)", [step, place, rows, digest])


def later() -> list[tuple[int, str, str]]:
    """Return what waits to be put back, indexes first."""
    with connection.cursor() as cursor:
        cursor.execute("select id, what, sql from making.later order by id")
        return list(cursor.fetchall())


def put_back() -> Iterator[str]:
    """Put back, one transaction each, what was set aside; yield what was put back."""
    for number, what, statement in later():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("set local maintenance_work_mem = '768MB'")
            cursor.execute(statement)
            cursor.execute("delete from making.later where id = %s", [number])
        yield what


def finish() -> None:
    with connection.cursor() as cursor:
        cursor.execute("update making.plan set finished_at = now()")


def digests() -> tuple[int, list[bytes]]:
    """Return how many rows were made, and the parts' digests in their order."""
    with connection.cursor() as cursor:
        cursor.execute("select rows, digest from making.part order by step, place")
        found = cursor.fetchall()
    return sum(rows for rows, _ in found), [bytes(digest) for _, digest in found]
