"""What happens to the rows of every room when a unit moves: each column that holds a path is spoken for.

The rooms that hold such columns stand above; `protocols/paths.py` speaks for all of them, and a house test asks Django
whether one was forgotten.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models
from psycopg import sql


@dataclass(frozen=True, slots=True)
class Follows:
    """The column goes where its unit goes.

    unit: foreign key to the unit beside it; when the unit closes, the row goes to its successor by it
    taken_over: without such a key, goes to the successor all the same
    once: columns that with the path make a row unique; a successor that has such a row keeps its own
    """

    unit: str = ""
    taken_over: bool = False
    once: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """The column says where something was when it happened, and stays."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A trigger keeps the column, as a function of rows that follow."""


@dataclass(frozen=True, slots=True)
class Common:
    """The column is the common parent of others. of: the look-ups that may name each, first non-empty."""

    of: tuple[tuple[str, ...], ...]


Rule = Follows | History | Kept | Common
_RULES: dict[str, Rule] = {}


def use_rules(rules: Mapping[str, Rule]) -> None:
    """Take over the rules for every column that holds a path, "app.model.column"."""
    _RULES.clear()
    _RULES.update(rules)


def rules() -> Mapping[str, Rule]:
    return _RULES


def move_rows(old: str, new: str) -> None:
    """Give every row at or below a path its place at or below another. The scope must hold both."""
    for model, column, rule in _columns():
        if isinstance(rule, Follows):
            _run(
                "update {table} set {column} = %(new)s || substr({column}, %(length)s)"
                " where {column} >= %(old)s and {column} < %(old)s || '/'",
                model,
                column,
                {"old": old, "new": new, "length": len(old) + 1},
            )
    _find_common_parents(new)


def hand_rows(old: str, new: str, *, closed: int, heir: int) -> None:
    """Give the living rows of a unit that closes to the one that takes over."""
    for model, column, rule in _columns():
        if not isinstance(rule, Follows):
            continue
        if rule.unit:
            values: dict[str, str | int] = {"old": closed, "heir": heir, "new": new}
            extra = {"unit": sql.Identifier(f"{rule.unit}_id")}
            _run(
                "update {table} set {unit} = %(heir)s, {column} = %(new)s where {unit} = %(old)s",
                model,
                column,
                values,
                extra,
            )
        elif rule.taken_over:
            same = sql.SQL(" and ").join(sql.SQL("a.{0} = b.{0}").format(sql.Identifier(one)) for one in rule.once)
            free: sql.Composable = sql.SQL("true")
            if rule.once:
                free = sql.SQL("not exists (select from {t} a where a.{c} = %(new)s and {same})").format(
                    t=sql.Identifier(model._meta.db_table), c=sql.Identifier(column), same=same
                )
            _run(
                "update {table} b set {column} = %(new)s where b.{column} = %(old)s and {free}",
                model,
                column,
                {"old": old, "new": new},
                {"free": free},
            )
    _find_common_parents(new)


def _columns() -> list[tuple[type[models.Model], str, Rule]]:
    found = []
    for name, rule in _RULES.items():
        label, column = name.rsplit(".", 1)
        found.append((apps.get_model(label), column, rule))
    return found


def _run(
    statement: str,
    model: type[models.Model],
    column: str,
    values: Mapping[str, str | int],
    parts: Mapping[str, sql.Composable] | None = None,
) -> None:
    composed = sql.SQL(statement).format(
        table=sql.Identifier(model._meta.db_table), column=sql.Identifier(column), **(parts or {})
    )
    with connection.cursor() as cursor:
        cursor.execute(composed, values)


def _find_common_parents(path: str) -> None:
    for model, column, rule in _columns():
        if not isinstance(rule, Common):
            continue
        touched = models.Q()
        for lookups in rule.of:
            for one in lookups:
                touched |= models.Q(**{f"{one}__gte": path, f"{one}__lt": path + "/"})
        for number, *paths in model._default_manager.filter(touched).values_list("pk", *sum(rule.of, ())):
            values, ends = iter(paths), []
            for lookups in rule.of:
                ends.append(next((said for said in [next(values) for _ in lookups] if said), ""))
            model._default_manager.filter(pk=number).update(**{column: common_parent(ends)})


def common_parent(paths: list[str]) -> str:
    """Return the lowest path that holds all of them."""
    shared = []
    for parts in zip(*(path.split(".") for path in paths if path), strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return ".".join(shared)
