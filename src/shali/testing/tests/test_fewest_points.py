"""How many points does it take? As few as will do, everybody within the walk and no point above its capacity."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shali.foundation.accounts.roles import Role
from shali.foundation.jurisdictions.scope import in_scope
from shali.foundation.ui.refusal import WrongInput
from shali.testing.models import Round, SitePlan
from shali.testing.queries.plans import plan_view
from shali.testing.rules.plan_file import Place
from shali.testing.services.editing import edit_plan
from shali.testing.services.plans import Wanted, make_plan

from .desk import AT, COMMUNITY, DESK, open_round
from .test_desk import morning, signed_in  # noqa: F401 - a fixture
from .test_taking import LAT, LON, a_round, code_of, table

pytestmark = pytest.mark.django_db
KILOMETRE = 0.0108  # degrees of longitude here


@pytest.fixture
def made() -> Round:
    open_round(0)  # the reference data
    return a_round()


def a_street() -> list[Place]:
    """Return nine places where a point may stand, a kilometre apart."""
    return [Place(f"{n}号", "", LON + n * KILOMETRE, LAT, 0, "") for n in range(9)]


def houses() -> list[tuple[str, str, float, int]]:
    """Return a building with a hundred people at every place of the street."""
    return [(f"{n}号楼", code_of(COMMUNITY), float(n), 100) for n in range(9)]


def planned(made: Round, *, capacity: int = 900, walk: float = 15, places: list[Place] | None = None) -> SitePlan:
    with in_scope(DESK):
        return make_plan(
            scope=DESK, made=made.public_id, points=table(*houses()), candidates=places or a_street(),
            wanted=Wanted(0, capacity, walk), by=DESK.name, at=AT,
        )  # fmt: skip


def test_each_point_serves_its_neighbours_and_fewer_cannot_be(made: Round) -> None:
    plan = planned(made)  # 1,125 metres: a point reaches the house before and the house behind it

    assert (plan.sites, plan.fewest) == ([1, 4, 7], 3)
    with in_scope(DESK):
        view = plan_view(DESK, plan.public_id, at=AT)
    assert (view.row.fewest, view.row.within, view.far) == (3, 1.0, ())
    assert 0 < view.bound_m <= view.row.mean_walk_m


def test_where_points_are_small_more_are_needed(made: Round) -> None:
    plan = planned(made, capacity=200)

    assert (len(plan.sites), plan.fewest) == (5, 5)


def test_a_place_that_is_fixed_is_open_and_one_that_is_forbidden_is_not(made: Round) -> None:
    street = a_street()
    places = [Place("零号", "", street[0].lon, LAT, 0, "fixed"), *street[1:4], *street[5:]]
    places.append(Place("四号", "", street[4].lon, LAT, 0, "forbidden"))

    plan = planned(made, places=places)

    assert 0 in plan.sites
    assert "四号" not in {name for name, *_rest in plan.candidates}


def test_whoever_has_no_place_within_the_walk_is_counted_in_the_refusal(made: Round) -> None:
    with pytest.raises(WrongInput, match=r"2 .*200 .*15"):
        planned(made, places=a_street()[:6])
    assert not SitePlan.objects.exists()


def test_a_point_that_moves_takes_the_proof_with_it(made: Round) -> None:
    plan = planned(made)
    with in_scope(DESK):
        closed = edit_plan(scope=DESK, plan=plan.public_id, close=7, at=AT)
        assert closed.fewest == 3, "places are what they were"
        moved = edit_plan(scope=DESK, plan=plan.public_id, move=(1, LON, LAT), at=AT)

    assert moved.fewest is None


def a_file(name: str, headings: list[str], rows: list[list[object]]) -> SimpleUploadedFile:
    text = io.StringIO()
    csv.writer(text).writerows([headings, *rows])
    return SimpleUploadedFile(name, text.getvalue().encode(), content_type="text/csv")


@pytest.mark.usefixtures("morning")
@pytest.mark.parametrize(("sites", "status"), [("", 302), ("3", 302), ("three", 422)])
def test_the_page_asks_for_as_few_as_will_do_where_nothing_is_said(made: Round, sites: str, status: int) -> None:
    heads = ["名称", "经度", "纬度"]
    lived = [[one.name, one.lon, one.lat, one.people] for one in table(*houses())]
    stand = [[one.name, one.lon, one.lat] for one in a_street()]
    said = {"sites": sites, "capacity": "900", "walk": "15", "points": a_file("lived.csv", [*heads, "人数"], lived)}

    desk = signed_in(Role.CITY_DUTY)
    answer = desk.post(
        f"/testing/rounds/{made.public_id}/plans/", {**said, "candidates": a_file("stand.csv", heads, stand)}
    )

    assert answer.status_code == status
    if sites == "":
        page = desk.get(answer.url).content.decode()
        assert "没有方案能少于 3 个" in page or "has fewer than 3 points" in page
