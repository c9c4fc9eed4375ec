"""Lines of COPY into tables: straight where the walls do not bind this role, else by way of a temporary table."""

from collections.abc import Sequence

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import sql

NULL = "\\N"


def bytes_of(value: bytes) -> str:
    return "\\\\x" + value.hex()


def copy_lines(table: str, columns: Sequence[str], lines: Sequence[str]) -> int:
    """Insert lines in COPY's text format, which hold sealed values, blind indexes and plain columns only."""
    if not lines:
        return 0
    name, names = sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    with connection.cursor() as cursor:
        cursor.execute("select row_security_active(%s)", [table])
        walled = cursor.fetchone()[0]
        target = sql.Identifier(f"new_{table}") if walled else name
        if walled:
            cursor.execute(
                sql.SQL("create temp table {} on commit drop as select {} from {} with no data").format(
                    target, names, name
                )
            )
        with cursor.copy(sql.SQL("copy {} ({}) from stdin").format(target, names)) as copy:
            copy.write("\n".join(lines) + "\n")
        if walled:
            cursor.execute(sql.SQL("insert into {} ({}) select {} from {}").format(name, names, names, target))
            cursor.execute(sql.SQL("drop table {}").format(target))
    return len(lines)


def take_numbers(table: str, count: int) -> int:
    """Take a run of row numbers without a gap, and return its first: a sealed value is bound to its row."""
    with connection.cursor() as cursor:
        # Two processes that draw from one sequence by turns would never get a run without a gap.
        cursor.execute("select pg_advisory_lock(hashtext(%s))", [table])
        try:
            return _run_of(cursor, table, count)
        finally:
            cursor.execute("select pg_advisory_unlock(hashtext(%s))", [table])


def _run_of(cursor: CursorWrapper, table: str, count: int) -> int:
    while True:
        cursor.execute(
            "select min(n), max(n) from (select nextval(pg_get_serial_sequence(%s, 'id')) as n"
            " from generate_series(1, %s)) as taken",
            [table, count],
        )
        first, last = cursor.fetchone()
        if last - first + 1 == count:
            return int(first)
