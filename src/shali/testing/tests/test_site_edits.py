"""A point changed on its page: whom it covers, groups, tables, hours; nobody is left without a point unsaid."""

from datetime import datetime, timedelta

import pytest

from shali.foundation.accounts.roles import Role
from shali.foundation.jurisdictions.scope import Scope, in_scope
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.testing.models import Cover, GroupTime, Site
from shali.testing.queries.fit import Fit, choices, fit_of, groups_here
from shali.testing.services.rounds import NotLawful
from shali.testing.services.site_edits import SiteEdit, edit_site
from shali.testing.services.sites import NewSite, add_site, close_site
from shali.testing.services.taking import take_plan

from .desk import AT, COMMUNITY, DESK, Desk, open_round
from .test_desk import morning, signed_in  # noqa: F401 - the hour of the round for the pages
from .test_groups import a_group, hours
from .test_taking import NEXT, a_round, code_of, people_at, planned, residents, table

pytestmark = pytest.mark.django_db
NEIGHBOUR = Scope(path="4111.03", name="post:9")


@pytest.fixture
def desk() -> Desk:
    return open_round(30)


def change(site: Site, scope: Scope = DESK, **edit: object) -> Fit:
    with in_scope(scope):
        wanted = SiteEdit(**edit)  # type: ignore[arg-type]  # what a test gives
        return edit_site(scope=scope, site=site.public_id, edit=wanted, by=scope.name, at=AT)


def another(desk: Desk, *covers: str) -> Site:
    with in_scope(DESK):
        new = NewSite("乙点", COMMUNITY, covers, tables=2)
        return add_site(scope=DESK, made=desk.round.public_id, new=new, by=DESK.name, at=AT)


def test_a_unit_moves_to_another_point_and_the_answer_is_whom_it_covers_now(desk: Desk) -> None:
    second = another(desk, NEXT)

    fit = change(second, covers={(NEXT, ""), (COMMUNITY, "")})

    assert (fit.people, fit.tables) == (30, 2)
    assert people_at(DESK, desk.round) == {"甲点": 0, "乙点": 30}


def test_whoever_would_be_left_without_a_point_is_said_and_nothing_changes(desk: Desk) -> None:
    with pytest.raises(WrongInput, match="30"):
        change(desk.site, covers={(NEXT, "")})

    assert people_at(DESK, desk.round) == {"甲点": 30}
    assert list(Cover.objects.values_list("path", flat=True)) == [COMMUNITY]


def test_more_people_than_a_point_takes_are_refused_with_both_numbers(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = another(desk, NEXT)
    real = fit_of

    def small(scope: Scope, site: str, *, at: datetime) -> Fit:
        found = real(scope, site, at=at)
        return Fit(found.people, 20, found.tables, found.by_rule, found.desks, found.late, found.wait_95)

    monkeypatch.setattr("shali.testing.services.site_edits.fit_of", small)

    with pytest.raises(WrongInput, match=r"30.*20"):
        change(second, covers={(NEXT, ""), (COMMUNITY, "")})
    assert people_at(DESK, desk.round) == {"甲点": 30, "乙点": 0}


def test_a_named_building_goes_to_another_point_and_taken_off_it_goes_with_its_unit() -> None:
    open_round(0)  # the reference data
    residents(COMMUNITY, ["桂苑1号楼101"] * 3 + ["某街9号"] * 2, 0)
    made = a_round()
    plan = planned(made, table(("桂苑1号楼", code_of(COMMUNITY), 0, 300), ("桂苑", code_of(COMMUNITY), 5, 500)))
    with in_scope(DESK):
        take_plan(scope=DESK, plan=plan.public_id, by=DESK.name, at=AT)
    first, second = Site.objects.get(round=made, name="广场0"), Site.objects.get(round=made, name="广场1")
    assert people_at(DESK, made) == {"广场0": 3, "广场1": 2}
    named = set(Cover.objects.filter(site=first).values_list("path", "place"))
    theirs = set(Cover.objects.filter(site=second).values_list("path", "place"))

    change(second, covers=theirs | named)

    assert people_at(DESK, made) == {"广场0": 0, "广场1": 5}
    change(first, covers=named)
    assert people_at(DESK, made) == {"广场0": 3, "广场1": 2}
    change(first, covers=set())
    assert people_at(DESK, made) == {"广场0": 0, "广场1": 5}


@pytest.mark.parametrize(
    "edit",
    [
        {"tables": 0},
        {"tables": 61},
        {"opens_at": AT - timedelta(hours=1)},
        {"closes_at": AT},
        {"covers": {("4111.03.001", "")}},
        {"covers": {(COMMUNITY, "无此楼")}},
        {"groups": {"nothing"}},
    ],
    ids=["no table", "too many", "before the round", "ends as it begins", "elsewhere", "no such place", "no group"],
)
def test_what_cannot_be_is_refused_and_nothing_changes(desk: Desk, edit: dict[str, object]) -> None:
    before = Site.objects.values().get(pk=desk.site.pk)

    with pytest.raises(WrongInput):
        change(desk.site, **edit)

    assert Site.objects.values().get(pk=desk.site.pk) == before


def test_tables_and_hours_are_evaluated_at_once_and_no_device_loses_its_table(desk: Desk) -> None:
    desk.device(table=3)
    with pytest.raises(WrongInput, match=r"3.*2"):
        change(desk.site, tables=2)

    fit = change(desk.site, tables=5, closes_at=AT + timedelta(hours=6))

    assert (fit.tables, fit.people) == (5, 30)
    assert fit.desks >= 1
    desk.site.refresh_from_db()
    assert (desk.site.tables, desk.site.closes_at) == (5, AT + timedelta(hours=6))


def test_a_group_comes_to_this_point_or_as_its_place_is_covered(desk: Desk) -> None:
    school = a_group(desk.people[:5])
    hours(desk, school, 0, 2)

    change(desk.site, groups={school.public_id})
    with in_scope(DESK):
        assert [(one.name, one.is_here) for one in groups_here(DESK, desk.site.public_id)] == [("某校", True)]
    change(desk.site, groups=set())

    assert GroupTime.objects.get().site is None


def test_a_closed_point_is_not_changed_and_another_unit_does_not_find_it(desk: Desk) -> None:
    with pytest.raises(NotInScope):
        change(desk.site, NEIGHBOUR, tables=4)
    with in_scope(DESK):
        close_site(scope=DESK, site=desk.site.public_id, by=DESK.name, at=AT)
    with pytest.raises(NotLawful):
        change(desk.site, tables=4)


def test_of_a_round_of_some_communities_no_other_is_offered_or_taken() -> None:
    open_round(0)  # the reference data
    made = a_round(COMMUNITY, is_open=False)
    with in_scope(DESK):
        new = NewSite("丙点", COMMUNITY, tables=2)
        site = add_site(scope=DESK, made=made.public_id, new=new, by=DESK.name, at=AT)
        assert {one.path for one in choices(DESK, site.public_id)} == {COMMUNITY}

    with pytest.raises(WrongInput):
        change(site, covers={(COMMUNITY, ""), (NEXT, "")})


@pytest.mark.usefixtures("morning")
def test_the_page_changes_what_it_shows(desk: Desk) -> None:
    client = signed_in(Role.CITY_DUTY)
    address = f"/testing/sites/{desk.site.public_id}/"
    page = client.get(address).content.decode()
    assert f'value="{COMMUNITY}|" checked' in page
    assert f'value="{NEXT}|"' in page

    answer = client.post(address + "edit/", {"what": "covers", "covers": [f"{COMMUNITY}|", f"{NEXT}|"]})
    assert answer.status_code == 302
    terms = {"what": "terms", "tables": "4", "opens_at": "2022-08-11T09:00", "closes_at": "2022-08-11T12:00"}
    assert client.post(address + "edit/", terms).status_code == 302
    assert client.post(address + "edit/", {"what": "covers"}).status_code == 422

    desk.site.refresh_from_db()
    assert (desk.site.tables, desk.site.opens_at) == (4, AT + timedelta(hours=1))
    with in_scope(DESK):
        assert {one.path for one in choices(DESK, desk.site.public_id) if one.is_here} == {COMMUNITY, NEXT}
