"""A round over several units: its roster is drawn from exactly these, and what is of the round lies in one of them."""

from datetime import timedelta

import pytest
from django.db import connection

from shali.config import reference
from shali.foundation.accounts.roles import Role
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.moving import move_rows
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.services.enrol import NewPerson, enrol_people
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.testing.models import Expected, Round, RoundArea
from shali.testing.queries.behind import behind
from shali.testing.queries.covered import covered
from shali.testing.queries.groups import groups_of_round
from shali.testing.queries.rounds import stop_rules
from shali.testing.queries.sites import places_for_points
from shali.testing.queries.zones import zone_places
from shali.testing.rules.plan_file import Place
from shali.testing.services import rounds as opening
from shali.testing.services.groups import Hours, make_group, set_hours
from shali.testing.services.plans import units_of
from shali.testing.services.rounds import Plan, freeze_roster, plan_round
from shali.testing.services.sites import NewSite, add_site, cover
from shali.testing.services.zones import NewZone, set_zone

from .desk import AT, COMMUNITY
from .test_desk import morning, signed_in  # noqa: F401  # a fixture
from .test_results import refusal_of

pytestmark = pytest.mark.django_db
CITY = Scope(path="4111", name="post:9")
NEXT, OTHER, FAR = "4111.02.001.002", "4111.02.002", "4111.03.001.001"
LIVE = {COMMUNITY: 3, NEXT: 2, f"{OTHER}.001": 4, FAR: 5}


@pytest.fixture
def people(db: None) -> dict[str, list[int]]:
    """People of four communities, by the path of each."""
    reference.ensure()
    units = Unit.objects.in_bulk(LIVE, field_name="path")
    with in_scope(system_scope("test")):
        return {
            path: enrol_people(
                [NewPerson(name="乌有", unit=units[path].pk, path=path) for _n in range(many)],
                source="register", at=AT - timedelta(days=30),
            )
            for path, many in LIVE.items()
        }  # fmt: skip


def planned(*units: str, scope: Scope = CITY) -> Round:
    with in_scope(scope):
        plan = Plan(units, AT, AT + timedelta(hours=12), 10)
        return plan_round(scope=scope, plan=plan, by=scope.name, at=AT)


def opened(*units: str) -> Round:
    made = planned(*units)
    freeze_roster(made=made.pk, by=CITY.name, at=AT)
    made.refresh_from_db()
    return made


def roster(made: Round) -> list[int]:
    with in_scope(system_scope("test")):
        return sorted(Expected.objects.filter(round=made, guest=False).values_list("person_id", flat=True))


@pytest.mark.parametrize("chunk", [1, 2, 20_000])
def test_the_roster_is_drawn_from_exactly_the_chosen_units(
    people: dict[str, list[int]], monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(opening, "CHUNK", chunk)

    made = opened(COMMUNITY, OTHER)

    assert roster(made) == sorted(people[COMMUNITY] + people[f"{OTHER}.001"])
    assert (made.path, made.people, made.unit.path) == ("4111.02", 7, "4111.02")
    with in_scope(CITY):
        assert [(one.path, one.roster) for one in behind(CITY, made.public_id, "4111.02").units] == [
            (OTHER, 4), ("4111.02.001", 3),
        ]  # fmt: skip
        assert behind(CITY, made.public_id, "4111.02.001").area == "4111.02.001"
        assert behind(CITY, made.public_id, NEXT).area == "4111.02", "no unit of this round: the whole is shown"


def test_units_of_two_counties_stand_at_the_city(people: dict[str, list[int]]) -> None:
    made = opened(FAR, NEXT)

    assert (made.path, roster(made)) == ("4111", sorted(people[FAR] + people[NEXT]))


@pytest.mark.parametrize(
    ("units", "said"),
    [((), "missing"), (("4111.99",), "missing"), ((OTHER, f"{OTHER}.001"), "repeated"), (("4111.03",), "missing")],
)
def test_what_cannot_be_units_of_a_round_is_refused(people: object, units: tuple[str, ...], said: str) -> None:
    county = Scope(path="4111.02", name="post:2")

    with pytest.raises(WrongInput) as refused:
        planned(*units, scope=county)

    assert refused.value.fields == {"units": said}


def test_a_point_a_zone_and_a_group_lie_in_a_unit_of_the_round(people: object) -> None:
    made = opened(COMMUNITY, OTHER)
    named = {"scope": CITY, "made": made.public_id, "by": CITY.name, "at": AT}
    with in_scope(CITY):
        site = add_site(new=NewSite("甲点", COMMUNITY), **named)  # type: ignore[arg-type]  # named above
        set_zone(new=NewZone(OTHER, 1), **named)  # type: ignore[arg-type]
        assert covered(CITY, made.pk).nowhere.people == 4
        cover(scope=CITY, site=site.public_id, paths=(f"{OTHER}.001",), by=CITY.name, at=AT)
        assert covered(CITY, made.pk).of_site[site.pk].people == 7
        for place in (NEXT, "4111.02.001", "4111.02"):
            with pytest.raises(WrongInput):
                add_site(new=NewSite("乙点", place), **named)  # type: ignore[arg-type]
            with pytest.raises(WrongInput):
                set_zone(new=NewZone(place, 1), **named)  # type: ignore[arg-type]
            with pytest.raises(WrongInput):
                cover(scope=CITY, site=site.public_id, paths=(place,), by=CITY.name, at=AT)
        assert {one.path for one in places_for_points(CITY, made.public_id)} > {COMMUNITY, OTHER, f"{OTHER}.001"}
        assert NEXT not in {one.path for one in places_for_points(CITY, made.public_id)}
        assert {one.path for one, _below in zone_places(CITY, made.public_id)} == {COMMUNITY, OTHER}


def test_groups_and_rows_of_a_plan_are_those_of_the_rounds_units(people: object) -> None:
    made = opened(COMMUNITY, OTHER)
    with in_scope(CITY):
        inside, outside = (
            make_group(scope=CITY, name=f"校{n}", kind="school", unit=path, by=CITY.name, at=AT)
            for n, path in enumerate((f"{OTHER}.001", NEXT))
        )
        assert [one.group.name for one in groups_of_round(CITY, made.public_id, at=AT).page.rows] == ["校0"]
        when = Hours(AT, AT + timedelta(hours=1))
        set_hours(scope=CITY, made=made.public_id, group=inside.public_id, hours=when, by=CITY.name, at=AT)
        with pytest.raises(NotInScope):
            set_hours(scope=CITY, made=made.public_id, group=outside.public_id, hours=when, by=CITY.name, at=AT)
        codes = dict(Unit.objects.filter(path__in=(COMMUNITY, NEXT)).values_list("path", "code"))
        rows = [Place("某处", codes[path], 114.0, 33.6, 9, "") for path in (COMMUNITY, NEXT)]
        assert units_of(rows, scope=CITY, areas=[COMMUNITY, OTHER]) == [COMMUNITY, ""]


def test_the_database_keeps_the_units_apart_within_the_round_and_frozen(people: object) -> None:
    made = planned(COMMUNITY, OTHER)
    insert = "insert into testing_roundarea (round_id, path) values ({}, '{}')".format
    assert "lies in another" in refusal_of(insert(made.pk, f"{OTHER}.001"))
    assert "lies in another" in refusal_of(insert(made.pk, "4111.02"))
    assert "does not lie" in refusal_of(insert(made.pk, FAR))
    assert "did not move" in refusal_of(f"update testing_roundarea set path = '{NEXT}' where path = '{COMMUNITY}'")
    assert refusal_of(insert(made.pk, NEXT)) == ""

    freeze_roster(made=made.pk, by=CITY.name, at=AT)

    assert "is begun" in refusal_of(insert(made.pk, "4111.02.003"))
    assert "is begun" in refusal_of(f"delete from testing_roundarea where path = '{OTHER}'")
    assert "above all" in refusal_of(f"update testing_round set path = '4111.02.001' where id = {made.pk}")


def test_a_unit_that_moves_takes_its_part_of_the_round_along(people: dict[str, list[int]]) -> None:
    made = opened(COMMUNITY, OTHER)
    moved = "4111.03.001.099"
    with in_scope(system_scope("test")):
        Unit.objects.filter(path=COMMUNITY).update(parent=Unit.objects.get(path="4111.03.001"))
        move_rows(COMMUNITY, moved)
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
    made.refresh_from_db()

    assert (made.path, made.unit.path) == ("4111", "4111")
    assert set(RoundArea.objects.filter(round=made).values_list("path", flat=True)) == {moved, OTHER}


def test_rounds_over_other_units_do_not_count_for_the_end_of_testing(people: object) -> None:
    opened("4111.02")
    for _n in range(2):
        opened(COMMUNITY, OTHER)

    with in_scope(CITY):
        found = stop_rules(CITY, at=AT)

    assert [(one.path, len(one.areas)) for one in found] == [("4111.02", 1), ("4111.02", 2)]


@pytest.mark.usefixtures("morning")
def test_units_are_searched_and_ticked_and_nothing_typed_is_lost(people: object) -> None:
    client = signed_in(Role.CITY_DUTY)
    names = dict(Unit.objects.filter(path__in=(COMMUNITY, OTHER)).values_list("path", "name"))
    given = {"units": [COMMUNITY], "starts_at": "2022-08-12T06:00", "ends_at": "", "pool_size": "5"}

    found = client.post("/testing/rounds/new/", {**given, "act": "search", "words": names[OTHER]}).content.decode()
    assert f'value="{COMMUNITY}" checked' in found
    assert f'value="{OTHER}">' in found
    below = client.post("/testing/rounds/new/", {**given, "inside": OTHER}).content.decode()
    assert f'value="{OTHER}.001">' in below
    assert 'value="2022-08-12T06:00"' in below
    refused = client.post("/testing/rounds/new/", {**given, "units": [COMMUNITY, OTHER], "act": "plan"})
    assert refused.status_code == 422
    assert f'value="{OTHER}" checked' in refused.content.decode()
    both = {**given, "units": [COMMUNITY, OTHER], "ends_at": "2022-08-12T18:00", "act": "plan"}
    page = client.post("/testing/rounds/new/", both, follow=True).content.decode()

    assert names[COMMUNITY] in page
    assert names[OTHER] in page
    made = Round.objects.get()
    assert (made.path, made.pool_size, made.areas.count()) == ("4111.02", 5, 2)
