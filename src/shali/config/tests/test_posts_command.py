"""`shali posts`: tokens of one's own post."""

import json
from contextlib import nullcontext

import pytest
from django.test import Client
from typer.testing import CliRunner

from shali.config.cli import posts, tasks
from shali.foundation.tasks.tests.conftest import City, make_city
from shali.foundation.ui.refusal import WrongInput


@pytest.fixture
def city(db, monkeypatch) -> City:
    monkeypatch.setattr(tasks, "installation", nullcontext)
    return make_city()


def run(*words: str) -> str:
    result = CliRunner().invoke(posts.app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_token_of_the_command_line_opens_until_it_is_ended(city: City) -> None:
    token = run("token", "--as", "township", "--name", "流水线", "--verb", "see_tasks").strip()
    program = Client(headers={"Authorization": f"Bearer {token}"})

    assert program.get("/api/v1/tasks").status_code == 200
    [known] = json.loads(run("tokens", "--as", "township", "--json"))
    assert (known["verbs"], known["is_active"]) == (["see_tasks"], True)
    assert token not in json.dumps(known)
    run("end-token", known["public_id"], "--as", "township")
    assert program.get("/api/v1/tasks").status_code == 401


def test_a_token_has_no_verb_that_the_post_has_not(city: City) -> None:
    with pytest.raises(WrongInput):
        run("token", "--as", "first", "--name", "x", "--verb", "manage_posts")
