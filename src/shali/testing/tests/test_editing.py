"""A plan edited by hand keeps its capacities and its bound; a day is played with the tables that there are."""

import numpy as np
import pytest

from shali.foundation.jurisdictions.scope import in_scope
from shali.foundation.ui.refusal import WrongInput
from shali.testing.models import Round, SitePlan
from shali.testing.queries.plans import plan_view
from shali.testing.queries.play import Assumed, play_day
from shali.testing.rules.plan_file import Place
from shali.testing.services.editing import edit_plan
from shali.testing.services.plans import Wanted, make_plan

from .desk import AT, DESK, open_round

pytestmark = pytest.mark.django_db
CAPACITY = 3_000


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> SitePlan:
    """A town of 7,900 people along a road, most of them at one end: what is nearest is far too full."""
    monkeypatch.setattr("shali.testing.services.plans.SECONDS", 0.5)
    monkeypatch.setattr("shali.testing.services.editing.SECONDS", 0.3)
    made = open_round(0).round
    points = [Place(f"{n}号院", "", 114.0 + 0.001 * n, 33.6, 395, "") for n in range(20)]
    candidates = [Place(f"点{n}", "", 114.0 + 0.002 * n, 33.6005, 0, "") for n in (0, 1, 2, 3, 9)]
    with in_scope(DESK):
        return make_plan(
            scope=DESK, made=made.public_id, points=points, candidates=candidates, wanted=Wanted(3, CAPACITY, 15),
            by=DESK.name, at=AT,
        )  # fmt: skip


def loads(plan: SitePlan) -> list[int]:
    found = dict.fromkeys(plan.sites, 0)
    for point, site in zip(plan.points, plan.served, strict=True):
        found[site] += point[4]
    return list(found.values())


def test_after_an_edit_people_are_within_the_capacities_and_the_gap_is_known(plan: SitePlan) -> None:
    with in_scope(DESK):
        edit_plan(scope=DESK, plan=plan.public_id, add=next(n for n in range(5) if n not in plan.sites), at=AT)
        for one in range(5):
            plan.refresh_from_db()
            if one in plan.sites and one != 4 and len(plan.sites) > 3:
                edit_plan(scope=DESK, plan=plan.public_id, close=one, at=AT)
        plan.refresh_from_db()
        view = plan_view(DESK, plan.public_id, at=AT)
    assert sum(loads(plan)) == 7_900
    assert max(loads(plan)) <= CAPACITY
    assert plan.edited
    assert 0 < plan.bound <= plan.cost
    assert 0 <= view.row.gap < 1
    assert not any(one.is_full for one in view.sites)


def test_the_bound_of_the_question_stands_for_fewer_points_and_is_counted_anew_for_more(plan: SitePlan) -> None:
    spare = next(n for n in range(5) if n not in plan.sites)
    with in_scope(DESK):
        before = plan.bound
        more = edit_plan(scope=DESK, plan=plan.public_id, add=spare, at=AT)
        # With a point more the least that can be walked is less: the old bound would be a lie.
        assert more.bound < before
        assert more.bound <= more.cost
        back = edit_plan(scope=DESK, plan=plan.public_id, close=spare, at=AT)
        assert back.bound <= before * (1 + 1e-9)


def test_an_edit_after_which_not_everybody_fits_is_refused_in_both_numbers(plan: SitePlan) -> None:
    with in_scope(DESK):
        with pytest.raises(WrongInput, match=r"7900.*6000|6000.*7900"):
            edit_plan(scope=DESK, plan=plan.public_id, close=plan.sites[0], at=AT)
        plan.refresh_from_db()
    assert len(plan.sites) == 3
    assert not plan.edited


def played(made: Round, given: Assumed):
    return play_day(DESK, [1_200, 600], made.starts_at, made.ends_at, at=AT, given=given)


def test_a_day_is_played_with_the_tables_that_there_are() -> None:
    made = open_round(0).round
    needed = played(made, Assumed())
    assert needed.tables == needed.needed
    assert needed.late == [0, 0]

    few = played(made, Assumed(tables=1))

    assert few.tables == [1, 1]
    assert few.needed == needed.needed
    # 1,140 people at sixty an hour are not done in twelve hours; the wait is hours, not minutes.
    assert few.wait_95[0] > 60
    assert few.done[0] > made.ends_at
    assert few.late[0] > 0
    one = played(made, Assumed(tables=1, at={0: needed.needed[0]}))
    assert one.tables == [needed.needed[0], 1]
    assert one.wait_95[0] == pytest.approx(needed.wait_95[0])


def test_breaks_and_those_who_stay_away_are_given_or_the_rules() -> None:
    made = open_round(0).round
    whole = played(made, Assumed(tables=2))
    paused = played(made, Assumed(tables=2, pause=60))
    nobody = played(made, Assumed(no_show=1.0))
    everybody = played(made, Assumed(no_show=0.0, spread=0.0))

    assert paused.wait_95[0] > whole.wait_95[0]
    assert sum(n for n, _wait in whole.hourly[0]) == pytest.approx(0.95 * 1_200, rel=0.03)
    assert sum(n for n, _wait in everybody.hourly[0]) == 1_200
    assert nobody.wait_95 == [0.0, 0.0]
    assert Assumed().filled(AT) == Assumed(5, 0.05, 0)
    assert np.isfinite(paused.wait_95_all)
