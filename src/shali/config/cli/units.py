"""`shali units …`: the tree, one unit, and the changes to come."""

from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.tree import Tree

from shali.config.cli.installation import installation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shali.foundation.jurisdictions.scope import Scope

app = typer.Typer(no_args_is_help=True)
Which = Annotated[str, typer.Argument(help="Path of a unit, such as 4111.02; the city when left out")]


@contextmanager
def _city() -> "Iterator[tuple[Scope, datetime]]":
    with installation():
        from shali.foundation.clocks import now
        from shali.foundation.jurisdictions.scope import in_scope, system_scope

        scope = system_scope("command_line")
        with in_scope(scope):
            yield scope, now()


@app.command()
def tree(
    unit: Which = "", *, depth: Annotated[int, typer.Option(min=1, max=5, help="How many levels down")] = 2
) -> None:
    """Print a unit with what is below it."""
    with _city() as (scope, _at):
        from shali.foundation.jurisdictions.queries import children
        from shali.foundation.jurisdictions.queries import unit as one_unit

        top = one_unit(scope, unit or scope.path)

        def grow(branch: Tree, path: str, left: int) -> None:
            for row in children(scope, path) if left else []:
                grow(branch.add(f"{row.name}  [dim]{row.path}[/]"), row.path, left - 1)

        root = Tree(f"{top.name}  [dim]{top.path}[/]")
        grow(root, top.path, depth)
        Console().print(root)


@app.command()
def show(unit: Annotated[str, typer.Argument(help="Path, code, or part of a name")]) -> None:
    """Print units with their codes, residents, posts, and what is below them."""
    with _city() as (scope, at):
        from shali.foundation.jurisdictions.queries import units_named

        rows = units_named(scope, unit, at=at)
        if not rows:
            raise typer.Exit(_say_none(unit))
        table = Table("Path", "Code", "Name", "English", "Residents", "Units below", "Posts", box=None)
        for row in rows:
            residents = "—" if row.population is None else f"{row.population:,}"
            table.add_row(row.path, row.code, row.name, row.name_en, residents, str(row.children), str(row.posts))
        Console().print(table)


@app.command()
def changes(
    *, apply: Annotated[bool, typer.Option("--apply", help="Put into force what is approved and due")] = False
) -> None:
    """Print the changes to come, the nearest day first."""
    with _city() as (scope, at):
        from shali.foundation.clocks import day_of
        from shali.foundation.jurisdictions.queries import open_changes
        from shali.foundation.jurisdictions.services.changes import apply_due_changes

        if apply:
            print(f"In force now: {apply_due_changes(on=day_of(at), at=at)}")
        table = Table("From", "Unit", "Change", "To", "Document", "Approved", box=None)
        for one in open_changes(scope):
            other = one.name or (one.other.name if one.other else "")
            approved = "yes" if one.is_approved else "no"
            table.add_row(str(one.effective_on), f"{one.unit.name} {one.path}", one.kind, other, one.basis, approved)
        Console().print(table)


def _say_none(words: str) -> int:
    typer.echo(f"No unit has the path, code or name {words}.", err=True)
    return 1
