"""`shali demo …`: the demo city, and how to get into it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.progress import TaskID

from shali.config.cli.installation import installation

app = typer.Typer(no_args_is_help=True, help="The demo city: make it, sign in to it")


@app.command("links")
def links_command(
    address: Annotated[str, typer.Option(help="Where `shali run` answers.")] = "http://localhost:8000",
) -> None:
    """Print fresh sign-in links for the cast: each opens once, within the hour."""
    from shali.foundation.ui.refusal import Refusal

    with installation(role="owner"):
        from shali.config.demo import links

        found = links(address.rstrip("/"))
    if not found:
        raise Refusal("There is no demo city here. `shali demo make` makes one in an empty database.")
    for name, link in found:
        print(f"{name:<28} {link}")


@app.command("make")
def make_command() -> None:
    """Make the demo city in an empty database; where there are people already, nothing changes."""
    with installation(role="owner", prepared=True):
        from shali.config import demo, reference
        from shali.config.start import prepare
        from shali.config.start.steps import step

        with step("Tables"):
            prepare.migrate()
        with step("Reference data"):
            reference.ensure()
        with step("Demo city"):
            demo.ensure()


@app.command("city")
def city_command(
    people: Annotated[int, typer.Option(help="Residents; the whole of Luohe by default.")] = 2_367_490,
    tasks: Annotated[int, typer.Option(help="Tasks over 14 days, with ten steps of history each.")] = 1_000_000,
    seed: Annotated[int, typer.Option(help="Two machines with one seed make the same city.")] = 2022,
) -> None:
    """Make Luohe at full size, or go on where a kill left off. Everybody in it is invented."""
    from shali.config.postgres import CannotStart
    from shali.config.start import prepare

    with installation(role="owner", prepared=True):
        from shali.config.city.make import InTheWay, make
        from shali.config.city.plan import Size

        prepare.migrate()
        began = time.monotonic()
        with bars() as tell:
            try:
                made = make(Size(people, tasks, seed), tell=tell)
            except InTheWay as reason:
                raise CannotStart(str(reason)) from None
    seconds = time.monotonic() - began
    for step, took in made.seconds:
        print(f"  {took:7.1f} s  {step}")
    if made.seconds:
        print(f"{made.rows:,} rows in {seconds:,.0f} s, {made.rows / seconds:,.0f} a second")
    print(f"{made.bytes_on_disk / 1e9:.2f} GB on disk")
    print(f"digest {made.digest}")


@contextmanager
def bars() -> Iterator[Callable[[str, int, int], None]]:
    """Show a progress bar for each step that is told of."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn()) as progress:
        known: dict[str, TaskID] = {}

        def tell(step: str, done: int, of: int) -> None:
            if step not in known:
                known[step] = progress.add_task(step, total=of)
            progress.update(known[step], completed=done)

        yield tell
