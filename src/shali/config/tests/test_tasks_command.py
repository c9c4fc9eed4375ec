"""`shali tasks` does what the pages do, as the same posts."""

import json
from contextlib import nullcontext

import pytest
from typer.testing import CliRunner

from shali.config.cli import tasks as command
from shali.foundation.tasks.models import Task, TaskState
from shali.foundation.tasks.tests.conftest import City, make_city


@pytest.fixture
def city(db, monkeypatch) -> City:
    monkeypatch.setattr(command, "installation", nullcontext)
    return make_city()


def run(*words: str) -> object:
    result = CliRunner().invoke(command.app, list(words))
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout) if "--json" in words else result.stdout


def test_a_morning_from_the_terminal(city: City) -> None:
    tasks = city.tasks(3)
    number = tasks[0].public_id

    assert run("--as", "township", "--json")["not_accepted"] == 3
    assert len(run("list", "--as", "township", "--which", "open", "--json")["tasks"]) == 3
    assert run("accept", number, "--as", "first", "--json")["done"] == 1
    again = run("accept", *[task.public_id for task in tasks], "--as", "township", "--json")
    assert (again["done"], again["left_alone"]) == (2, {number: "accepted"})
    assert run("undo", again["act"], "--as", "township").startswith("2 of 2")
    assert run("accept", "--which", "not_accepted", "--count", "2", "--as", "township", "--json")["done"] == 2
    assert run("transfer", number, city.far.path, "--reason", "moved", "--as", "first").strip()
    history = run("show", number, "--as", "first", "--json")["history"]
    assert [line["act"] for line in history] == ["transfer_asked", "accepted", "handed_over"]
    assert Task.objects.filter(state=TaskState.ACCEPTED).count() == 3


def test_a_filter_takes_no_more_than_was_said(city: City) -> None:
    city.tasks(3)

    for words in ([], ["--count", "2"], ["--count", "3", "--unit", "4199"]):
        result = CliRunner().invoke(command.app, ["accept", "--which", "not_accepted", *words, "--as", "township"])
        assert result.exit_code == 1, result.output
    assert not Task.objects.filter(state=TaskState.ACCEPTED).exists()


def test_a_post_without_the_verb_is_refused(city: City) -> None:
    assert CliRunner().invoke(command.app, ["remind", "--which", "open", "--as", "first"]).exit_code == 1
    assert CliRunner().invoke(command.app, ["list", "--as", "nobody"]).exit_code == 1
