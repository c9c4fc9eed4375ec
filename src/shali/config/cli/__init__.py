"""The command line: `shali <noun> <verb>`. Each noun is a module here with a Typer app; Django is set up on demand."""

import importlib.util
import sys
from importlib import import_module

import typer

from shali.config.cli import chain as chains
from shali.config.cli import link as linking
from shali.config.cli import rings as tracing_rings
from shali.config.cli import rt as reproduction
from shali.config.cli import run as running
from shali.config.cli import sites as siting

NOUNS = {
    "lists": "Pushed lists: inspect a file, receive it, follow it, reply to its sender",
    "tasks": "Tasks: what is open, who has it, what is overdue; pass on, remind, close",
    "people": "Persons by public number: who they are, where they are known from; merge and un-merge",
    "units": "The tree of units: counties, townships, communities, grids",
    "posts": "Posts and the people who hold them: give, end, one-time sign-in links",
    "policy": "Rule packs: which limits hold on a day, and by which document",
    "stations": "Devices at sampling tables; what a backup and its return mean for them",
    "audit": "The tamper-evident access log: verify its chain, read who looked at what",
    "demo": "The demo city: make it, sign in to it",
}

app = typer.Typer(
    name="shali",
    help="""
    The command post of a city in an outbreak: every pushed list cleared, every number traced to its rows.

    Begin with [bold]shali run[/bold]: it starts all that one machine needs and prints an address.
    Every other command works beside it, or alone: the database is then started for the command.

    [bold]A morning from the terminal[/bold]

      shali lists inspect LIST.xlsx    what the file holds, storing nothing

      shali lists receive LIST.xlsx    take it over; its clock starts

      shali tasks                      who has not answered, what is overdue

      shali lists reply                the sender's workbook back, an answer in each row

    [bold]Exit codes[/bold]: 0 done; 1 refused, with a sentence on standard error; 2 mistyped.

    [bold]Environment[/bold]: SHALI_VAR, the data folder (./var); DATABASE_URL, a PostgreSQL of yours.
    """,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
)
running.add_to(app)
linking.add_to(app)
reproduction.add_to(app)
chains.add_to(app)
tracing_rings.add_to(app)
siting.add_to(app)


def _mount(noun: str, about: str) -> None:
    module = f"shali.config.cli.{noun}"
    if importlib.util.find_spec(module):
        app.add_typer(import_module(module).app, name=noun, help=about, rich_help_panel="The day's work")


for _noun, _about in NOUNS.items():
    _mount(_noun, _about)


def main() -> None:
    """Run a command; what a rule refuses or a machine lacks is one sentence, everything else a traceback."""
    from shali.config.postgres.refusal import CannotStart
    from shali.foundation.ui.refusal import NotInScope, Refusal

    try:
        app()
    except (CannotStart, Refusal) as refused:
        print(refused, file=sys.stderr)
        raise SystemExit(1) from None
    except NotInScope as missing:
        print(f"Not found: {missing}", file=sys.stderr)
        raise SystemExit(1) from None
    except BrokenPipeError:
        # Whoever read our output has seen enough (`| head`).
        sys.stderr.close()
        raise SystemExit(0) from None
