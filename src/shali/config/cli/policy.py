"""`shali policy …`: which limits hold on a day, and by which document."""

from datetime import date, datetime
from typing import Annotated

import typer
from rich import print as say
from rich.table import Table

from shali.foundation.policy.rules import packs

app = typer.Typer(no_args_is_help=True)


@app.callback()
def nouns() -> None:
    """Rule packs are files; nothing here needs a database."""


def _today() -> date:
    """Return the city's day; an exercise has its own."""
    from shali.config.start.run import set_up_django

    set_up_django(role="web")
    from shali.foundation.clocks import day_of, now

    return day_of(now())


@app.command()
def show(
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; today when left out.")] = None,
) -> None:
    """Print the limits, numbers and the ladder in force on a day, each with its source."""
    day = on.date() if on else _today()
    for pack in packs():
        if not pack.is_in_force(day):
            continue
        say(
            f"[bold]{pack.id}[/], from {pack.effective_from}"
            + (f" to {pack.effective_to}" if pack.effective_to else "")
        )
        table = Table("Rule", "Value", "Source", "Document seen")
        for name, limit in pack.limits.items():
            table.add_row(name, f"{limit.hours:g} h", limit.source, "yes" if limit.verified else "no")
        for name, number in pack.numbers.items():
            table.add_row(name, f"{number.value:g}", number.source, "yes" if number.verified else "no")
        for step in pack.ladder:
            table.add_row(step.id, f"{step.share:.0%} of the limit", f"{step.act} {step.to}", "")
        for name, form in pack.questionnaires.items():
            table.add_row(name, f"{len(form.questions)} questions", form.source, "")
        say(table)
