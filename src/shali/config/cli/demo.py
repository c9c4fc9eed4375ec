"""`shali demo …`: the demo city, and how to get into it."""

from typing import Annotated

import typer

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
