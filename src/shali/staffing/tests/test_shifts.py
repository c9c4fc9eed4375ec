"""Shifts: rest, heat and training by rule; one place at a time by the database; seen on the point's page."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.utils import IntegrityError

from shali.config import reference
from shali.foundation.jurisdictions.scope import Scope, in_scope
from shali.staffing.models import Shift
from shali.staffing.queries.shifts import shifts, workers
from shali.staffing.services.shifts import NewShift, NotLawful, drop_shift, enter_worker, give_shift
from shali.testing.tests.desk import AT

pytestmark = pytest.mark.django_db
DESK = Scope(path="4111.02.001", name="post:1")
PLACE = "abcdefghjkmn"


@pytest.fixture
def sampler() -> str:
    reference.ensure()
    with in_scope(DESK):
        made = enter_worker(
            scope=DESK,
            name="乌有氏",
            kind="sampler",
            unit=DESK.path,
            trained_until=date(2022, 8, 20),
            by=DESK.name,
            at=AT,
        )
    return made.public_id


def give(worker: str, begins: float, hours: float, **more: bool) -> Shift:
    starts = AT + timedelta(hours=begins)
    new = NewShift(worker, PLACE, starts, starts + timedelta(hours=hours), **more)
    with in_scope(DESK):
        return give_shift(scope=DESK, new=new, by=DESK.name, at=AT)


def test_who_stands_at_a_place_now_and_next(sampler: str) -> None:
    give(sampler, -1, 4)
    give(sampler, 12, 4)

    with in_scope(DESK):
        found = shifts(DESK, PLACE, at=AT)
        assert [(one.name, one.is_now) for one in found] == [("乌有氏", True), ("乌有氏", False)]
        assert workers(DESK, at=AT).page.rows[0].shifts_to_come == 2


@pytest.mark.parametrize(
    ("begins", "hours", "more"),
    [(0, 9, {}), (0, 5, {"in_heat": True}), (24 * 10, 4, {})],
    ids=["too long", "too long in the heat", "not trained any more"],
)
def test_a_shift_that_the_rules_do_not_allow_is_refused(sampler: str, begins: float, hours: float, more: dict) -> None:
    with pytest.raises(NotLawful):
        give(sampler, begins, hours, **more)


def test_nobody_stands_in_two_places_or_without_rest_and_a_dropped_shift_frees_him(sampler: str) -> None:
    first = give(sampler, 0, 8)
    with pytest.raises(NotLawful):
        give(sampler, 4, 4)
    with pytest.raises(NotLawful):
        give(sampler, 12, 4)  # four hours of rest
    give(sampler, 16, 4)

    with in_scope(DESK):
        drop_shift(scope=DESK, shift=first.public_id, by=DESK.name, at=AT)
    assert give(sampler, 2, 4).pk

    with pytest.raises(IntegrityError, match="staffing_shift_one_at_a_time"), connection.cursor() as cursor:
        cursor.execute("update staffing_shift set dropped_at = null, dropped_by = '' where id = %s", [first.pk])
