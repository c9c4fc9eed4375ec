"""Many rows at once under row-level security, which refuses COPY: COPY to a temporary table, then INSERT ... SELECT."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from psycopg import sql


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, ignore_conflicts: bool = False
) -> int:
    """Insert rows into a model's table in the open transaction and return how many went in.

    rows hold values of the named database columns. What is personal arrives here sealed: temporary tables hold
    ciphertext and blind indexes only.
    """
    table = sql.Identifier(model._meta.db_table)
    draft = sql.Identifier(f"new_{model._meta.db_table}")
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    conflict = sql.SQL(" on conflict do nothing") if ignore_conflicts else sql.SQL("")
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("create temp table {} on commit drop as select {} from {} with no data").format(draft, names, table)
        )
        with cursor.copy(sql.SQL("copy {} ({}) from stdin").format(draft, names)) as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(sql.SQL("insert into {} ({}) select {} from {}{}").format(table, names, names, draft, conflict))
        count = int(cursor.rowcount)
        cursor.execute(sql.SQL("drop table {}").format(draft))
    return count
