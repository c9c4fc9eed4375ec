"""Visits at home: doors shared among teams, walked stop by stop from the point and back; one team to a door."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, InternalError
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shali.foundation.accounts.models import Post
from shali.foundation.accounts.roles import Role
from shali.foundation.accounts.services.posts import add_user, give_post
from shali.foundation.journal.models import AccessRecord
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.rows import next_ids
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.models import Person
from shali.foundation.places.models import Household
from shali.foundation.tasks.models import Task
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.foundation.vault.sealing import seal
from shali.testing.models import HomeVisit, Site, Tour
from shali.testing.queries import homes as homes_read
from shali.testing.queries.homes import visits_view, walk_view
from shali.testing.rules.doors import Door, Spot, door_of, place_of
from shali.testing.rules.plan_file import Place
from shali.testing.services import homes
from shali.testing.services.homes import Wanted, keep_positions, plan_visits
from shali.testing.services.left import name_missing, visit_at_home
from shali.testing.services.rounds import NotLawful

from .desk import AT, COMMUNITY, DESK, Desk, open_round

WORKER = Scope(path=COMMUNITY, name="post:7")
STRANGER = Scope(path="4111.02.002", name="post:8")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("某市某街某社区听雨苑3号楼2单元601", Door("听雨苑", "3号楼", 2, 6, "601")),
        ("某社区澧水湾12号楼1单元1203室", Door("澧水湾", "12号楼", 1, 12, "1203")),
        ("某镇某社区5组123号", Door("", "5组", 0, 0, "123")),
        ("某社区 桂苑 8 栋", Door("桂苑", "8栋", 0, 0, "")),
        ("某社区", Door("", "", 0, 0, "")),
        ("某社区3楼后面的院子（问门卫）", Door("3楼后面的院子(问门卫)", "", 0, 0, "")),
    ],
)
def test_the_end_of_an_address_is_read_behind_its_community(address: str, said: Door) -> None:
    assert door_of(address, "某社区") == said


def test_a_door_is_at_its_building_else_its_estate_else_amid_its_community() -> None:
    named = {"某社区桂苑3号楼": (114.0, 33.0), "某社区桂苑5号楼": (114.2, 33.0), "某社区听雨苑": (115.0, 34.0)}

    assert place_of(Door("桂苑", "3号楼", 1, 1, "101"), named) == ((114.0, 33.0), "building")
    assert place_of(Door("听雨苑", "9号楼", 1, 1, "101"), named) == ((115.0, 34.0), "estate")
    assert place_of(Door("桂苑", "9号楼", 1, 1, "101"), named) == (pytest.approx((114.1, 33.0)), "estate")
    assert place_of(Door("白桦里", "", 0, 0, ""), named)[1] == "community"
    assert place_of(Door("白桦里", "", 0, 0, ""), {}) == (None, "nowhere")


@pytest.mark.parametrize(
    ("address", "other", "own"),
    [
        ("某社区5组8号", "某社区15组", "某社区5组"),
        ("某社区1号楼2单元601", "某社区11号楼", "某社区1号楼"),
        ("某社区桂苑1号楼601", "某社区桂苑11号楼", "某社区桂苑1号楼"),
        ("某社区3栋", "某社区A3栋", "某社区3栋"),
        ("某社区2单元院", "某社区12单元院", "某社区2单元院"),
        ("某社区2区3楼后院", "某社区12区3楼后院", "某社区2区3楼后院"),
    ],
)
def test_a_number_is_not_found_within_a_longer_one(address: str, other: str, own: str) -> None:
    door = door_of(address, "某社区")

    assert place_of(door, {other: (114.0, 33.0), own: (115.0, 34.0)})[0] == (115.0, 34.0)
    assert place_of(door, {other: (114.0, 33.0), "某社区桂苑7号楼": (115.0, 34.0)})[1] in ("estate", "community")


def house(person: int, address: str) -> None:
    """Let somebody live behind a door."""
    (row,) = next_ids("places_household", count=1)
    unit = Unit.objects.get(path=COMMUNITY)
    sealed = seal(address, table="places_household", column="door", row=row)
    Household.objects.create(pk=row, unit=unit, path=COMMUNITY, door_blind=b"-" * 16, door_sealed=sealed)
    Person.objects.filter(pk=person).update(household_id=row)


@pytest.fixture
def desk(db: None) -> Desk:
    """Twelve people at the doors of three buildings, east of the point, the nearest building last in the roster."""
    desk = open_round(12)
    name = Unit.objects.get(path=COMMUNITY).name
    with in_scope(system_scope("test")):
        for n, person in enumerate(desk.people):
            house(person, f"某区{name}桂苑{3 - n % 3}号楼{1 + n % 2}单元{(6 - n // 3)}01")
        Site.objects.filter(pk=desk.site.pk).update(longitude=114.0, latitude=33.6)
    with in_scope(DESK):
        places = [Place(f"{name}桂苑{n}号楼", "code", 114.0 + 0.004 * n, 33.6, 100, "") for n in (1, 2, 3)]
        assert keep_positions(scope=DESK, places=places, paths=[COMMUNITY] * len(places), by="x", at=AT) == 3
        visit_at_home(scope=DESK, made=desk.round.public_id, people=[], by=DESK.name, at=AT)
    return desk


def plan(desk: Desk, teams: int = 1, *, at: datetime = AT, **more: object) -> Tour:
    with in_scope(DESK):
        wanted = Wanted(teams, **more)  # type: ignore[arg-type]  # what a test gives
        return plan_visits(scope=DESK, made=desk.round.public_id, wanted=wanted, by=DESK.name, at=at)


def test_one_walks_from_the_point_building_by_building_and_floor_by_floor(desk: Desk) -> None:
    tour = plan(desk)

    with in_scope(DESK):
        walk = walk_view(DESK, tour.public_id, 1, at=AT)
    assert [one.door.building for one in walk.rows] in (["1号楼"] * 4 + ["2号楼"] * 4 + ["3号楼"] * 4,)
    for building in ("1号楼", "2号楼", "3号楼"):
        doors = [(one.door.entrance, one.door.floor) for one in walk.rows if one.door.building == building]
        for entrance in (1, 2):
            floors = [floor for where, floor in doors if where == entrance]
            assert floors == sorted(floors)
    # 371 metres to a hundredth of 0.004 degrees at that latitude, three times there, and all the way back.
    assert walk.metres == pytest.approx(6 * 370.5, abs=3)
    assert walk.minutes == pytest.approx(walk.metres / 75 + 12 * 6, abs=1)
    assert sum(one.metres for one in walk.rows) == pytest.approx(3 * 370.5, abs=3)
    assert {one.known for one in walk.rows} == {"building"}


def test_teams_share_all_doors_evenly_and_a_new_plan_takes_them_from_the_old(desk: Desk) -> None:
    first = plan(desk, 2)
    with in_scope(DESK):
        shared = [walk_view(DESK, first.public_id, team, at=AT).rows for team in (1, 2)]
        assert sorted(len(rows) for rows in shared) == [4, 8] or [len(rows) for rows in shared] == [6, 6]
        assert len({row.task for rows in shared for row in rows}) == 12
    second = plan(desk, 3)
    with in_scope(DESK):
        assert walk_view(DESK, first.public_id, 1, at=AT).rows == ()
        counted = Counter(HomeVisit.objects.filter(replaced_at=None).values_list("tour_id", flat=True))
        assert counted == {second.pk: 12}
        view = visits_view(DESK, desk.round.public_id, at=AT)
    assert (view.open, view.nobodys, view.guessed) == (12, 0, 0)
    assert [tour.public_id for tour in view.tours] == [second.public_id]


def test_overdue_doors_come_first_when_that_is_asked_and_are_marked_either_way(desk: Desk) -> None:
    with in_scope(system_scope("test")):
        late = Task.objects.filter(kind="test_at_home").order_by("-id")[0]
        Task.objects.filter(pk=late.pk).update(due_at=AT + timedelta(minutes=5))
    later = AT + timedelta(hours=1)
    tour = plan(desk, at=later, overdue_first=True)

    with in_scope(DESK):
        rows = walk_view(DESK, tour.public_id, 1, at=later).rows
    stop = rows[0].door.stop
    assert late.public_id in {row.task for row in rows if row.door.stop == stop}
    assert [row.task for row in rows if row.state == "overdue"] == [late.public_id]


def test_who_ended_stays_marked_and_a_worker_below_sees_her_doors_alone(desk: Desk) -> None:
    tour = plan(desk)
    with in_scope(DESK):
        lines = list(desk.round.roster.order_by("id").values_list("pk", flat=True)[:2])
        name_missing(scope=DESK, made=desk.round.public_id, people=lines, why="refused", by=DESK.name, at=AT)
    with in_scope(WORKER):
        walk = walk_view(WORKER, tour.public_id, 1, at=AT)
        assert Counter(one.outcome for one in walk.rows) == {"": 10, "missing": 2}
        assert visits_view(WORKER, desk.round.public_id, at=AT).tours[0].teams[0].left == 10
    with in_scope(STRANGER), pytest.raises(NotInScope):
        walk_view(STRANGER, tour.public_id, 1, at=AT)
    with in_scope(DESK), pytest.raises(NotInScope):
        walk_view(DESK, tour.public_id, 2, at=AT)


def test_what_cannot_be_planned_is_refused(desk: Desk) -> None:
    for wrong in (0, 21):
        with pytest.raises(WrongInput):
            plan(desk, wrong)
    with pytest.raises(WrongInput):
        plan(desk, 1, start="zzzzzzzzzzzz")
    with in_scope(DESK):
        lines = list(desk.round.roster.values_list("pk", flat=True))
        name_missing(scope=DESK, made=desk.round.public_id, people=lines, why="refused", by=DESK.name, at=AT)
    with pytest.raises(NotLawful):
        plan(desk)


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("insert into testing_homevisit (tour_id, path, task_id, team, place, metres, known)"
         " select tour_id, path, task_id, team, 99, 0, known from testing_homevisit limit 1", "one_team"),
        ("insert into testing_homevisit (tour_id, path, task_id, team, place, metres, known)"
         " select tour_id, path, task_id, 3, 1, 0, known from testing_homevisit limit 1", "no team 3"),
        ("update testing_homevisit set team = 2 where id = (select min(id) from testing_homevisit)", "never changed"),
        ("delete from testing_homevisit", "not removed"),
        ("update tasks_task set kind = 'look_back'; insert into testing_homevisit (tour_id, path, task_id, team, place,"
         " metres, known) select tour_id, path, task_id, 1, 99, 0, known from testing_homevisit limit 1", "open task"),
    ],
    ids=["two teams at one door", "a team that is not there", "changed", "removed", "no door"],
)  # fmt: skip
def test_the_database_refuses(desk: Desk, statement: str, refusal: str) -> None:
    plan(desk, 2)
    with (
        in_scope(system_scope("test")),
        pytest.raises((IntegrityError, InternalError), match=refusal),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_walks_and_visits_ask_as_many_questions_however_many_doors(desk: Desk) -> None:
    tour = plan(desk)
    for read in (
        lambda: walk_view(DESK, tour.public_id, 1, at=AT),
        lambda: visits_view(DESK, desk.round.public_id, at=AT),
    ):
        with in_scope(DESK), CaptureQueriesContext(connection) as asked:
            read()
        assert len(asked) <= 7


def worker_of(path: str) -> tuple[Client, Post]:
    unit = Unit.objects.get(path=path)
    user = add_user(username=f"walks-{path}", name="乌有", at=AT)
    post = give_post(user=user, role=Role.COMMUNITY_WORKER, unit=unit, department=None, scope=None, by="system:test",
                     at=AT - timedelta(days=1), days=9_000)  # fmt: skip
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client, post


def test_the_page_of_a_walk_shows_names_and_doors_with_one_record_and_not_to_a_stranger(desk: Desk) -> None:
    tour = plan(desk)
    client, post = worker_of(COMMUNITY)

    answer = client.get(f"/testing/walks/{tour.public_id}/?team=1")
    sheet = client.get(f"/testing/walks/{tour.public_id}/?team=1&sheet=1")

    assert answer.status_code == sheet.status_code == 200
    for page in (answer, sheet):
        assert "乌有0000" in page.content.decode()
    with in_scope(system_scope("test")):
        looks = AccessRecord.objects.filter(by=f"post:{post.pk}").order_by("id")
        assert [(one.act, sorted(one.people)) for one in looks] == [("work_list", sorted(desk.people))] * 2
    stranger, _post = worker_of("4111.02.002.001")
    assert stranger.get(f"/testing/walks/{tour.public_id}/?team=1").status_code == 404
    assert stranger.get(f"/testing/rounds/{desk.round.public_id}/visits/").status_code == 404


def test_more_than_one_plan_can_hold_are_counted_all_and_shared_out_by_those_below(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in (homes, homes_read):
        monkeypatch.setattr(room, "MOST", 5)

    with in_scope(DESK):
        view = visits_view(DESK, desk.round.public_id, at=AT)
    assert (view.open, view.nobodys) == (12, 12)
    with pytest.raises(NotLawful, match="5"):
        plan(desk)


def test_places_are_looked_through_once_for_each_community_and_not_for_each_door(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def look(places: dict[str, dict[str, Spot]], path: str) -> dict[str, Spot]:
        looked.append(path)
        return named(places, path)

    named = homes._named
    monkeypatch.setattr(homes, "_named", look)
    plan(desk)
    assert looked == [COMMUNITY]
