"""The inbox shared out between two: a point to one of them; whoever gives way does its batches again."""

from collections.abc import Callable

import pytest
from django.db import OperationalError, connection

from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.testing import jobs
from shali.testing.models import Sample, SealedBatch, Site, Tube
from shali.testing.services.processing import is_waited_for, process_inbox
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
    assert is_waited_for()

    jobs.empty_inbox(timestamp=0)

    assert not is_waited_for()
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


@pytest.mark.parametrize(("times", "gives_up"), [(0, False), (jobs.MOST_TRIES, False), (jobs.MOST_TRIES + 1, True)])
@pytest.mark.django_db
def test_whoever_gives_way_does_its_batches_again_but_not_for_ever(
    monkeypatch: pytest.MonkeyPatch, times: int, gives_up: bool
) -> None:
    answers: list[int | Exception] = [*[OperationalError("deadlock detected")] * times, 0]

    def answer(**_said: object) -> int:
        found = answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(jobs, "process_inbox", answer)
    monkeypatch.setattr(connection, "close", lambda: None)

    assert _ended(lambda: jobs._empty(0)) is not gives_up
    assert len(answers) == (1 if gives_up else 0)


def _ended(work: Callable[[], None]) -> bool:
    try:
        work()
    except OperationalError:
        return False
    return True
