"""`shali tasks …`: the day's work from a terminal, and from cron."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from shali.config.cli.installation import installation

if TYPE_CHECKING:
    from shali.foundation.jurisdictions.scope import Scope
    from shali.foundation.tasks.services.bulk import Asked

app = typer.Typer(
    invoke_without_command=True, help="Tasks: what is open, who has it, what is overdue; pass on, remind, accept"
)
As = Annotated[str, typer.Option("--as", envvar="SHALI_POST", help="Who acts: a username, or a post's public number")]
Json = Annotated[bool, typer.Option("--json", help="For a script")]
Which = Annotated[str, typer.Option(help="open, overdue, soon, next_two_hours, not_accepted, blocked, mine …")]
Count = Annotated[int | None, typer.Option("--count", help="How many --which was seen to hold; no more are taken")]
Path = Annotated[str, typer.Option("--unit", help="Path of a unit, such as 4111.02.001")]
Task = Annotated[str, typer.Argument(help="The task's public number")]


@app.callback()
def figures(context: typer.Context, *, post: As = "", as_script: Json = False) -> None:
    """Say how many tasks each filter holds, when no verb is given."""
    if context.invoked_subcommand:
        return
    with _acting(post) as (scope, at):
        from shali.foundation.tasks.queries.counts import counts

        found = counts(scope, at=at)
        if as_script:
            _print_json(found)
        else:
            _print_table(("filter", "tasks"), [(name, str(count)) for name, count in found.items()])


@contextmanager
def _acting(post: str) -> Iterator[tuple["Scope", Any]]:
    """Run a block as a post does on its pages: within its part of the tree, behind the walls."""
    with installation():
        from shali.foundation.accounts.middleware import scope_of
        from shali.foundation.accounts.models import Post
        from shali.foundation.accounts.queries import in_force
        from shali.foundation.clocks import now
        from shali.foundation.jurisdictions.scope import in_scope

        at = now()
        posts = Post.objects.filter(in_force(at)).order_by("path", "role", "id")
        found = posts.filter(public_id=post).first() or posts.filter(user__username=post).first()
        if found is None:
            print("Say who acts: --as USERNAME, or a post's public number; it must be in force.", file=sys.stderr)
            raise typer.Exit(code=1)
        scope = scope_of(found)
        with in_scope(scope):
            yield scope, at


def _needs(scope: "Scope", verb: str) -> None:
    if verb not in scope.verbs:
        print(f"This post does not hold the verb {verb}.", file=sys.stderr)
        raise typer.Exit(code=1)


def _print_json(value: object) -> None:
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str) + b"\n")


def _print_table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading)
    for row in rows:
        table.add_row(*row)
    Console().print(table)


@app.command("list")
def list_command(
    *, post: As = "", which: Which = "open", unit: Path = "", after: str = "", as_script: Json = False
) -> None:
    """Show one page of tasks, due first; people are masked as on the pages."""
    with _acting(post) as (scope, at):
        from shali.foundation.tasks.queries.desk import Filter, tasks_page

        _needs(scope, "see_tasks")
        page = tasks_page(scope, Filter(which, unit), at=at, after=after)
        if as_script:
            rows = [
                {
                    "task": row.public_id,
                    "kind": row.kind,
                    "state": row.state,
                    "due_at": row.due_at,
                    "path": row.path,
                    "person": row.person.name if row.person else "",
                    "assignee": row.assignee,
                    "why": row.why,
                }
                for row in page.rows
            ]
            _print_json({"total": page.total, "next": page.next, "tasks": rows})
        else:
            shown = [
                (r.public_id, r.state, f"{r.due_at:%m-%d %H:%M}", r.person.name if r.person else "", r.unit, r.assignee)
                for r in page.rows
            ]
            _print_table(("task", "state", "due (UTC)", "who", "owner", "worker"), shown)


@app.command()
def show(task: Task, *, post: As = "", as_script: Json = False) -> None:
    """Show one task and its whole history, newest first. Notes stay inside the application."""
    with _acting(post) as (scope, at):
        from shali.foundation.tasks.queries.task import task_record

        _needs(scope, "see_tasks")
        record = task_record(scope, task, at=at)
        history = [
            {"seq": e.seq, "act": e.act, "at": e.at, "by": e.who.name if e.who else e.by, **e.detail}
            for e in record.history
        ]
        about = {"task": task, "state": record.state, "path": record.row.path, "due_at": record.row.due_at}
        if as_script:
            _print_json({**about, "version": record.row.version, "history": history})
        else:
            _print_table(("", ""), [(key, str(value)) for key, value in about.items()])
            _print_table(
                ("#", "at (UTC)", "act", "by"),
                [(str(e["seq"]), str(e["at"]), str(e["act"]), str(e["by"])) for e in history],
            )


@app.command()
def accept(
    tasks: Annotated[list[str] | None, typer.Argument(help="Public numbers")] = None,
    *,
    which: Annotated[str, typer.Option(help="Everything that this filter holds")] = "",
    count: Count = None,
    unit: Path = "",
    post: As = "",
    as_script: Json = False,
) -> None:
    """Accept tasks, by number or everything under a filter."""
    with _acting(post) as (scope, at):
        from shali.foundation.tasks.services.bulk import accept_many

        _needs(scope, "accept_tasks")
        asked = accept_many(scope=scope, selection=_selection(tasks, which, unit, count), by=scope.name, at=at)
        _tell(scope, asked, at, as_script=as_script)


@app.command()
def remind(
    tasks: Annotated[list[str] | None, typer.Argument(help="Public numbers")] = None,
    *,
    which: Annotated[str, typer.Option(help="Everything that this filter holds")] = "",
    count: Count = None,
    unit: Path = "",
    post: As = "",
    as_script: Json = False,
) -> None:
    """Remind the owners of tasks."""
    with _acting(post) as (scope, at):
        from shali.foundation.tasks.services.bulk import remind_many

        _needs(scope, "remind")
        asked = remind_many(scope=scope, selection=_selection(tasks, which, unit, count), by=scope.name, at=at)
        _tell(scope, asked, at, as_script=as_script)


@app.command()
def assign(
    to: Annotated[str, typer.Argument(help="Public number of the post that works on them")],
    tasks: Annotated[list[str] | None, typer.Argument(help="Public numbers")] = None,
    *,
    which: Annotated[str, typer.Option(help="Everything that this filter holds")] = "",
    count: Count = None,
    unit: Path = "",
    post: As = "",
    as_script: Json = False,
) -> None:
    """Give tasks of one unit (--unit, or the acting post's own) to one of its posts."""
    with _acting(post) as (scope, at):
        from shali.foundation.tasks.services.bulk import assign_many

        _needs(scope, "assign_tasks")
        chosen = _selection(tasks, which, unit, count)
        asked = assign_many(scope=scope, selection=chosen, unit=unit or scope.path, post=to, by=scope.name, at=at)
        _tell(scope, asked, at, as_script=as_script)


@app.command()
def undo(act: Annotated[str, typer.Argument(help="Number of the act, as it was said")], *, post: As = "") -> None:
    """Take back what was done to many tasks at once, soon after it."""
    with _acting(post) as (scope, at):
        from shali.foundation.tasks.services.undo_bulk import run_undo, undo_bulk

        row = undo_bulk(scope=scope, act=act, by=scope.name, at=at)
        row = run_undo(act=row.pk, at=at)
        print(f"{row.undone} of {row.done} taken back; with the others somebody went on.")


@app.command()
def transfer(
    task: Task,
    to: Annotated[str, typer.Argument(help="Path of the unit that is asked to take it")],
    *,
    reason: Annotated[str, typer.Option(help="lives_there, stays_there, works_there, moved, wrong_address")],
    post: As = "",
) -> None:
    """Ask another unit to take a task. The owner answers for it until it is taken; the clock runs on."""
    with _acting(post) as (scope, at):
        from shali.foundation.tasks.services.transfer import ask_transfer

        _needs(scope, "transfer_tasks")
        asked = ask_transfer(scope=scope, task=task, to=to, reason=reason, seen=None, by=scope.name, at=at)
        print(asked.public_id)


@app.command()
def refuse(
    task: Task,
    *,
    reason: Annotated[str, typer.Option(help="not_ours, wrong_address, outside_city, duplicate, not_enough_told")],
    post: As = "",
) -> None:
    """Say that a task is not ours; the common parent of owner and giver decides."""
    with _acting(post) as (scope, at):
        from shali.foundation.tasks.services.transfer import refuse as refuse_task

        _needs(scope, "transfer_tasks")
        asked = refuse_task(scope=scope, task=task, reason=reason, seen=None, by=scope.name, at=at)
        print(asked.public_id)


@app.command()
def answer(
    transfer: Annotated[str, typer.Argument(help="The request's public number")],
    *,
    takes: Annotated[bool, typer.Option("--take/--leave", help="Take the task over, or not")],
    post: As = "",
) -> None:
    """Answer a unit that asks us to take a task."""
    with _acting(post) as (scope, at):
        from shali.foundation.tasks.services.transfer import answer_transfer

        _needs(scope, "transfer_tasks")
        answer_transfer(scope=scope, transfer=transfer, accepts=takes, by=scope.name, at=at)


def _selection(tasks: list[str] | None, which: str, unit: str, count: int | None) -> Any:
    from shali.foundation.tasks.queries.desk import WHICH, Filter
    from shali.foundation.tasks.services.bulk import Selection

    if bool(tasks) == bool(which) or (which and which not in WHICH):
        print(f"Name tasks, or one filter with --which: {', '.join(WHICH)}.", file=sys.stderr)
        raise typer.Exit(code=1)
    return Selection(all_of=Filter(which, unit), count=count) if which else Selection(tasks=tasks or [])


def _tell(scope: "Scope", asked: "Asked", at: datetime, *, as_script: bool) -> None:
    """Say what became of the chosen tasks; what the worker was given is finished here, so that a script may go on."""
    from shali.foundation.tasks.queries.bulk import bulk_tasks
    from shali.foundation.tasks.services.bulk import finish

    ended = asked if asked.is_finished else finish(asked, at=at)
    left = [(one.task, one.reason) for one in bulk_tasks(scope, ended.act, which="skipped", at=at).rows]
    if as_script:
        _print_json({"act": ended.act, "done": ended.done, "skipped": ended.skipped, "left_alone": dict(left)})
        return
    print(f"{ended.done} done, {ended.skipped} left alone. Undo: shali tasks undo {ended.act}")
    _print_table(("left alone", "why"), left)
