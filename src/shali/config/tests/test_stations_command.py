"""`shali stations`: what a backup, and its return, mean for devices that were told "it is here" in between."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import transaction
from typer.testing import CliRunner

from shali.config.cli import installation as installations
from shali.config.cli import stations as command
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.testing.models import Epoch, Sample, SealedBatch
from shali.testing.tests.desk import AT, Desk, fill, open_round, work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(installations, "installation", nullcontext)
    monkeypatch.setattr("shali.foundation.clocks._shift_from", lambda _note: timedelta())
    return open_round()


def run(*words: str) -> str:
    result = CliRunner().invoke(command.app, list(words))
    assert result.exit_code == 0, result.output
    return " ".join(result.stdout.split())


def test_what_a_restored_database_lost_comes_again_once_and_nothing_is_forgotten_before(desk: Desk) -> None:
    device = desk.device()
    fill(device, "T1", range(10))
    first = device.send(AT)
    backup = transaction.savepoint()
    fill(device, "T2", range(10, 20))
    lost = device.send(AT)
    assert (first.up_to, lost.up_to) == (11, 22)
    transaction.savepoint_rollback(backup)

    assert "has begun" in run("restored", "--why", "disk of the server")
    fill(device, "T3", range(20, 30))
    told = device.send(AT)
    again = device.send(AT)
    work_off(AT)

    assert (told.state, told.up_to) == ("gap", 11)
    assert told.epoch > lost.epoch
    assert (again.state, again.up_to) == ("kept", 33)
    assert again.chain == device.chain()
    with in_scope(system_scope("test")):
        assert Sample.objects.count() == 30
        assert sum(SealedBatch.objects.values_list("n", flat=True)) == 33
        assert Epoch.objects.latest("number").why == "disk of the server"


def test_a_device_may_forget_only_what_came_before_a_backup(desk: Desk) -> None:
    device = desk.device()
    fill(device, "T1", range(10))
    before = device.send(AT)

    said = run("backed-up", "2022-08-11T09:00")  # an hour after it came
    fill(device, "T2", range(10, 20))
    after = device.send(AT + timedelta(hours=2))

    assert "devices may forget what came before 2022-08-11 09:00" in said
    assert (before.safe, after.safe) == (0, 11)


def test_every_device_is_listed_with_what_it_wrote_and_what_is_here(desk: Desk) -> None:
    device = desk.device()
    fill(device, "T1", range(10))
    device.send(AT, 1, 5)

    assert "11 │ 5 │ 0" in run("show").replace("  ", " ")
