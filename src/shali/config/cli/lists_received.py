"""`shali lists receive, show, rejected, undo, reply`: what works on the installation's rows."""

import getpass
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from shali.config.cli.installation import installation

if TYPE_CHECKING:
    from shali.foundation.intake.models import Batch
    from shali.foundation.jurisdictions.scope import Scope

CHANNELS = "provincial_big_data, public_security, another_city, hospital, own_finding, other"
BatchId = Annotated[str, typer.Argument(help="The file's public number, as `receive` printed it")]
Out = Annotated[Path, typer.Option("--out", help="Where to write the workbook; never over a file that is there")]


def receive(
    file: Annotated[Path, typer.Argument(help="The list as it came: .xlsx, .xls or text", exists=True, dir_okay=False)],
    *,
    channel: Annotated[str, typer.Option(help=f"Who pushed it: {CHANNELS}")],
    handed_over: Annotated[
        datetime, typer.Option(help="Hour of hand-over, in the city's time; the clock runs from it")
    ],
    sender: Annotated[
        str,
        typer.Option(help="The sender, or the channel when left out; corrected columns are remembered under it"),
    ] = "",
    announced: Annotated[int | None, typer.Option(min=0, help="How many people the sender announces")] = None,
    reference: Annotated[str, typer.Option(help="The sender's reference")] = "",
    accept_difference: Annotated[
        str, typer.Option(metavar="REASON", help="sender_confirmed, rest_follows, sender_counted_all or not_reachable")
    ] = "",
    here: Annotated[bool, typer.Option("--here/--worker", help="Settle now, or leave it to the worker")] = True,
) -> None:
    """Take a list over: its clock starts, every row is settled. The same file twice does nothing twice.

    Where the sender's number is not ours the command stops with exit code 1 until --accept-difference says why.
    """
    with installation(role="worker" if here else "web"):
        from shali.foundation.clocks import now
        from shali.foundation.intake.models import BatchState
        from shali.foundation.jurisdictions.scope import in_scope
        from shali.verification.queries.words import CHANNELS as CHANNEL_WORDS
        from shali.verification.services.receive import HandOver, receive_list

        scope, at = _scope(), _hour(handed_over)
        kind = _channel(channel)
        said = HandOver(kind, sender or str(CHANNEL_WORDS[kind]), reference, announced, at, "")
        with in_scope(scope):
            got = receive_list(scope=scope, path=file, file_name=file.name, hand_over=said, by=scope.name, at=now())
            if got.is_new is False:
                print("This file was received before; nothing was done twice.", file=sys.stderr)
            batch = _confirm(scope, got.batch_public_id, accept_difference, here=here)
        if batch.state == BatchState.DIFFERENCE:
            _print(batch)
            _refuse(
                f"The sender announced {batch.announced}, {batch.rows_total} rows came. Nothing is settled. "
                "Say why it may be taken: --accept-difference REASON."
            )
        if here and batch.state == BatchState.SETTLING:
            batch = _settle(batch)
        _print(batch)


def _hour(said: datetime) -> datetime:
    from shali.foundation.clocks import city_zone, now

    at = said if said.tzinfo else said.replace(tzinfo=city_zone())
    if at > now():
        _refuse("The hour of hand-over has not come yet.")
    return at


def _confirm(scope: "Scope", public_id: str, reason: str, *, here: bool) -> "Batch":
    from shali.foundation.clocks import now
    from shali.foundation.intake.models import BatchState
    from shali.foundation.intake.queries.batches import batch
    from shali.foundation.intake.queries.words import DIFFERENCES
    from shali.foundation.intake.services.confirm import confirm_and_defer
    from shali.foundation.intake.services.settle import confirm_batch

    if reason and reason not in DIFFERENCES:
        _refuse(f"--accept-difference is one of {', '.join(DIFFERENCES)}.")
    found = batch(scope, public_id)
    if found.state not in (BatchState.MAPPING, BatchState.DIFFERENCE):
        return found
    if not here:
        return confirm_and_defer(scope=scope, batch=public_id, by=scope.name, at=now(), difference_reason=reason)
    return confirm_batch(
        scope=scope,
        batch=public_id,
        by=scope.name,
        at=now(),
        accepts_difference=bool(reason),
        difference_reason=reason,
    )


def _settle(batch: "Batch") -> "Batch":
    from shali.foundation.clocks import now
    from shali.foundation.intake.services.settle import settle_batch

    columns = (TextColumn("Settling"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=batch.rows_total, completed=batch.rows_done)
        return settle_batch(batch=batch.pk, at=now(), each=lambda rows: progress.advance(task, rows))


def show(batch: BatchId) -> None:
    """Say what became of a file: its state and the account of its rows, as JSON."""
    with installation():
        from shali.foundation.intake.queries.batches import batch as batch_of
        from shali.foundation.jurisdictions.scope import in_scope

        scope = _scope()
        with in_scope(scope):
            _print(batch_of(scope, batch))


def rejected(batch: BatchId, *, out: Out) -> None:
    """Write the rejected rows as a workbook, with a reason and a cure beside each. The look is recorded."""
    with installation():
        from shali.foundation.clocks import now
        from shali.foundation.intake.services.rejected import rejected_workbook
        from shali.foundation.jurisdictions.scope import in_scope

        scope = _scope()
        with in_scope(scope):
            made = rejected_workbook(scope=scope, batch=batch, by=scope.name, at=now())
        _write(out, made.content.read())


def mend(
    batch: BatchId,
    file: Annotated[Path, typer.Argument(help="The workbook of rejected rows, mended.", exists=True, dir_okay=False)],
) -> None:
    """Take the rejected rows that were mended, and only those; what is still wrong stays rejected with its reason."""
    with installation():
        from shali.foundation.clocks import now
        from shali.foundation.intake.services.mended import take_mended
        from shali.foundation.jurisdictions.scope import in_scope

        scope = _scope()
        with in_scope(scope):
            done = take_mended(scope=scope, batch=batch, path=file, file_name=file.name, by=scope.name, at=now())
        print(f"{done.taken} taken, {done.still_rejected} still rejected, {done.not_waiting} taken before")


def undo(batch: BatchId) -> None:
    """Take a whole import back while nothing was built on it; else say what was."""
    with installation():
        from shali.foundation.clocks import now
        from shali.foundation.intake.services.undo import undo_batch
        from shali.foundation.jurisdictions.scope import in_scope

        scope = _scope()
        with in_scope(scope):
            _print(undo_batch(scope=scope, batch=batch, by=scope.name, at=now()))


def reply(pushed_list: Annotated[str, typer.Argument(help="The list's public number")], *, out: Out) -> None:
    """Write the sender's own workbook back, an answer in each row. The look is recorded."""
    with installation():
        from shali.foundation.clocks import now
        from shali.foundation.jurisdictions.scope import in_scope
        from shali.verification.services.reply import make_reply

        scope = _scope()
        with in_scope(scope):
            made = make_reply(scope=scope, pushed_list=pushed_list, by=scope.name, at=now())
        _write(out, made.content.read())


def add_to(app: typer.Typer) -> None:
    """Add the commands that need the installation."""
    for command in (receive, show, rejected, mend, undo, reply):
        app.command()(command)


def _scope() -> "Scope":
    """The city, in the name of whoever runs the command on its machine."""
    from django.conf import settings

    from shali.foundation.jurisdictions.scope import Scope

    return Scope(path=settings.CITY, name=f"terminal:{getpass.getuser()}"[:60])


def _channel(word: str) -> int:
    from shali.verification.models import Channel

    found = {one.name.lower(): one.value for one in Channel}
    if word.lower() not in found:
        _refuse(f"--channel is one of {', '.join(found)}.")
    return found[word.lower()]


def _print(batch: "Batch") -> None:
    names = ("received", "people", "duplicates", "already_known", "rejected", "doubtful")
    said = {
        "file": batch.public_id,
        "state": batch.get_state_display().lower(),
        "announced": batch.announced,
        "rows_total": batch.rows_total,
        "rows_done": batch.rows_done,
        "rows": {name: getattr(batch, name) for name in names},
    }
    print(orjson.dumps(said, option=orjson.OPT_INDENT_2).decode())


def _write(out: Path, content: bytes) -> None:
    try:
        with out.open("xb") as file:
            file.write(content)
    except FileExistsError:
        _refuse(f"{out} is there already; nothing was written over it.")
    print(f"{out}: {len(content):,} bytes", file=sys.stderr)


def _refuse(sentence: str) -> None:
    print(sentence, file=sys.stderr)
    raise typer.Exit(code=1)
