"""`shali posts` and `shali units` from the installation's own command line."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta

import pytest
import typer
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from typer.testing import CliRunner

from shali.config import reference
from shali.config.cli import posts, units
from shali.foundation.accounts.models import Post
from shali.foundation.clocks import day_of, now
from shali.foundation.jurisdictions.models import ChangeKind, Unit
from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.jurisdictions.services.changes import Proposal, approve_change, propose_change

Run = Callable[..., str]


@pytest.fixture
def run(db: None, monkeypatch: pytest.MonkeyPatch) -> Run:
    for command in (posts, units):
        monkeypatch.setattr(command, "installation", nullcontext)
    monkeypatch.setenv("COLUMNS", "200")
    reference.ensure()

    def invoke(command: typer.Typer, *words: str, code: int = 0) -> str:
        result = CliRunner().invoke(command, list(words))
        assert result.exit_code == code, result.output
        return result.output

    return invoke


def test_post_is_given_listed_entered_by_a_link_and_ended(run: Run) -> None:
    number = run(posts.app, "give", "zhou", "county_desk", "4111.02", "--name", "某周").strip()
    post = Post.objects.get(public_id=number)
    assert post.ends_at - post.starts_at == timedelta(days=14)
    assert "zhou" in run(posts.app, "list", "--unit", "4111.02")
    assert "zhou" not in run(posts.app, "list", "--unit", "4111.03")

    client = Client()
    assert client.post(run(posts.app, "link", number).strip()).status_code == 302
    assert client.get("/posts/").status_code == 200
    run(posts.app, "end", number)
    assert client.get("/posts/").status_code == 403
    assert "zhou" not in run(posts.app, "list")


def test_somebody_new_needs_a_name_and_a_role_that_there_is(run: Run) -> None:
    run(posts.app, "give", "zhou", "county_desk", "4111.02", code=2)
    run(posts.app, "give", "zhou", "king", "4111.02", "--name", "某周", code=2)

    assert not Post.objects.exists()


def test_lost_second_factor_is_taken_away_at_the_machine(run: Run) -> None:
    number = run(posts.app, "give", "zhou", "county_desk", "4111.02", "--name", "某周").strip()
    TOTP.activate(Post.objects.get(public_id=number).user, "JBSWY3DPEHPK3PXP")

    run(posts.app, "forget-factor", number)

    assert not Authenticator.objects.exists()


def test_units_are_printed_found_and_changed_on_their_day(run: Run) -> None:
    tree = run(units.app, "tree", "--depth", "1")
    assert [name in tree for name in ("漯河市", "源汇区", "舞阳县", "老街街道")] == [True, True, True, False]
    assert "4111.04" in run(units.app, "show", "召陵区")
    run(units.app, "show", "没有这个单位", code=1)

    city, at = Scope("4111", "post:1"), now()
    asked = Proposal("4111.02", ChangeKind.RENAME, day_of(at), "漯政〔2022〕17号", name="新源区")
    change = propose_change(scope=city, asked=asked, by="post:1", at=at, person=1)
    assert "新源区" in run(units.app, "changes", "--apply")
    approve_change(scope=city, change=change.pk, by="post:2", at=at, person=2)
    assert "In force now: 1" in run(units.app, "changes", "--apply")
    assert Unit.objects.get(path="4111.02").name == "新源区"
