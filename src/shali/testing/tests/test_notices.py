"""The hours that a notice prints are those that hold for whoever reads it: of his zone, his point, his group."""

from datetime import datetime, timedelta

import pytest

from shali.foundation.accounts.roles import Role
from shali.foundation.jurisdictions.scope import in_scope
from shali.foundation.ui.formats import day_time, hour
from shali.testing.models import Round, Site, SitePlan
from shali.testing.queries.calling import groups_called, windows_of
from shali.testing.queries.plans import plan_view
from shali.testing.services.groups import Hours, make_group, set_hours
from shali.testing.services.site_edits import SiteEdit, edit_site
from shali.testing.services.taking import take_plan
from shali.testing.services.zones import NewZone, set_zone
from shali.testing.web.notices import Notice, notices_of, notices_of_groups

from .desk import AT, COMMUNITY, DESK, open_round
from .test_desk import morning, signed_in  # noqa: F401 - the hour of the round for the pages
from .test_taking import NEXT, a_round, code_of, planned, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Round:
    open_round(0)  # the reference data
    return a_round()


def a_plan(made: Round) -> SitePlan:
    """Return a plan of one point for two communities."""
    rows = table(
        ("桂苑", code_of(COMMUNITY), 0, 300), ("5组", code_of(NEXT), 0.1, 300), ("6组", code_of(NEXT), 0.2, 100)
    )
    return planned(made, rows, at_km=(0,))


def zone(made: Round, unit: str, first: float, last: float) -> None:
    with in_scope(DESK):
        new = NewZone(unit, 1, AT + timedelta(hours=first), AT + timedelta(hours=last))
        set_zone(scope=DESK, made=made.public_id, new=new, by=DESK.name, at=AT)


def printed(plan: SitePlan) -> dict[str, Notice]:
    with in_scope(DESK):
        view = plan_view(DESK, plan.public_id, at=AT)
        found = notices_of(view, windows_of(DESK, plan.public_id))
        return {one.name: one for one in [*found, *notices_of_groups(groups_called(DESK, plan.public_id))]}


def after(hours: float) -> datetime:
    return AT + timedelta(hours=hours)


def test_who_lives_in_a_zone_is_called_in_its_hours_and_the_others_in_those_of_the_round(made: Round) -> None:
    plan = a_plan(made)
    zone(made, NEXT, 6, 9)

    found = printed(plan)

    assert (found["桂苑"].from_at, found["桂苑"].to_at) == (after(0), after(8.25))
    # Two thirds of three hours, three quarters of it for three quarters of the people.
    assert (found["5组"].from_at, found["5组"].to_at) == (after(6), after(7.75))
    assert (found["6组"].from_at, found["6组"].to_at) == (after(7.5), after(8.25))


def test_of_a_plan_that_was_taken_nobody_is_called_outside_the_hours_of_his_point(made: Round) -> None:
    plan = a_plan(made)
    with in_scope(DESK):
        take_plan(scope=DESK, plan=plan.public_id, by=DESK.name, at=AT)
        site = Site.objects.get(round=made)
        edit = SiteEdit(opens_at=after(2), closes_at=after(5))
        edit_site(scope=DESK, site=site.public_id, edit=edit, by=DESK.name, at=AT)

    found = printed(plan)

    assert min(one.from_at for one in found.values()) == after(2)
    assert max(one.to_at for one in found.values()) <= after(5)


def test_a_group_is_called_in_its_own_hours_to_its_own_point(made: Round) -> None:
    plan = a_plan(made)
    with in_scope(DESK):
        take_plan(scope=DESK, plan=plan.public_id, by=DESK.name, at=AT)
        school = make_group(scope=DESK, name="某校", kind="school", unit=NEXT, by=DESK.name, at=AT)
        hours = Hours(after(3), after(4.5))
        set_hours(
            scope=DESK, made=made.public_id, group=school.public_id, hours=hours, by=DESK.name, at=AT
        )  # fmt: skip

    found = printed(plan)["某校"]

    assert (found.from_at, found.to_at, found.site) == (after(3), after(4.5), "广场0")
    assert found.code is not None


@pytest.mark.usefixtures("morning")
def test_the_sheet_prints_the_hours_of_the_zone(made: Round) -> None:
    plan = a_plan(made)
    zone(made, NEXT, 6, 9)

    sheet = signed_in(Role.CITY_DUTY).get(f"/testing/plans/{plan.public_id}/notices/").content.decode()

    assert f"{day_time(after(6))} – {hour(after(7.75))}" in sheet
