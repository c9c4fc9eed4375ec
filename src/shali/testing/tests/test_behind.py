"""Who is left, from the city down to a building: each number is that of the people behind its link."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shali.foundation.accounts.roles import Role
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.services.enrol import NewAddress, NewPerson, enrol_people
from shali.testing.models import Expected
from shali.testing.queries.behind import behind, lines_of_building
from shali.testing.queries.left import left_page
from shali.testing.services.left import exempt_people

from .desk import AT, COMMUNITY, DESK, Desk, open_round
from .test_desk import morning, signed_in

__all__ = ["morning"]
pytestmark = pytest.mark.django_db
CITY = Scope(path="4111", name="post:9")


@pytest.fixture
def desk() -> Desk:
    return open_round(6, unit="4111")


def test_one_goes_down_from_the_city_to_a_community_and_each_number_is_its_people(desk: Desk) -> None:
    area = ""
    seen = []
    with in_scope(CITY):
        for _step in range(3):
            found = behind(CITY, desk.round.public_id, area)
            seen.append([(one.path, one.left) for one in found.units])
            area = found.units[0].path
            people = left_page(CITY, desk.round.public_id, "left", unit=area, at=AT)
            assert people.total == found.units[0].left
        last = behind(CITY, desk.round.public_id, area)

    assert seen == [[("4111.02", 6)], [("4111.02.001", 6)], [(COMMUNITY, 6)]]
    assert (last.units, last.has_more) == ((), False)
    assert [one.path for one in last.above] == ["4111", "4111.02", "4111.02.001", COMMUNITY]


def test_the_worst_behind_stands_on_top(desk: Desk) -> None:
    with in_scope(system_scope("test")):
        for person in desk.people[:2]:
            Expected.objects.filter(person_id=person).update(path="4111.03.001.001")
    with in_scope(CITY):
        found = behind(CITY, desk.round.public_id)
    assert [(one.path, one.left) for one in found.units] == [("4111.02", 4), ("4111.03", 2)]


def test_a_unit_outside_the_scope_is_not_shown(desk: Desk) -> None:
    with in_scope(DESK):
        found = behind(DESK, desk.round.public_id, "4111.03")
    assert found.area == DESK.path


def test_in_a_community_the_buildings_are_listed_and_lead_to_their_people() -> None:
    desk = open_round(1)
    unit = Unit.objects.get(path=COMMUNITY)
    doors = ["桂苑3号楼2单元601室", "桂苑3号楼1单元101室", "桂苑5号楼101室"]
    with in_scope(system_scope("test")):
        new = [
            NewPerson(name="乌有", unit=unit.pk, path=unit.path, addresses=(NewAddress(f"{unit.name}{door}", unit.pk),))
            for door in doors
        ]
        for person in enrol_people(new, source="register", at=AT):
            Expected.objects.create(round=desk.round, person_id=person, path=unit.path)
    with in_scope(DESK):
        found = behind(DESK, desk.round.public_id, COMMUNITY)
        assert found.buildings is not None
        assert [(one.name, one.left) for one in found.buildings] == [("桂苑3号楼", 2), ("", 1), ("桂苑5号楼", 1)]
        lines = lines_of_building(DESK, desk.round.public_id, COMMUNITY, found.buildings[0].line)
        assert len(lines) == 2
        exempt_people(scope=DESK, made=desk.round.public_id, people=lines[:1], why="isolated", by=DESK.name, at=AT)
        # The link of an hour ago still leads to the building, though the person it was made from is left no more.
        assert lines_of_building(DESK, desk.round.public_id, COMMUNITY, lines[0]) == lines[1:]


# page of a round -> how many statements it takes, sign-in, scope and frame included; however many people it has
PINNED = {"": 33, "people/": 22, f"people/?unit={COMMUNITY}": 28, "recalls/": 13, "tubes/": 13, "zones/": 14}


@pytest.mark.usefixtures("morning")
@pytest.mark.parametrize("people", [3, 40])
def test_pages_of_a_round_ask_as_many_questions_as_are_written_here(people: int) -> None:
    desk = open_round(people)
    client = signed_in(Role.CITY_DUTY)
    asked = {}
    for page in PINNED:
        address = f"/testing/rounds/{desk.round.public_id}/{page}"
        client.get(address)  # what is read once for a process is read
        with CaptureQueriesContext(connection) as statements:
            assert client.get(address).status_code == 200
        asked[page] = len(statements)
    assert asked == PINNED
