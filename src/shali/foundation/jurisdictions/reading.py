"""Questions that pages ask in the same words each time, written as SQL.

Django puts a question together anew for each request, which takes 0.3 to 1.5 ms of a processor; what PostgreSQL then
does for the answer often takes less. What a reader may choose (filters, order) is left to querysets.

PostgreSQL in its turn reads and plans each statement anew, walls and all: for a row found by its key that is most of
its work. Such a statement goes by `read_by_key`.
"""

from functools import cache
from typing import Any, TypeVar

import psycopg
from django.db import connection, models

Row = tuple[Any, ...]  # what a column holds, its table says
Kind = TypeVar("Kind", bound=models.Model)


def read(sql: str, /, **given: Any) -> list[Row]:
    """Return the rows of one statement; `%(name)s` stands for what is given by that name, and never for SQL."""
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())


def read_by_key(sql: str, /, **given: Any) -> list[Row]:
    """Return the rows of one statement whose best plan is the same whatever is given: rows found by their keys.

    The connection keeps the statement as PostgreSQL read it, and within a page's transaction its plan as well (see
    `tell_database`). Not for what a path narrows down: planned for the city, it reads the city for a grid.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    # Django's own wrapper around it: what counts statements counts this one.
    django: Any = connection  # its stubs leave this one out
    with django._prepare_cursor(_Kept(connection.connection)) as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())


class _Kept(psycopg.Cursor[Row]):
    def execute(self, query: Any, params: Any = None, **more: Any) -> "_Kept":
        return super().execute(query, params, **{**more, "prepare": True})

    def _send_query_prepared(self, name: bytes, pgq: Any, *, binary: bool | None = None) -> None:
        self._query = pgq  # where Django looks for what was asked, to tell it
        super()._send_query_prepared(name, pgq, binary=binary)


def columns(model: type[models.Model], alias: str) -> str:
    """Return the columns of a table under an alias, in the order in which `made_of` takes them."""
    return ", ".join(f"{alias}.{field.column}" for field in model._meta.concrete_fields)


def made_of(model: type[Kind], row: Row) -> Kind:
    """Return the row of a model out of its columns, which begin the row given."""
    names, values = _names(model), row
    for place, field in _read_otherwise(model):
        values = (*values[:place], field.from_db_value(values[place], None, connection), *values[place + 1 :])
    return model.from_db("default", names, values[: len(names)])


def width(model: type[models.Model]) -> int:
    """Return how many columns `columns` names."""
    return len(_names(model))


@cache
def _names(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _read_otherwise(model: type[models.Model]) -> list[tuple[int, Any]]:
    """Return the columns whose values Django does not take as the driver hands them over, such as JSON, by place."""
    fields = enumerate(model._meta.concrete_fields)
    return [(place, field) for place, field in fields if hasattr(field, "from_db_value")]
