"""Who looks or acts, and over which part of the tree: the first argument of every read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, models, transaction

from shali.foundation.clocks import shift
from shali.foundation.jurisdictions.rules import lies_in
from shali.foundation.ui.refusal import NotInScope


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of the tree that a post may see, and what the post may do there.

    path: the post's unit; all units below it belong to the scope
    name: what journals call whoever acts: "post:17", "system:protocols"
    role: the code of the post's role, where a post acts; budgets are the role's
    department: a department's desk sees, within the path, only what it was asked to join
    """

    path: str
    name: str
    post: int | None = None
    verbs: frozenset[str] = frozenset()
    department: int | None = None
    role: str = ""

    def holds(self, path: str) -> bool:
        """Say whether a unit's path lies in this scope."""
        return lies_in(path, self.path)

    def part(self, unit: str) -> str:
        """Return the path of the part that is asked for: a unit of this scope, or all of it for "".

        :raises NotInScope: the unit is none of this scope; it is never read as all of it
        """
        if unit and not self.holds(unit):
            raise NotInScope
        return unit or self.path


def system_scope(name: str, path: str | None = None) -> Scope:
    """Return the scope under which a reaction or a job runs; its name shows in the journal."""
    return Scope(path=path or settings.CITY, name=f"system:{name}")


def within(path: str, column: str = "path") -> models.Q:
    """Return the filter for a unit and everything below it: '.' sorts just before '/', so one range holds both."""
    return models.Q(**{f"{column}__gte": path, f"{column}__lt": path + "/"})


@contextmanager
def in_scope(scope: Scope) -> Iterator[None]:
    """Run a block in a transaction whose rows the database limits to the scope.

    Inside another scope it holds for the block alone: a service that moves work between units widens its view to
    a system scope, and hands the narrower one back.
    """
    with transaction.atomic():
        before = _scope_of_transaction()
        tell_database(scope.path)
        yield
        # An exception rolls the savepoint back, and the setting with it.
        if before:
            tell_database(before)


def tell_database(path: str, *, only_reads: bool = False) -> None:
    """Set the scope for the rest of the open transaction, and by how much an exercise's clock is shifted.

    only_reads: keep the plans of statements that go by keys (`read_by_key`). Where something is written the triggers
        plan for the scope, as the web role always does.
    """
    seconds = f"{shift().total_seconds():.0f}"
    plans = ", set_config('plan_cache_mode', 'force_generic_plan', true)" if only_reads else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select set_config('shali.scope', %s, true), set_config('shali.shift', %s, true){plans}",
            [path, seconds],
        )


def _scope_of_transaction() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(current_setting('shali.scope', true), '')")
        return str(cursor.fetchone()[0])
