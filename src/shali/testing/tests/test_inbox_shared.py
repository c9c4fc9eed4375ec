"""The inbox shared out between two: a point to one of them; whoever gives way does its batches again."""

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection

from shali.config.start.programs import worker
from shali.config.testing.live import Live
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.vault.outbox import Opener
from shali.testing import jobs
from shali.testing.models import Expected, Sample, SealedBatch, Site, Tube
from shali.testing.queries.tallies import differences
from shali.testing.rules import Standing
from shali.testing.services.processing import how_many_wait, process_inbox
from shali.testing.services.sites import NewSite, add_site

from .desk import AT, COMMUNITY, DESK, OPENER, Desk, fill, open_round

SYSTEM = system_scope("test")


def two_points() -> list[int]:
    """Let two points with two tables each send a full tube from every table; return the points' numbers."""
    desk = open_round(40)
    with in_scope(DESK):
        new = NewSite("乙点", COMMUNITY, tables=3)
        other = add_site(scope=DESK, made=desk.round.public_id, new=new, by=DESK.name, at=AT)
    for n, one in enumerate((desk, Desk(desk.round, other, desk.people))):
        for table in (1, 2):
            place = 20 * n + 10 * (table - 1)
            device = one.device(table)
            fill(device, f"T{place}", range(place, place + 10))
            device.send(AT)
    return [desk.site.pk, other.pk]


@pytest.mark.django_db(transaction=True)
def test_the_job_does_what_every_point_sent_once() -> None:
    two_points()
    assert how_many_wait(at_most=3) == 3  # of four

    jobs.empty_inbox(timestamp=0)

    assert not how_many_wait(at_most=3)
    with in_scope(SYSTEM):
        assert Sample.objects.count() == 40
        assert {(one.members, one.state) for one in Tube.objects.all()} == {(10, 2)}
        assert sum(SealedBatch.objects.values_list("accepted", flat=True)) == 44


@pytest.mark.django_db
def test_both_tables_of_a_point_are_done_by_the_same_one() -> None:
    points = two_points()

    while process_inbox(opener=OPENER, at=AT, shards=2, shard=points[0] % 2):
        pass

    with in_scope(SYSTEM):
        wanted = [one for one in points if one % 2 == points[0] % 2]
        assert sorted({one.site_id for one in Tube.objects.all()}) == wanted
        assert Tube.objects.count() == 2 * len(wanted)
        assert Site.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_second_process_takes_part_where_much_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    two_points()
    started: list[list[str]] = []

    class Helper:
        def __init__(self, command: list[str]) -> None:
            started.append(command)
            jobs.help_out(os.getppid())

        def poll(self) -> int:
            return 0

        def wait(self) -> int:
            return 0

    monkeypatch.setattr(jobs, "WORTH_A_HELPER", 3)
    monkeypatch.setattr(jobs.subprocess, "Popen", Helper)

    jobs.empty_inbox(timestamp=0)

    assert started == [[sys.executable, "-c", jobs.HELP, str(os.getpid())]]
    assert not how_many_wait(at_most=1)


@pytest.mark.django_db(transaction=True)
def test_the_second_process_does_what_waits_and_ends(live: Live) -> None:
    two_points()

    environment = live.environment | worker().environment
    subprocess.run([sys.executable, "-c", jobs.HELP, str(os.getpid())], env=environment, check=True, timeout=120)

    assert not how_many_wait(at_most=1)
    with in_scope(SYSTEM):
        assert {(one.members, one.state) for one in Tube.objects.all()} == {(10, 2)}


@pytest.mark.django_db(transaction=True)
def test_a_helper_whose_starter_is_gone_does_nothing_more() -> None:
    two_points()

    jobs.help_out(starter=-1)

    assert how_many_wait(at_most=10) == 4


@pytest.mark.django_db(transaction=True)
def test_two_at_once_over_the_same_people_neither_wait_in_a_circle_nor_count_them_twice() -> None:
    desk = open_round(60)
    with in_scope(DESK):
        new = NewSite("乙点", COMMUNITY, tables=3)
        other = Desk(
            desk.round, add_site(scope=DESK, made=desk.round.public_id, new=new, by=DESK.name, at=AT), desk.people
        )
    assert desk.site.pk % 2 != other.site.pk % 2
    first, second = desk.device(), other.device()
    for n in range(0, 60, 10):
        fill(first, f"A{n}", range(n, n + 10))
        fill(second, f"B{n}", list(reversed(range(50 - n, 60 - n))))
        first.send(AT)
        second.send(AT)

    with ThreadPoolExecutor(2) as both:
        done = [both.submit(_work_off, shard) for shard in (0, 1)]
    assert [one.result() for one in done] == [66, 66]

    with in_scope(SYSTEM):
        assert Sample.objects.count() == 120
        assert set(Expected.objects.values_list("standing", flat=True)) == {Standing.AWAITING}
        assert differences(SYSTEM, desk.round) == {}


def _work_off(shard: int) -> int:
    total, opener = 0, Opener()
    try:
        while done := process_inbox(opener=opener, at=AT, shards=2, shard=shard, batches=1):
            total += done
        return total
    finally:
        connection.close()


@pytest.mark.parametrize(("times", "gives_up"), [(0, False), (jobs.MOST_TRIES, False), (jobs.MOST_TRIES + 1, True)])
@pytest.mark.django_db
def test_whoever_gives_way_does_its_batches_again_but_not_for_ever(
    monkeypatch: pytest.MonkeyPatch, times: int, gives_up: bool
) -> None:
    answers: list[int | Exception] = [*[OperationalError("deadlock detected")] * times, 100]

    def answer(**_said: object) -> int:
        found = answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(jobs, "process_inbox", answer)
    monkeypatch.setattr(connection, "close", lambda: None)

    assert _ended(lambda: jobs._do_some(first=0)) is not gives_up
    assert len(answers) == (1 if gives_up else 0)


def _ended(work: Callable[[], object]) -> bool:
    try:
        work()
    except OperationalError:
        return False
    return True
