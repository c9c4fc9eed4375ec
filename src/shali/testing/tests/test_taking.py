"""Taking a plan: each row of its table is covered by the point that the plan gave it, nobody twice, nobody unsaid."""

from datetime import timedelta

import pytest

from shali.config.demo.device import Device
from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.models import DocumentKind
from shali.foundation.people.services.enrol import NewAddress, NewDocument, NewPerson, enrol_people
from shali.foundation.ui.refusal import WrongInput
from shali.testing.models import Cover, Expected, Round, Site, SitePlan
from shali.testing.queries.needs import needs_of_round
from shali.testing.queries.sites import site_view, sites
from shali.testing.queries.taking import taking_view
from shali.testing.rules.covering import place_at, unit_named
from shali.testing.rules.plan_file import Place
from shali.testing.services.placing import place_people
from shali.testing.services.plans import Wanted, make_plan
from shali.testing.services.rounds import Plan, freeze_roster, plan_round
from shali.testing.services.sites import NewSite, add_site, cover
from shali.testing.services.stations import enrol, make_station, pack_for
from shali.testing.services.taking import AT_ONCE, take_plan

from .desk import AT, COMMUNITY, DESK, number_of, open_round

pytestmark = pytest.mark.django_db
CITY = Scope(path="4111", name="post:9")
NEXT = "4111.02.001.002"
LON, LAT = 114.0, 33.58


def residents(path: str, doors: list[str], start: int) -> list[int]:
    """Enrol somebody at each door of a unit."""
    unit = Unit.objects.get(path=path)
    new = [
        NewPerson(
            name=f"乌有{start + n:04d}", unit=unit.pk, path=path,
            documents=(NewDocument(DocumentKind.RESIDENT_ID, number_of(start + n), True),),
            addresses=(NewAddress(f"{unit.name}{door}", unit=unit.pk),),
        )
        for n, door in enumerate(doors)
    ]  # fmt: skip
    with in_scope(system_scope("test")):
        return enrol_people(new, source="register", at=AT - timedelta(days=30))


def a_round(path: str = DESK.path, *, is_open: bool = True) -> Round:
    with in_scope(CITY):
        made = plan_round(scope=CITY, plan=Plan((path,), AT, AT + timedelta(hours=12), 10), by=CITY.name, at=AT)
    if is_open:
        freeze_roster(made=made.pk, by=CITY.name, at=AT)
        made.refresh_from_db()
    return made


def code_of(path: str) -> str:
    return Unit.objects.get(path=path).code


def table(*rows: tuple[str, str, float, int]) -> list[Place]:
    """Rows of name, unit code, how many kilometres to the east, people."""
    return [Place(name, code, LON + 0.0108 * km, LAT, people, "") for name, code, km, people in rows]


def planned(made: Round, points: list[Place], scope: Scope = DESK, at_km: tuple[float, ...] = (0, 5)) -> SitePlan:
    """Return a plan of a point at each of these kilometres; everybody goes to the nearest."""
    places = [Place(f"广场{n}", "", LON + 0.0108 * km, LAT, 0, "") for n, km in enumerate(at_km)]
    with in_scope(scope):
        return make_plan(
            scope=scope, made=made.public_id, points=points, candidates=places,
            wanted=Wanted(len(places), 9_000, 15), by=scope.name, at=AT,
        )  # fmt: skip


def people_at(scope: Scope, made: Round) -> dict[str, int]:
    with in_scope(scope):
        return {one.name: one.people for one in sites(scope, made.public_id, silent_since=AT)}


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search may be short: two points of two are no question."""
    monkeypatch.setattr("shali.testing.services.plans.SECONDS", 0.2)


@pytest.fixture
def split() -> tuple[Round, SitePlan]:
    """A community whose estates lie at both ends of it, and its neighbour that lies at one."""
    open_round(0)  # the reference data
    residents(COMMUNITY, ["桂苑1号楼101"] * 3 + ["桂苑13号楼101"] * 4 + ["兰苑2号楼5"] * 2 + ["某街9号"], 0)
    residents(NEXT, ["5组3号"] * 6, 40)
    made = a_round()
    points = table(
        ("桂苑1号楼", code_of(COMMUNITY), 0, 300), ("桂苑", code_of(COMMUNITY), 5, 500),
        ("兰苑", code_of(COMMUNITY), 0, 120), ("5组", code_of(NEXT), 0, 600),
    )  # fmt: skip
    return made, planned(made, points)


def test_each_row_is_covered_by_the_point_that_the_plan_gave_it(split: tuple[Round, SitePlan]) -> None:
    made, plan = split
    with in_scope(DESK):
        said = taking_view(DESK, plan.public_id)
        taken = take_plan(scope=DESK, plan=plan.public_id, by=DESK.name, at=AT)

    # Building 13 is not building 1; who lives at none of the named places goes where most of the community goes.
    assert people_at(DESK, made) == {"广场0": 3 + 2 + 6, "广场1": 4 + 1}
    assert (taken.sites, taken.placed, taken.others) == (2, 9, 1)
    assert said.may_be_taken
    assert said.split == ((Unit.objects.get(path=COMMUNITY).name, 10),)
    assert {one.name: (one.table, one.whole, one.places) for one in said.sites} == {
        "广场0": (1_020, 6, 2), "广场1": (500, 0, 1)
    }  # fmt: skip
    assert (said.table, said.roster, said.kept, said.nowhere) == (1_520, 16, 0, 0)
    with in_scope(DESK):
        needs = {one.name: one.people for one in needs_of_round(DESK, made.public_id, at=AT)}
    assert needs == {"广场0": 11, "广场1": 5}


def test_devices_know_whoever_the_plan_sends_to_their_point(split: tuple[Round, SitePlan]) -> None:
    made, plan = split
    with in_scope(DESK):
        take_plan(scope=DESK, plan=plan.public_id, by=DESK.name, at=AT)
        known = {}
        for site in Site.objects.filter(round=made):
            station = make_station(scope=DESK, site=site.public_id, table=1, by=DESK.name, at=AT)
            device = enrol(code=station.code, key=Device().key, app="test", at=AT)
            known[site.name] = pack_for(station=device, at=AT)["people"]
            view = site_view(DESK, site.public_id, silent_since=AT)
            assert sum(one.people for one in view.covers) == view.row.people
    assert known == {"广场0": 11, "广场1": 5}


def test_rows_without_a_code_find_their_unit_by_its_name(split: tuple[Round, SitePlan]) -> None:
    made, _plan = split
    one, other = (Unit.objects.get(path=path).name for path in (COMMUNITY, NEXT))
    plan = planned(made, table((f"{one}桂苑", "", 5, 500), (f"{one}兰苑", "", 0, 120), (f"{other}5组", "", 0, 9)))
    with in_scope(DESK):
        take_plan(scope=DESK, plan=plan.public_id, by=DESK.name, at=AT)
    assert people_at(DESK, made) == {"广场0": 2 + 6, "广场1": 8}


def test_a_plan_whose_rows_name_no_unit_is_not_taken_and_says_so_before(split: tuple[Round, SitePlan]) -> None:
    made, _plan = split
    plan = planned(made, table(("某院", "", 0, 500), ("他院", "no-such-code", 5, 194), ("5组", code_of(NEXT), 0, 9)))
    with in_scope(DESK):
        said = taking_view(DESK, plan.public_id)
        assert (said.nameless_rows, said.nameless_people, said.may_be_taken) == (2, 694, False)
        with pytest.raises(WrongInput, match="694"):
            take_plan(scope=DESK, plan=plan.public_id, by=DESK.name, at=AT)
        plan.refresh_from_db()
        assert plan.taken_at is None
        assert not Site.objects.filter(round=made).exists()


def test_rows_of_one_name_at_two_points_are_not_taken(split: tuple[Round, SitePlan]) -> None:
    made, _plan = split
    plan = planned(made, table(("桂苑", code_of(COMMUNITY), 0, 500), ("桂苑", code_of(COMMUNITY), 5, 100)))
    with in_scope(DESK), pytest.raises(WrongInput, match="桂苑"):
        take_plan(scope=DESK, plan=plan.public_id, by=DESK.name, at=AT)


def test_from_the_city_a_plan_of_a_township_is_taken(split: tuple[Round, SitePlan]) -> None:
    made, _plan = split
    points = table(("桂苑", code_of(COMMUNITY), 0, 500), ("5组", code_of(NEXT), 5, 600))
    plan = planned(made, points, CITY, at_km=(0, 5, 9))
    with in_scope(CITY):
        take_plan(scope=CITY, plan=plan.public_id, by=CITY.name, at=AT)
    # The third point is nobody's nearest: it covers nobody, and not the whole scope.
    assert people_at(CITY, made) == {"广场0": 10, "广场1": 6, "广场2": 0}
    with in_scope(CITY):
        assert dict(Site.objects.filter(round=made).values_list("name", "path"))["广场2"] == DESK.path


def test_units_that_the_table_does_not_name_stay_where_they_are_or_are_said(split: tuple[Round, SitePlan]) -> None:
    made, _plan = split
    plan = planned(made, table(("桂苑", code_of(COMMUNITY), 0, 500)), at_km=(0,))
    with in_scope(DESK):
        assert taking_view(DESK, plan.public_id).nowhere == 6
        add_site(scope=DESK, made=made.public_id, new=NewSite("乙点", NEXT), by=DESK.name, at=AT)
        said = taking_view(DESK, plan.public_id)
        assert (said.nowhere, said.kept) == (0, 6)
        take_plan(scope=DESK, plan=plan.public_id, by=DESK.name, at=AT)
    assert people_at(DESK, made) == {"广场0": 10, "乙点": 6}


def test_a_unit_inside_another_that_is_covered_is_counted_once(split: tuple[Round, SitePlan]) -> None:
    made, _plan = split
    with in_scope(DESK):
        for name, path in (("全镇", DESK.path), ("本村", NEXT)):
            add_site(scope=DESK, made=made.public_id, new=NewSite(name, path), by=DESK.name, at=AT)
        needs = {one.name: one.people for one in needs_of_round(DESK, made.public_id, at=AT)}
    assert needs == people_at(DESK, made) == {"全镇": 10, "本村": 6}


def test_a_plan_taken_before_the_roster_is_drawn_places_people_as_they_are_drawn() -> None:
    open_round(0)
    residents(COMMUNITY, ["桂苑1号楼101"] * 3 + ["兰苑2号楼5"] * 2, 0)
    made = a_round(is_open=False)
    plan = planned(made, table(("桂苑", code_of(COMMUNITY), 0, 300), ("兰苑", code_of(COMMUNITY), 5, 120)))
    with in_scope(DESK):
        Unit.objects.filter(path=COMMUNITY).update(population=500)
        take_plan(scope=DESK, plan=plan.public_id, by=DESK.name, at=AT)
        needs = {one.name: one.people for one in needs_of_round(DESK, made.public_id, at=AT)}
    # Of the register's 500 the named places hold 420; the others go with most of the community.
    assert needs == {"广场0": 300 + 80, "广场1": 120}

    freeze_roster(made=made.pk, by=CITY.name, at=AT)

    assert people_at(DESK, made) == {"广场0": 3, "广场1": 2}


def test_a_unit_given_whole_to_a_point_by_hand_comes_whole(split: tuple[Round, SitePlan]) -> None:
    made, plan = split
    with in_scope(DESK):
        take_plan(scope=DESK, plan=plan.public_id, by=DESK.name, at=AT)
        site = Site.objects.get(round=made, name="广场1")
        cover(scope=DESK, site=site.public_id, paths=(COMMUNITY,), by=DESK.name, at=AT)
    assert people_at(DESK, made) == {"广场0": 6, "广场1": 10}


def test_many_people_are_shared_out_by_the_worker(
    split: tuple[Round, SitePlan], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, plan = split
    assert AT_ONCE >= 1_000
    monkeypatch.setattr("shali.testing.services.taking.AT_ONCE", 5)
    with in_scope(DESK):
        assert take_plan(scope=DESK, plan=plan.public_id, by=DESK.name, at=AT).later == 10
    # Until then nobody is without a point: all go with most of the community.
    assert sum(people_at(DESK, made).values()) == 16
    assert place_people(made=made.pk) == place_people(made=made.pk) == (9, 1)
    assert people_at(DESK, made) == {"广场0": 11, "广场1": 5}
    with in_scope(system_scope("test")):
        assert Cover.objects.filter(round=made).exclude(place="").count() == 3
        assert Expected.objects.filter(round=made, cover__isnull=False).count() == 9


def test_a_place_is_the_longest_name_that_an_address_begins_with() -> None:
    names = ["桂苑", "某社区桂苑1号楼", "5组"]
    said = ["某社区桂苑 1号楼2单元601", "某市某社区桂苑11号楼", "某社区15组3号", "某社区5组3号", "兰苑", ""]
    assert [place_at(one, "某社区", names) for one in said] == ["某社区桂苑1号楼", "桂苑", "", "5组", "", ""]


def test_a_units_name_counts_only_where_it_is_the_only_one() -> None:
    units = [("沙镇", "4111.02.001"), ("某社区", "4111.02.001.001"), ("某社区", "4111.02.002.001")]
    assert unit_named("沙镇5号院", units) == "4111.02.001"
    assert unit_named("某社区5号院", units) == ""
    assert unit_named("别处", units) == ""
