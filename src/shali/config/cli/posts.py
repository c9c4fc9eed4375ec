"""`shali posts …`: tokens by which programs act for a post."""

from typing import Annotated

import typer

from shali.config.cli.tasks import As, Json, _acting, _print_json, _print_table

app = typer.Typer(no_args_is_help=True, help="Tokens of a post, by which programs act for it")
Name = Annotated[str, typer.Option(help="What the program is called")]
Verbs = Annotated[list[str], typer.Option("--verb", help="What it may do; may be given again")]
Days = Annotated[int, typer.Option(help="How long it holds, 1 to 90 days")]


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
