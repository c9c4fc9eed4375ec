"""`shali posts …`: posts and the people who hold them; tokens by which programs act for a post."""

from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from shali.config.cli.installation import installation
from shali.config.cli.tasks import As, Json, _acting, _print_json, _print_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shali.foundation.accounts.models import Post
    from shali.foundation.jurisdictions.scope import Scope

app = typer.Typer(no_args_is_help=True)
BY = "system:command_line"
Name = Annotated[str, typer.Option(help="What the program is called")]
Verbs = Annotated[list[str], typer.Option("--verb", help="What it may do; may be given again")]
Days = Annotated[int, typer.Option(help="How long it holds, 1 to 90 days")]
Which = Annotated[str, typer.Argument(help="Public number of a post, as `list` prints it")]


@contextmanager
def _city() -> "Iterator[tuple[Scope, datetime]]":
    with installation():
        from shali.foundation.clocks import now
        from shali.foundation.jurisdictions.scope import in_scope, system_scope

        scope = system_scope("command_line")
        with in_scope(scope):
            yield scope, now()


@app.command("list")
def list_command(
    *,
    unit: Annotated[str, typer.Option(help="Path of a unit, such as 4111.02")] = "",
    ended: Annotated[bool, typer.Option("--ended", help="Those that have ended as well")] = False,
) -> None:
    """Print posts, those that end first on top. People are named by username."""
    with _city() as (scope, at):
        from dataclasses import replace

        from shali.foundation.accounts.queries import posts_below
        from shali.foundation.ui.formats import day_time

        rows = [row for row in posts_below(replace(scope, path=unit or scope.path), at=at) if ended or row.is_active]
        table = Table("Post", "Username", "Role", "Unit", "Path", "Until", "In force", box=None)
        for row in sorted(rows, key=lambda row: row.ends_at):
            said = (row.public_id, row.username, row.role, row.unit, row.path, day_time(row.ends_at))
            table.add_row(*said, "yes" if row.is_active else "no")
        Console().print(table)


@app.command()
def give(
    username: str,
    role: Annotated[str, typer.Argument(help="city_duty, city_lead, county_desk, township_desk, …")],
    unit: Annotated[str, typer.Argument(help="Path of the unit, such as 4111.02.001")],
    *,
    name: Annotated[str, typer.Option(help="The person's name, when the username is new")] = "",
    days: Annotated[int | None, typer.Option(help="How long; as the rules say when left out")] = None,
) -> None:
    """Give a post; print its public number."""
    with _city() as (scope, at):
        from shali.foundation.accounts.models import User
        from shali.foundation.accounts.roles import Role
        from shali.foundation.accounts.services.posts import add_user, give_post
        from shali.foundation.jurisdictions.queries import unit as one_unit

        if role not in [one.code for one in Role]:
            raise typer.BadParameter(f"One of: {', '.join(one.code for one in Role)}")
        user = User.objects.filter(username=username).first()
        if user is None and not name:
            raise typer.BadParameter("Nobody has this username yet: give --name as well.")
        user = user or add_user(username=username, name=name, at=at)
        made = give_post(
            user=user, role=Role.by_code(role), unit=one_unit(scope, unit), scope=None, by=BY, at=at, days=days
        )
        print(made.public_id)


@app.command()
def end(post: Which) -> None:
    """End a post now; its holder's next request is refused."""
    with _city() as (scope, at):
        from shali.foundation.accounts.services.posts import revoke_post

        revoke_post(scope=scope, post=post, by=BY, at=at)


@app.command()
def link(post: Which) -> None:
    """Print the path of a one-time sign-in link, once; put the address of your server before it."""
    with _city() as (scope, at):
        from shali.foundation.accounts.services.links import make_sign_in_link
        from shali.foundation.accounts.services.posts import check_link

        found = check_link(scope=scope, post=post, at=at)
        print(f"/in/{make_sign_in_link(user=found.user, post=found, by=BY, at=at)}/")


@app.command("forget-factor")
def forget_factor(post: Which) -> None:
    """Take the second factor from the holder of a post, who lost it and his recovery codes with it."""
    with _city() as (scope, at):
        from allauth.mfa.models import Authenticator

        from shali.foundation.accounts.services.posts import check_link

        found: Post = check_link(scope=scope, post=post, at=at)
        gone, _kinds = Authenticator.objects.filter(user_id=found.user_id).delete()
        print(f"Taken away: {gone}")


@app.command()
def token(*, post: As, name: Name, verb: Verbs, days: Days = 30, as_script: Json = False) -> None:
    """Make a token for a program; it is shown once."""
    with _acting(post) as (scope, at):
        from shali.foundation.accounts.models import Post
        from shali.foundation.accounts.services.tokens import make_token

        made = make_token(
            post=Post.objects.get(pk=scope.post or 0), name=name, verbs=verb, days=days, by=scope.name, at=at
        )
        if as_script:
            _print_json({"public_id": made.public_id, "token": made.token, "expires_at": made.expires_at})
        else:
            print(made.token)


@app.command()
def tokens(*, post: As, as_script: Json = False) -> None:
    """List the tokens of a post, those that hold first."""
    with _acting(post) as (scope, at):
        from shali.foundation.accounts.queries import tokens_of

        rows = tokens_of(scope, at=at)
        if as_script:
            _print_json(rows)
        else:
            lines = [
                (one.public_id, one.name, " ".join(one.verbs), f"{one.expires_at:%Y-%m-%d}", "yes" * one.is_active)
                for one in rows
            ]
            _print_table(("token", "program", "verbs", "until", "holds"), lines)


@app.command("end-token")
def end_token(
    token: Annotated[str, typer.Argument(help="The token's public number, not the token itself")], *, post: As
) -> None:
    """End a token now; its next request is refused."""
    with _acting(post) as (scope, at):
        from shali.foundation.accounts.services.tokens import revoke_token

        revoke_token(scope=scope, token=token, by=scope.name, at=at)
