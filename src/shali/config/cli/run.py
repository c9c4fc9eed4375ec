"""Start, serve, migrate: what runs an installation."""

import os
import sys
from typing import Annotated

import typer

from shali.config.cli.dump import dump, load

Host = Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 for every network of this machine.")]
Port = Annotated[int, typer.Option(help="Port to listen at.", min=1, max=65535)]
WebWorkers = Annotated[int, typer.Option(help="Processes of the web server, four threads each.", min=1)]
PANEL = "Running it"


def run(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    web_workers: WebWorkers = 2,
    demo: Annotated[bool, typer.Option(help="Make a demo city where the database is empty.")] = True,
) -> None:
    """Start everything on this machine: database, tables, web server, worker. Ctrl-C stops all of it, data stays.

    With DATABASE_URL set, that PostgreSQL server is used instead of one in ./var/postgres.
    """
    from shali.config.start.run import run as run_everything

    run_everything(host=host, port=port, demo=demo, web_workers=web_workers)


def migrate() -> None:
    """Make or mend roles and rights, bring the tables to this version, collect static files. Safe to repeat."""
    from shali.config.cli.installation import installation
    from shali.config.start import checkout, prepare
    from shali.config.start.steps import step

    if checkout.is_checkout():
        if not checkout.front_end_is_current():
            with step("Front end built"):
                checkout.build_front_end()
        checkout.compile_translations()
    with installation(role="owner", prepared=True):
        with step("Tables"):
            count = prepare.migrate()
        if reference := prepare.optional("shali.config.reference"):
            with step("Reference data"):
                reference.ensure()
        with step("Static files"):
            prepare.collect_static()
    print(f"{count} migrations were applied.")


def serve(host: Host = "127.0.0.1", port: Port = 8000, web_workers: WebWorkers = 2) -> None:
    """Run the web server alone, under a supervisor of yours; `shali migrate` comes before, `shali work` beside it."""
    from shali.config.start.programs import web_server

    program = web_server(host, port, web_workers)
    os.execve(sys.executable, list(program.command), {**os.environ, **program.environment})  # noqa: S606  no shell


def work() -> None:
    """Run the background worker alone, under a supervisor of yours."""
    from shali.config.start.programs import worker

    program = worker()
    os.execve(sys.executable, list(program.command), {**os.environ, **program.environment})  # noqa: S606  no shell


def django(context: typer.Context) -> None:
    """Pass a command to Django's own tools as the owner of the tables: `shali django makemigrations`."""
    from django.core.management import execute_from_command_line

    from shali.config.cli.installation import installation

    with installation(role="owner"):
        execute_from_command_line(["shali django", *context.args])


def add_to(app: typer.Typer) -> None:
    for command in (run, migrate, serve, work, dump, load):
        app.command(rich_help_panel=PANEL)(command)
    app.command(rich_help_panel=PANEL, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(
        django
    )
