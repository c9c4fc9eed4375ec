"""`shali stations …`: sampling tables' devices; what a backup and its return mean for them."""

from datetime import datetime
from typing import Annotated

import typer
from rich import print as say
from rich.table import Table

app = typer.Typer(no_args_is_help=True)


@app.callback()
def nouns() -> None:
    """Devices keep what they wrote until a backup holds it."""


@app.command()
def show() -> None:
    """Print every device that was let in: what it wrote, what is here, when it was last heard of."""
    from shali.config.cli.installation import installation

    with installation():
        from shali.foundation.clocks import city_zone
        from shali.foundation.jurisdictions.scope import in_scope, system_scope
        from shali.testing.queries.sites import all_stations

        table = Table("Round", "Point", "Table", "Written", "Here", "On paper", "Last heard of", "State")
        with in_scope(system_scope("command")):
            for one in all_stations(system_scope("command")):
                state = "revoked" if one.revoked_at else "two devices, one key" if one.forked_at else ""
                heard = one.last_seen_at.astimezone(city_zone()) if one.last_seen_at else None
                seen = f"{heard:%Y-%m-%d %H:%M}" if heard else "never"
                counts = (str(one.captured), str(one.acknowledged), str(one.on_paper))
                table.add_row(str(one.round), one.site, str(one.table), *counts, seen, state)
        say(table)


@app.command("backed-up")
def backed_up(
    until: Annotated[
        datetime, typer.Argument(formats=["%Y-%m-%dT%H:%M"], help="All that came before this hour lies in a backup.")
    ],
) -> None:
    """Say up to which hour a backup reaches: devices may then forget what came before it."""
    from shali.config.cli.installation import installation

    with installation():
        from shali.foundation.clocks import city_zone, now
        from shali.testing.services.stations import note_backup

        epoch = note_backup(until=until.replace(tzinfo=city_zone()), by="system:command", at=now())
        before = (epoch.safe_before or until).astimezone(city_zone())
        say(f"Epoch {epoch.number}: devices may forget what came before {before:%Y-%m-%d %H:%M}.")


@app.command("restored")
def restored(
    why: Annotated[str, typer.Option(help="Why the backup was restored; kept with the epoch.")] = "restored",
) -> None:
    """After a backup was restored: begin a new epoch. Devices send again what this database has not."""
    from shali.config.cli.installation import installation

    with installation():
        from shali.foundation.clocks import now
        from shali.testing.services.stations import begin_epoch

        say(f"Epoch {begin_epoch(why=why, by='system:command', at=now()).number} has begun.")
