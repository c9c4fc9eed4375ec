"""`shali audit …`: whether the access log is whole, its day roots, who looked."""

from typing import Annotated

import orjson
import typer
from rich import print as say
from rich.table import Table

from shali.config.cli.installation import installation

app = typer.Typer(no_args_is_help=True)


@app.command()
def verify(
    root: Annotated[
        list[str] | None, typer.Option(help="A kept day root, DAY=HASH; each must be the log's own. Repeatable.")
    ] = None,
) -> None:
    """Walk the whole chain of the access log. Exit code 1, with the place, where it does not hold."""
    with installation(role="owner"):
        from shali.foundation.journal.chain import verify_chain
        from shali.foundation.journal.queries import roots
        from shali.foundation.jurisdictions.scope import in_scope, system_scope

        scope = system_scope("audit")
        with in_scope(scope):
            found = verify_chain()
            known = {str(one.day): one.root for one in roots(scope, limit=10_000)}
    kept = dict(one.split("=", 1) for one in root or [])
    lost = sorted(day for day, value in kept.items() if known.get(day) != value.lower())
    if found.broken_at is not None:
        say(f"[bold red]Broken[/] at record {found.broken_at}: {found.what}. Everything before it holds.")
        raise typer.Exit(1)
    if lost:
        say(f"[bold red]Rewritten[/]: the kept root of {', '.join(lost)} is not the log's own.")
        raise typer.Exit(1)
    say(f"Whole: {found.records:,} records, {found.roots} day roots, {len(kept)} kept roots agree. Head {found.head}")


@app.command("roots")
def show_roots(days: Annotated[int, typer.Option(help="How many days.")] = 14) -> None:
    """Print the day roots as DAY=HASH, one a line: keep them where nobody of this installation writes."""
    with installation():
        from shali.foundation.journal.queries import roots
        from shali.foundation.jurisdictions.scope import in_scope, system_scope

        scope = system_scope("audit")
        with in_scope(scope):
            for one in roots(scope, limit=days):
                typer.echo(f"{one.day}={one.root}")


@app.command()
def looks(
    act: Annotated[str, typer.Option(help="reveal, search, work_list, review, export or rows.")] = "",
    limit: Annotated[int, typer.Option(help="How many, the newest first.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Print who looked at personal data, for what, and at which fields; never a value."""
    with installation():
        from shali.foundation.journal import queries
        from shali.foundation.jurisdictions.scope import in_scope, system_scope

        scope = system_scope("audit")
        with in_scope(scope):
            found = queries.looks(scope, act=act, limit=limit)
    if as_json:
        for one in found:
            typer.echo(orjson.dumps(one).decode())
        return
    table = Table("No.", "When", "Who", "Unit", "What", "Purpose", "Fields", "People")
    for one in found:
        people = str(one.people or (1 if one.subject else 0))
        when = f"{one.at:%Y-%m-%d %H:%M}Z"
        table.add_row(str(one.number), when, one.by, one.unit, one.act, one.purpose, ", ".join(one.fields), people)
    say(table)
