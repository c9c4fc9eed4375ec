"""Each place where a point may stand takes as many people as its own line says; a plan and its edits keep to it."""

from collections import Counter

import pytest

from shali.foundation.jurisdictions.scope import in_scope
from shali.foundation.ui.refusal import WrongInput
from shali.testing.models import Round, SitePlan
from shali.testing.queries.plans import plan_view
from shali.testing.rules.plan_file import Place, read_places, rooms
from shali.testing.services.editing import edit_plan
from shali.testing.services.plans import Wanted, make_plan

from .desk import AT, COMMUNITY, DESK, open_round
from .test_taking import LAT, LON, a_round, code_of, table


def test_a_column_of_the_table_says_how_many_a_place_takes_and_a_wrong_one_is_named() -> None:
    rows = [
        (1, ["名称", "经度", "纬度", "容量"]),
        (2, ["甲", "114.0", "33.5", "1,200"]),
        (3, ["乙", "114.0", "33.5", ""]),
        (4, ["丙", "114.0", "33.5", "0"]),
        (5, ["丁", "114.0", "33.5", "many"]),
    ]

    found = read_places(rows, with_people=False)

    assert [(one.name, one.capacity) for one in found.places] == [("甲", 1_200), ("乙", 0)]
    assert found.wrong == ((4, "capacity"), (5, "capacity"))


def test_a_candidate_kept_before_has_the_plans_own_capacity() -> None:
    assert rooms([["甲", 1.0, 1.0, ""], ["乙", 1.0, 1.0, "", 0], ["丙", 1.0, 1.0, "", 70]], 900) == [900, 900, 70]


pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Round:
    open_round(0)  # the reference data
    return a_round()


def planned(made: Round, *, first: int, second: int, capacity: int = 900) -> SitePlan:
    """Return a plan of two points; eight hundred people live at the first, two hundred beside the second."""
    rows = [(f"{n}号楼", code_of(COMMUNITY), 0.01 * n, 100) for n in range(8)]
    rows += [(f"1{n}号楼", code_of(COMMUNITY), 2 + 0.01 * n, 100) for n in range(2)]
    places = [
        Place("广场", "", LON, LAT, 0, "", first),
        Place("操场", "", LON + 0.0216, LAT, 0, "", second),
    ]
    with in_scope(DESK):
        return make_plan(
            scope=DESK, made=made.public_id, points=table(*rows), candidates=places, wanted=Wanted(2, capacity, 15),
            by=DESK.name, at=AT,
        )  # fmt: skip


def people_of(plan: SitePlan) -> dict[int, int]:
    found: Counter[int] = Counter()
    for point, site in zip(plan.points, plan.served, strict=True):
        found[site] += point[4]
    return dict(found)


def test_a_plan_sends_nobody_where_the_place_is_full(made: Round) -> None:
    assert people_of(planned(made, first=0, second=0)) == {0: 800, 1: 200}

    plan = planned(made, first=500, second=0)

    assert people_of(plan) == {0: 500, 1: 500}
    with in_scope(DESK):
        view = plan_view(DESK, plan.public_id, at=AT)
    assert [one.capacity for one in view.sites] == [500, 900]
    assert (view.capacity, view.least, view.most) == (900, 500, 900)
    assert not any(one.is_full for one in view.sites)


def test_too_small_places_are_refused_with_both_numbers(made: Round) -> None:
    with pytest.raises(WrongInput, match=r"1000.*900"):
        planned(made, first=500, second=400)
    assert not SitePlan.objects.exists()


def test_an_edit_keeps_to_each_places_own_capacity(made: Round) -> None:
    plan = planned(made, first=700, second=600)
    with in_scope(DESK), pytest.raises(WrongInput, match=r"1000.*700"):
        edit_plan(scope=DESK, plan=plan.public_id, close=1, at=AT)

    with in_scope(DESK):
        moved = edit_plan(scope=DESK, plan=plan.public_id, move=(0, LON + 0.0001, LAT), at=AT)

    assert rooms(moved.candidates, moved.capacity) == [700, 600, 700], "it takes as many where it stands now"
    assert people_of(moved) == {2: 700, 1: 300}
