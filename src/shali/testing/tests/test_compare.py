"""Plans side by side: each figure of each plan, the best marked, waits by hour and point."""

from datetime import timedelta

import pytest

from shali.foundation.jurisdictions.scope import Scope, in_scope
from shali.foundation.ui.refusal import NotInScope
from shali.testing.queries.compare import Comparison, compare_plans
from shali.testing.queries.plans import plan_view
from shali.testing.rules.plan_file import Place
from shali.testing.services.plans import Wanted, make_plan
from shali.testing.web.present_compare import by_hour, measures

from .desk import AT, DESK, Desk, open_round

pytestmark = pytest.mark.django_db
STRANGER = Scope(path="4111.02.002", name="post:8")


@pytest.fixture
def desk() -> Desk:
    """A round with two plans of the same town: one point in its middle, or one at each end."""
    desk = open_round(1)
    points = [Place(f"{n}号院", "", 114.0 + 0.002 * n, 33.6, 400, "") for n in range(8)]
    candidates = [Place(f"点{n}", "", 114.0 + 0.002 * n, 33.6, 0, "") for n in (1, 3, 6)]
    with in_scope(DESK):
        for sites in (1, 2):
            make_plan(
                scope=DESK, made=desk.round.public_id, points=points, candidates=candidates,
                wanted=Wanted(sites, 4_000, 15), by=DESK.name, at=AT,
            )  # fmt: skip
    return desk


def compared(desk: Desk, *chosen: str) -> Comparison:
    with in_scope(DESK):
        return compare_plans(DESK, desk.round.public_id, chosen, at=AT)


def test_each_plan_has_its_figures_and_they_are_those_of_its_own_page(desk: Desk) -> None:
    found = compared(desk)

    assert [one.row.letter for one in found.columns] == ["A", "B"]
    assert [one.row.sites for one in found.columns] == [1, 2]
    one, two = found.columns
    assert two.longest_m < one.longest_m
    for column in found.columns:
        with in_scope(DESK):
            view = plan_view(DESK, column.row.public_id, at=AT)
        assert column.desks == sum(site.tables for site in view.sites)
        assert column.staff == 2 * column.desks
        assert column.done_at == max(site.done_at for site in view.sites)
        assert column.longest_m == max(point.metres for point in view.points)
        assert column.wait_95 <= 31
        # Five of a hundred stay away; whoever comes is in an hour.
        assert 0.93 * 3_200 < sum(hour.people for hour in column.hours) < 0.97 * 3_200
        assert AT < column.done_at < AT + timedelta(hours=12)


def test_the_best_of_each_measure_is_marked_and_the_others_say_by_how_much_they_are_off(desk: Desk) -> None:
    found = compared(desk)

    rows = measures(found)

    points, longest = rows[0], rows[4]
    assert [(cell.said, cell.off, cell.is_best) for cell in points.cells] == [("1", "", True), ("2", "+1", False)]
    assert [cell.is_best for cell in longest.cells] == [False, True]
    assert longest.cells[0].off.startswith("+")
    assert all(0 <= cell.bar <= 100 for row in rows for cell in row.cells)
    for row in rows:
        assert row.differs == (len({cell.said for cell in row.cells}) > 1), row
        assert not any(cell.is_best for cell in row.cells) or row.differs
    for plan in by_hour(found, 30):
        assert len(plan.whole) == len(found.hours)
        assert all(len(site.cells) == len(found.hours) for site in plan.sites)


def test_plans_are_chosen_and_those_of_others_are_not_found(desk: Desk) -> None:
    first, second = (one.row.public_id for one in compared(desk).columns)

    assert [one.row.public_id for one in compared(desk, second).columns] == [second]
    assert [one.public_id for one in compared(desk, second).others] == [first]
    with pytest.raises(NotInScope):
        compared(desk, "zzzzzzzzzzzz")
    with in_scope(STRANGER), pytest.raises(NotInScope):
        compare_plans(STRANGER, desk.round.public_id, (), at=AT)
