"""So many points, and as many people as may be within the walk; what is proven of it, and what an edit takes away."""

import pytest

from shali.foundation.accounts.roles import Role
from shali.foundation.jurisdictions.scope import in_scope
from shali.foundation.ui.refusal import WrongInput
from shali.testing.models import Round, SitePlan
from shali.testing.queries.plans import plan_view
from shali.testing.services.editing import edit_plan
from shali.testing.services.plans import Wanted, make_plan

from .desk import AT, COMMUNITY, DESK
from .test_desk import morning, signed_in  # noqa: F401 - a fixture
from .test_fewest_points import a_file, a_street, made  # noqa: F401 - a fixture
from .test_taking import code_of, table

pytestmark = pytest.mark.django_db


def a_street_with_a_crowd() -> list[tuple[str, str, float, int]]:
    """Return nine buildings a kilometre apart: a crowd at one end, some about the middle, two far away at the other."""
    return [
        (f"{n}号楼", code_of(COMMUNITY), float(n), many)
        for n, many in enumerate((900, 0, 0, 80, 80, 80, 0, 0, 70))
        if many
    ]


def planned(made: Round, sites: int, *, capacity: int = 2_000, is_within: bool = True) -> SitePlan:  # noqa: F811
    with in_scope(DESK):
        return make_plan(
            scope=DESK, made=made.public_id, points=table(*a_street_with_a_crowd()), candidates=a_street(),
            wanted=Wanted(sites, capacity, 15, is_within=is_within), by=DESK.name, at=AT,
        )  # fmt: skip


def test_most_people_have_a_point_within_the_walk_and_no_plan_has_more(made: Round) -> None:  # noqa: F811
    """1,125 metres: the middle house reaches its two neighbours, so that two points leave out the far end alone."""
    plan = planned(made, 2)

    assert plan.most_within == 900 + 3 * 80
    with in_scope(DESK):
        view = plan_view(DESK, plan.public_id, at=AT)
    assert round(view.row.within * view.row.people) == plan.most_within
    assert [one.name for one in view.far] == ["8号楼"]
    assert view.bound_m <= view.row.mean_walk_m


def test_ways_that_are_shortest_say_nothing_of_the_walk(made: Round) -> None:  # noqa: F811
    assert planned(made, 2, is_within=False).most_within is None


def test_the_proof_stands_while_its_question_does(made: Round) -> None:  # noqa: F811
    plan = planned(made, 3)
    with in_scope(DESK):
        closed = edit_plan(scope=DESK, plan=plan.public_id, close=plan.sites[-1], at=AT)
        assert closed.most_within == plan.most_within, "with fewer points no plan reaches more"
        for _twice in range(2):
            added = edit_plan(
                scope=DESK, plan=plan.public_id, add=next(at for at in range(9) if at not in closed.sites), at=AT
            )
            closed = added
    assert added.most_within is None, "with a point more a plan may reach more"


def test_points_that_do_not_hold_everybody_are_refused_with_both_numbers(made: Round) -> None:  # noqa: F811
    with pytest.raises(WrongInput, match=r"1210.*1000|1,210.*1,000"):
        planned(made, 1, capacity=1_000)


@pytest.mark.usefixtures("morning")
def test_the_page_asks_for_it_and_says_what_is_proven(made: Round) -> None:  # noqa: F811
    heads = ["名称", "经度", "纬度"]
    lived = [[one.name, one.lon, one.lat, one.people] for one in table(*a_street_with_a_crowd())]
    stand = [[one.name, one.lon, one.lat] for one in a_street()]
    desk = signed_in(Role.CITY_DUTY)
    answer = desk.post(
        f"/testing/rounds/{made.public_id}/plans/",
        {
            "sites": "2", "goal": "within", "capacity": "2000", "walk": "15",
            "points": a_file("lived.csv", [*heads, "人数"], lived), "candidates": a_file("stand.csv", heads, stand),
        },
    )  # fmt: skip

    page = desk.get(answer.url).content.decode()
    assert "人数都不超过1,140；本方案为1,140人" in page or "no plan has more than 1,140 people" in page


def test_a_table_too_large_for_one_plan_is_refused_with_its_numbers(made: Round) -> None:  # noqa: F811
    street = a_street()
    with in_scope(DESK), pytest.raises(WrongInput, match=r"500,000.*9.*4,000,000"):
        make_plan(
            scope=DESK, made=made.public_id, points=table(*a_street_with_a_crowd()) * 100_000, candidates=street,
            wanted=Wanted(2, 900, 15), by=DESK.name, at=AT,
        )  # fmt: skip
