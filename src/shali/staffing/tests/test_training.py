"""Training that ends is seen in time and renewed; nobody stands on a shift without it."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from shali.config import reference
from shali.foundation.accounts.roles import Role
from shali.foundation.jurisdictions.scope import Scope, in_scope
from shali.foundation.ui.refusal import NotInScope, WrongInput
from shali.staffing.models import Shift, Training, Worker
from shali.staffing.queries.shifts import trainings, workers
from shali.staffing.rules import training_stands
from shali.staffing.services.shifts import NewShift, NotLawful, enter_worker, give_shift
from shali.staffing.services.training import renew_training
from shali.testing.tests.desk import AT
from shali.testing.tests.test_desk import morning, signed_in  # noqa: F401 - the hour of the round for the pages

pytestmark = pytest.mark.django_db
DESK = Scope(path="4111.02.001", name="post:1")
TODAY = date(2022, 8, 11)


def enter(kind: str = "sampler", *, ends_in: int | None = 10) -> str:
    reference.ensure()
    until = None if ends_in is None else TODAY + timedelta(days=ends_in)
    with in_scope(DESK):
        return enter_worker(
            scope=DESK, name="乌有氏", kind=kind, unit=DESK.path, trained_until=until, by=DESK.name, at=AT
        ).public_id


def renew(*these: str, day: date | None, scope: Scope = DESK, later: float = 0) -> int:
    with in_scope(scope):
        at = AT + timedelta(hours=later)
        return renew_training(scope=scope, workers=these, until=day, by=scope.name, at=at)


def give(worker: str, in_days: int) -> Shift:
    starts = AT + timedelta(days=in_days)
    with in_scope(DESK):
        new = NewShift(worker, "abcdefghjkmn", starts, starts + timedelta(hours=4))
        return give_shift(scope=DESK, new=new, by=DESK.name, at=AT)


@pytest.mark.parametrize(
    ("kind", "ends_in", "stands"),
    [
        ("sampler", None, "ended"),
        ("sampler", -1, "ended"),
        ("sampler", 0, "soon"),
        ("sampler", 30, "soon"),
        ("sampler", 31, "fine"),
        ("volunteer", -1, "not_needed"),
    ],
)
def test_how_training_stands(kind: str, ends_in: int | None, stands: str) -> None:
    until = None if ends_in is None else TODAY + timedelta(days=ends_in)

    assert training_stands(kind, until, TODAY, 30) == stands


def test_what_ends_within_days_is_listed_the_first_to_end_on_top_and_counted() -> None:
    ended, later, sooner, fine = enter(ends_in=-3), enter(ends_in=20), enter(ends_in=5), enter(ends_in=90)
    other = enter("cadre", ends_in=None)

    with in_scope(DESK):
        soon = workers(DESK, "soon", at=AT)
        week = workers(DESK, "soon", at=AT, days=7)
        gone = workers(DESK, "ended", at=AT)
        everybody = workers(DESK, at=AT)

    assert [one.public_id for one in soon.page.rows] == [sooner, later]
    assert [one.public_id for one in week.page.rows] == [sooner]
    assert [one.public_id for one in gone.page.rows] == [ended]
    assert [one.public_id for one in everybody.page.rows] == [ended, sooner, later, fine, other]
    assert soon.counts == {"all": 5, "ended": 1, "soon": 2}


def test_a_shift_is_refused_when_training_has_ended_and_given_when_it_is_renewed() -> None:
    worker = enter(ends_in=-1)
    with pytest.raises(NotLawful):
        give(worker, 1)

    assert renew(worker, day=TODAY + timedelta(days=60), later=1) == 1

    assert give(worker, 1).pk
    with in_scope(DESK):
        said = trainings(DESK, worker)
    assert [one.until for one in said] == [TODAY + timedelta(days=60), TODAY - timedelta(days=1)]
    assert said[0].renewed_by == DESK.name


def test_a_slip_is_put_right_but_not_below_a_shift_that_was_given() -> None:
    worker = enter(ends_in=10)
    renew(worker, day=TODAY + timedelta(days=300))
    give(worker, 20)

    with pytest.raises(NotLawful, match="1"):
        renew(worker, day=TODAY + timedelta(days=19))
    assert renew(worker, day=TODAY + timedelta(days=30)) == 1

    assert Worker.objects.get(public_id=worker).trained_until == TODAY + timedelta(days=30)
    assert Training.objects.count() == 3, "every word stays on record"


@pytest.mark.parametrize("day", [None, TODAY - timedelta(days=1), date(2222, 8, 11)], ids=["none", "over", "far"])
def test_a_day_that_cannot_be_is_refused_and_nothing_is_written(day: date | None) -> None:
    worker = enter()

    with pytest.raises(WrongInput):
        renew(worker, day=day)

    assert Training.objects.count() == 1


def test_one_of_another_unit_is_not_found_and_then_nobody_is_renewed() -> None:
    worker = enter()

    with pytest.raises(NotInScope):
        renew(worker, day=TODAY + timedelta(days=60), scope=Scope(path="4111.03", name="post:9"))
    with pytest.raises(NotInScope):
        renew(worker, "nobody", day=TODAY + timedelta(days=60))

    assert Training.objects.count() == 1


def test_the_database_refuses_a_shift_of_the_untrained_and_keeps_what_was_said() -> None:
    worker = Worker.objects.get(public_id=enter(ends_in=-9))
    shift = {"path": DESK.path, "worker": worker, "entered_at": AT, "entered_by": "post:1", "starts_at": AT}
    ends = {"ends_at": AT + timedelta(hours=4), "rested_at": AT + timedelta(hours=12)}

    with pytest.raises(IntegrityError, match="is not trained for that shift"), transaction.atomic():
        Shift.objects.create(**shift, **ends)
    with pytest.raises(IntegrityError, match="stands; write another"), transaction.atomic():
        Training.objects.update(until=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from staffing_training")


@pytest.mark.usefixtures("morning")
def test_the_page_lists_what_ends_and_renews_those_chosen() -> None:
    first, second = enter(ends_in=5), enter(ends_in=90)
    client = signed_in(Role.CITY_DUTY)

    page = client.get("/staffing/?which=soon&days=7").content.decode()
    assert first in page
    assert second not in page
    done = client.post("/staffing/training/", {"worker": [first, second], "trained_until": "2022-12-31"})
    wrong = client.post("/staffing/training/", {"worker": [first], "trained_until": "31.12.2022"})
    own = client.get(f"/staffing/workers/{first}/").content.decode()

    assert (done.status_code, wrong.status_code) == (302, 422)
    assert set(Worker.objects.values_list("trained_until", flat=True)) == {date(2022, 12, 31)}
    assert f'name="worker" value="{first}"' in own
