import typer
from rich import print as say

from shali.config.cli.installation import installation

app = typer.Typer(no_args_is_help=True)


@app.command()
def links(address: str = typer.Option("http://localhost:8000", help="Where the installation answers.")) -> None:
    """Print fresh one-time sign-in links for the cast of the demo city; each holds for an hour."""
    with installation():
        from shali.config import demo

        for name, link in demo.links(address.rstrip("/")):
            say(f"  {name:<20} {link}")
