"""No list stops silently: row 201 of each is reached by its pages, the most urgent first, every row once."""

import os
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from shali.foundation.accounts.roles import Role
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.tasks.services.open import NewTask, open_tasks
from shali.foundation.ui.paging import PAGE, Page, mark, read_mark
from shali.testing.models import Box, Group, Parked, Recall, Result, ResultFile, Round, Tube
from shali.testing.queries.boxes import boxes, boxes_counted
from shali.testing.queries.groups import groups, groups_of_round
from shali.testing.queries.laboratory import files, files_held, open_results, results_counted
from shali.testing.queries.rounds import newest_open, rounds_counted, rounds_page, stop_rules
from shali.testing.queries.tubes import parked, recalls, recalls_counted, tubes
from shali.testing.rules import TubeState

from .desk import AT, COMMUNITY, DESK, Desk, a_laboratory, open_round
from .test_desk import morning, signed_in  # noqa: F401 - the hour of the round for the pages

pytestmark = pytest.mark.django_db
MANY = 203  # more than the 200 at which these lists once stopped
NEXT = re.compile(r'rel="next" href="([^"]+)"')


def all_of(read: Callable[[str], Page[Any]]) -> list[Any]:
    """Return every row of a list by its pages, as whoever presses "next page" sees them."""
    found: list[Any] = []
    after = ""
    with in_scope(DESK):
        while True:
            page = read(after)
            assert (page.first, page.last) == (len(found) + 1, len(found) + len(page.rows)), "says where it stands"
            assert page.is_first == (not found)
            assert len(page.rows) <= PAGE
            found += page.rows
            after = page.next
            if not after:
                return found


@pytest.fixture
def desk() -> Desk:
    return open_round(4)


def some_tubes(desk: Desk, count: int, **more: Any) -> list[Tube]:
    desk.device()
    station = desk.site.stations.get()
    with in_scope(system_scope("test")):
        return Tube.objects.bulk_create(
            Tube(
                round=desk.round, path=desk.site.path, site=desk.site, station=station, code=f"T{n}", size=10,
                members=0, first_at=AT - timedelta(minutes=n // 2), **more,
            )
            for n in range(count)
        )  # fmt: skip


def test_the_last_tube_of_a_round_is_reached_the_oldest_on_top_and_those_without_a_swab_at_the_end(desk: Desk) -> None:
    made = some_tubes(desk, MANY)
    with in_scope(system_scope("test")):
        Tube.objects.filter(pk=made[-1].pk).update(first_at=None)

    found = all_of(lambda after: tubes(DESK, desk.round.public_id, "all", at=AT, after=after))

    assert len({one.public_id for one in found}) == MANY
    assert found[-1].code == made[-1].code
    swabs = [one.first_at for one in found[:-1]]
    assert swabs == sorted(swabs)


def test_the_last_parked_thing_is_reached_the_oldest_on_top(desk: Desk) -> None:
    with in_scope(system_scope("test")):
        Parked.objects.bulk_create(
            Parked(round=desk.round, path=desk.site.path, kind="unreadable", opened_at=AT - timedelta(minutes=n // 3))
            for n in range(MANY)
        )

    found = all_of(lambda after: parked(DESK, after=after))

    assert len({one.public_id for one in found}) == MANY
    assert [one.opened_at for one in found] == sorted(one.opened_at for one in found)


def test_the_last_box_is_reached_and_each_count_is_its_rows(desk: Desk) -> None:
    bench = a_laboratory()
    with in_scope(system_scope("test")):
        rows = [
            Box(
                round=desk.round, path=desk.site.path, site=desk.site, code=f"X{n}", claimed=1, counted=1,
                sealed_at=AT - timedelta(minutes=n),
            )
            for n in range(MANY + 60)
        ]  # fmt: skip
        for one in rows[MANY:]:
            one.laboratory, one.received_at, one.received_by = bench, AT, "post:1"
            one.found, one.missing, one.extra, one.broken = 1, 0, 0, 0
        Box.objects.bulk_create(rows)

    found = {
        which: all_of(lambda after, which=which: boxes(DESK, which, at=AT + timedelta(hours=2), after=after))
        for which in ("overdue", "open", "received", "all")
    }

    with in_scope(DESK):
        counts = boxes_counted(DESK, at=AT + timedelta(hours=2))
    assert counts == {which: len(rows) for which, rows in found.items()}
    assert (counts["open"], counts["received"]) == (MANY, 60)
    assert 0 < counts["overdue"] < MANY
    assert found["open"][: counts["overdue"]] == found["overdue"], "what is overdue comes first"


def test_the_last_recall_is_reached_due_first_and_each_count_is_its_rows() -> None:
    desk = open_round(MANY)
    (tube,) = some_tubes(desk, 1)
    unit = Unit.objects.get(path=COMMUNITY)
    with in_scope(system_scope("test")):
        for n, person in enumerate(desk.people):
            due = AT + timedelta(minutes=1 + (n * 37) % 200)
            new = NewTask("recall", unit.pk, person, unit.path, AT, due, "r@1", False)
            task = open_tasks([new], by="post:1", at=AT)[0].task if n else None
            Recall.objects.create(
                round=desk.round, person_id=person, path=unit.path, tube=tube, why="void", task_id=task, opened_at=AT,
                done_at=AT if n % 4 == 3 else None, outcome="negative" if n % 4 == 3 else "",
            )  # fmt: skip
    at = AT + timedelta(minutes=50)

    found = {
        which: all_of(lambda after, which=which: recalls(DESK, desk.round.public_id, which, at=at, after=after))
        for which in ("overdue", "open", "done", "all")
    }

    with in_scope(DESK):
        assert recalls_counted(DESK, desk.round.public_id, at=at) == {which: len(rows) for which, rows in found.items()}
    assert len(found["all"]) == MANY
    assert len(found["open"]) + len(found["done"]) == MANY
    due = [one.due_at or AT for one in found["open"]]
    assert due == sorted(due)
    assert {one.due_at <= at for one in found["overdue"]} == {True}


def test_the_last_result_that_waits_and_the_last_file_are_reached(desk: Desk) -> None:
    bench = a_laboratory()
    (tube,) = some_tubes(desk, 1, state=TubeState.SEALED)
    with in_scope(system_scope("test")):
        handed = ResultFile.objects.bulk_create(
            ResultFile(
                path=DESK.path, laboratory=bench, digest=os.urandom(32), state="held" if n % 3 else "taken", rows=1,
                received_at=AT + timedelta(minutes=n), received_by="post:1",
            )
            for n in range(MANY)
        )  # fmt: skip
        Result.objects.bulk_create(
            Result(
                file=handed[0], path=DESK.path, laboratory=bench, tube_code=tube.code, tube=tube, outcome=1, run="R",
                plate="", well="", tested_at=AT, state=state, why=why, entered_at=AT + timedelta(seconds=n),
                entered_by="post:1",
            )
            for state, why in (("waiting", "correction"), ("parked", "unknown_tube"), ("parked", "same_again"))
            for n in range(MANY)
        )  # fmt: skip

    waits = {
        which: all_of(lambda after, which=which: open_results(DESK, which, after=after))
        for which in ("waiting", "parked")
    }
    came = {which: all_of(lambda after, which=which: files(DESK, which, after=after)) for which in ("held", "all")}

    with in_scope(DESK):
        assert results_counted(DESK) == {"waiting": MANY, "parked": MANY}
        assert files_held(DESK) == len(came["held"])
    assert {which: len({one.public_id for one in rows}) for which, rows in waits.items()} == dict.fromkeys(waits, MANY)
    assert len({one.public_id for one in came["all"]}) == MANY
    assert (came["all"][-1].waiting, came["all"][-1].parked) == (MANY, 2 * MANY), "counts of a file are its lines"
    assert came["held"][0].received_at == AT + timedelta(minutes=1), "who waits longest is decided first"


def test_the_last_group_is_reached_and_in_a_round_whoever_is_overdue_is_on_top(desk: Desk) -> None:
    unit = Unit.objects.get(path=COMMUNITY)
    with in_scope(system_scope("test")):
        Group.objects.bulk_create(
            Group(path=unit.path, unit=unit, kind="school", name=f"某校{n % 200:03d}{n}", made_at=AT, made_by="post:1")
            for n in range(MANY)
        )

    found = all_of(lambda after: groups(DESK, after=after))
    came = all_of(lambda after: groups_of_round(DESK, desk.round.public_id, at=AT, after=after).page)

    assert len({one.public_id for one in found}) == MANY
    assert [one.name for one in found] == sorted(one.name for one in found)
    assert len({one.group.public_id for one in came}) == MANY
    with in_scope(DESK):
        all_ = groups_of_round(DESK, desk.round.public_id, at=AT)
        none = groups_of_round(DESK, desk.round.public_id, "none", at=AT)
    assert all_.counts == {"overdue": 0, "now": 0, "to_come": 0, "none": MANY, "done": 0}
    assert none.page.total == MANY


def test_the_first_round_is_reached_and_the_stop_rule_looks_at_every_area(desk: Desk) -> None:
    one = desk.round
    with in_scope(system_scope("test")):
        Round.objects.bulk_create(
            Round(
                outbreak=one.outbreak, number=one.number + 1 + n, path=COMMUNITY, unit=one.unit,
                starts_at=one.starts_at, ends_at=one.ends_at, planned_at=AT + timedelta(seconds=n),
                planned_by="post:1", mark_key_sealed=b"", rule="r@1",
            )
            for n in range(MANY)
        )  # fmt: skip

    found = all_of(lambda after: rounds_page(DESK, after=after))

    assert len({row.public_id for row in found}) == MANY + 1
    assert found[-1].public_id == one.public_id
    with in_scope(DESK):
        assert rounds_counted(DESK) == {"all": MANY + 1, "planned": MANY, "open": 1, "closed": 0}
        assert newest_open(DESK) == one.public_id
        assert [rule.path for rule in stop_rules(DESK, at=AT)] == [one.path], "an older round of another area counts"


@pytest.mark.usefixtures("morning")
def test_of_two_lists_on_one_page_each_goes_on_by_itself(desk: Desk) -> None:
    bench = a_laboratory()
    with in_scope(system_scope("test")):
        Box.objects.bulk_create(
            Box(
                round=desk.round, path=desk.site.path, site=desk.site, code=f"X{n:03d}", claimed=1, counted=1,
                sealed_at=AT + timedelta(minutes=n),
            )
            for n in range(PAGE + 1)
        )  # fmt: skip
        ResultFile.objects.bulk_create(
            ResultFile(
                path=DESK.path, laboratory=bench, digest=os.urandom(32), state="taken", rows=1, received_at=AT,
                received_by="post:1",
            )
            for n in range(PAGE + 1)
        )  # fmt: skip
    client = signed_in(Role.CITY_DUTY)
    first = client.get("/laboratory/").content.decode()
    (of_boxes,) = [one for one in NEXT.findall(first) if "of=boxes" in one]

    second = client.get("/laboratory/" + of_boxes.replace("&amp;", "&")).content.decode()

    assert "X050" not in first
    assert "X050" in second
    assert "X000" not in second
    assert [one for one in NEXT.findall(second) if "of=files" in one], "the other list is at its beginning"


@pytest.mark.usefixtures("morning")
def test_a_made_up_place_reads_as_the_first_page(desk: Desk) -> None:
    client: Client = signed_in(Role.CITY_DUTY)

    for place in ("nonsense", "!", mark(AT, 2**70, 0), "bmFufjF-MQ", "MWUzMDB-MX4x", "LTV-MX4x"):
        assert read_mark(place) is None
        for page in ("testing/", "testing/parked/", "testing/groups/", f"testing/rounds/{desk.round.public_id}/tubes/"):
            assert client.get(f"/{page}?after={place}").status_code == 200
