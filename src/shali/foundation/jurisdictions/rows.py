"""Many rows at once under row-level security, which refuses COPY: COPY to a temporary table, then INSERT ... SELECT."""

import gc
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import chain, islice
from operator import attrgetter
from threading import Lock
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, models
from psycopg import sql

_uncollected = 0
_counting = Lock()
# For fewer rows the temporary table costs more than it saves.
WORTH_A_COPY = 200
NEEDS_ESCAPE = re.compile(r'["\\]').search


def insert_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    same: Mapping[str, Any] | None = None,
    ignore_conflicts: bool = False,
) -> int:
    """Insert rows into a model's table in the open transaction and return how many went in.

    rows hold values of the named database columns; same: values that all of them have in further columns, which are
    sent once. What is personal arrives here sealed: temporary tables hold
    ciphertext and blind indexes only.
    """
    table = sql.Identifier(model._meta.db_table)
    draft = sql.Identifier(f"new_{model._meta.db_table}")
    same = same or {}
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    into = sql.SQL(", ").join(map(sql.Identifier, [*columns, *same]))
    conflict = sql.SQL(" on conflict do nothing") if ignore_conflicts else sql.SQL("")
    rows = iter(rows)
    few = list(islice(rows, WORTH_A_COPY))
    with connection.cursor() as cursor:
        if len(few) < WORTH_A_COPY:
            places = sql.SQL(", ").join([sql.Placeholder()] * (len(columns) + len(same)))
            statement = sql.SQL("insert into {} ({}) values ({}){}").format(table, into, places, conflict)
            cursor.executemany(statement, [(*row, *same.values()) for row in few])
            return int(cursor.rowcount) if few else 0
        cursor.execute(
            sql.SQL("create temp table {} on commit drop as select {} from {} with no data").format(draft, names, table)
        )
        with cursor.copy(sql.SQL("copy {} ({}) from stdin").format(draft, names)) as copy:
            for row in chain(few, rows):
                copy.write_row(row)
        chosen = sql.SQL(", ").join([*map(sql.Identifier, columns), *([sql.Placeholder()] * len(same))])
        statement = sql.SQL("insert into {} ({}) select {} from {}{}").format(table, into, chosen, draft, conflict)
        cursor.execute(statement, list(same.values()))
        count = int(cursor.rowcount)
        cursor.execute(sql.SQL("drop table {}").format(draft))
    return count


def array_of(values: Iterable[int | bool | bytes | str | UUID | datetime | None]) -> str:
    """Return many values of one kind as PostgreSQL writes an array, for a parameter with its cast: `%s::bigint[]`.

    The adapter asks each value for its kind, which for tens of thousands takes longer than the query.
    """
    found: list[Any] = list(values)
    kinds = set(map(type, found))
    # Of one plain kind they are written all together.
    if kinds <= {int}:
        return "{" + ",".join(map(str, found)) + "}"
    if kinds == {datetime}:
        return '{"' + '","'.join([one.isoformat() for one in found]) + '"}'
    if kinds == {bytes}:
        return '{"\\\\x' + '","\\\\x'.join([one.hex() for one in found]) + '"}'
    if kinds == {str} and not any(map(NEEDS_ESCAPE, found)):
        return '{"' + '","'.join(found) + '"}'
    return "{" + ",".join([_written(value) for value in found]) + "}"


def _written(value: int | bool | bytes | str | UUID | datetime | None) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, bytes):
        return f'"\\\\x{value.hex()}"'
    if isinstance(value, datetime):
        return f'"{value.isoformat()}"'
    return "NULL" if value is None else str(value)


def insert_models(objects: Sequence[models.Model], *, ignore_conflicts: bool = False) -> None:
    """Insert new objects of one model, some thousands of them, as `insert_rows` does.

    Numbers are the caller's (see `next_ids`), or the database's where an object has none; it is not told them.
    """
    if not objects:
        return
    model = type(objects[0])
    fields = [one for one in model._meta.concrete_fields if not (one.primary_key and objects[0].pk is None)]
    reads = [_read(one) for one in fields]
    insert_rows(
        model,
        [str(one.column) for one in fields],
        (tuple(read(one) for read in reads) for one in objects),
        ignore_conflicts=ignore_conflicts,
    )


def _read(field: "models.Field[Any, Any]") -> Callable[[models.Model], Any]:
    value = attrgetter(field.attname)
    if isinstance(field, models.JSONField):
        return lambda one: orjson.dumps(value(one)).decode()
    if isinstance(field, models.IntegerField) and field.choices:
        return lambda one: None if (found := value(one)) is None else int(found)
    return value


def next_ids(table: str, *, count: int) -> list[int]:
    """Take a block of row numbers before the insert: a sealed value is bound to its row."""
    with connection.cursor() as cursor:
        # The sequence's name is looked up once; most runs have no gap, and need not come one by one.
        cursor.execute(
            """
            with named as materialized (select pg_get_serial_sequence(%s, 'id')::regclass as sequence),
              taken as materialized (select nextval(sequence) as n from named, generate_series(1, %s))
            select min(n), max(n), case when max(n) - min(n) >= count(*) then array_agg(n) end from taken
            """,
            [table, count],
        )
        ((first, last, each),) = cursor.fetchall()
    if each is not None:
        return list(each)
    return list(range(first, last + 1)) if count else []


@contextmanager
def uncollected() -> Iterator[None]:
    """Let no cycles be looked for meanwhile: among a hundred thousand new objects each look walks them all again.

    For a bounded piece of work; what it leaves is collected after it. Threads may be in it at once.
    """
    global _uncollected  # noqa: PLW0603  # one collector serves the whole process
    with _counting:
        _uncollected += 1
        gc.disable()
    try:
        yield
    finally:
        with _counting:
            _uncollected -= 1
            if not _uncollected:
                gc.enable()
