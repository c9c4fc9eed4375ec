"""An exposure's roster is asked one by one; asked again by somebody else; differences stay until they are settled."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import in_scope
from shali.foundation.tasks.models import Task
from shali.foundation.ui.refusal import WrongInput
from shali.tracing.models import Case, Contact, Exposure, ExposureState, Member
from shali.tracing.services.exposures import (
    Event,
    answer_member,
    ask_again,
    open_exposure,
    settle_member,
)
from shali.tracing.services.history import NotLawful
from shali.tracing.services.proposing import guests_on_record
from shali.tracing.services.rosters import add_members

from .desk import AT, CITY, OTHER, a_case, people, ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Exposure:
    ready()
    infected, *guests = people(4)
    case = a_case(infected)
    with in_scope(CITY):
        made = open_exposure(scope=CITY, event=_class_room(case), by=CITY.name, at=AT)
        assert add_members(exposure=made, people=guests, came_by="file", by=CITY.name, at=AT) == 3
        assert add_members(exposure=made, people=guests, came_by="told", by=CITY.name, at=AT) == 0
    return made


def _class_room(case: Case) -> Event:
    unit = Unit.objects.filter(level=4, path__startswith="4111.02").order_by("path")[0]
    return Event(
        "某校一年级一班", unit.path, "same_space", AT - timedelta(hours=25), AT - timedelta(hours=22), case.public_id
    )


def members(event: Exposure) -> list[Member]:
    return list(Member.objects.filter(exposure=event).order_by("id"))


def say(event: Exposure, *answers: str, by: str = CITY.name) -> None:
    for one, answer in zip(members(event), answers, strict=False):
        answer_member(scope=CITY, member=one.pk, answer=answer, by=by, at=AT)


def test_everybody_on_the_roster_has_a_task_of_his_own(event: Exposure) -> None:
    with in_scope(CITY):
        tasks = Task.objects.filter(kind="exposure_check", pk__in=[one.task_id for one in members(event)])

        assert tasks.count() == 3
        assert {task.due_at for task in tasks} == {event.due_at}


def test_whoever_was_there_is_entered_as_a_contact_of_its_case_and_nobody_else(event: Exposure) -> None:
    with in_scope(CITY):
        say(event, "was_there", "was_not_there", "cannot_say")

        there = members(event)[0]
        assert [one.person_id for one in Contact.objects.all()] == [there.person_id]
        assert Contact.objects.get().last_exposure_on == date(2022, 8, 9)
        event.refresh_from_db()
        assert event.state == ExposureState.CLOSED
        assert not Task.objects.filter(kind="exposure_check", closed_at=None).exists()


def test_an_answer_stands(event: Exposure) -> None:
    with in_scope(CITY):
        say(event, "was_there")

        with pytest.raises(NotLawful):
            say(event, "was_not_there", by=OTHER.name)


def test_asked_again_by_somebody_else_what_differs_is_open_until_it_is_settled(event: Exposure) -> None:
    with in_scope(CITY):
        say(event, "was_there", "was_not_there", "was_not_there")
        again = ask_again(scope=CITY, exposure=event.public_id, by=CITY.name, at=AT)
        first, second, third = members(again)
        assert [one.first for one in (first, second, third)] == ["was_there", "was_not_there", "was_not_there"]
        with pytest.raises(NotLawful):
            answer_member(scope=CITY, member=second.pk, answer="was_there", by=CITY.name, at=AT)

        say(again, "was_there", "was_there", "was_not_there", by=OTHER.name)

        again.refresh_from_db()
        assert again.state == ExposureState.OPEN
        with pytest.raises(NotLawful):
            settle_member(scope=CITY, member=second.pk, settled_as="second_holds", by=CITY.name, at=AT)
        with pytest.raises(NotLawful):  # these two agree
            settle_member(scope=CITY, member=third.pk, settled_as="second_holds", by=OTHER.name, at=AT)
        settle_member(scope=CITY, member=second.pk, settled_as="second_holds", by=OTHER.name, at=AT)
        again.refresh_from_db()
        assert again.state == ExposureState.CLOSED


def test_the_database_closes_no_roster_with_somebody_open(event: Exposure) -> None:
    with in_scope(CITY), pytest.raises(IntegrityError, match="everybody has answered"), transaction.atomic():
        Exposure.objects.filter(pk=event.pk).update(state=ExposureState.CLOSED, closed_at=AT)


def test_nothing_answered_cannot_be_asked_again(event: Exposure) -> None:
    with in_scope(CITY), pytest.raises(NotLawful):
        ask_again(scope=CITY, exposure=event.public_id, by=CITY.name, at=AT)


@pytest.mark.parametrize(
    "wrong", [{"place": " "}, {"situation": "rumour"}, {"unit": "4111.99"}, {"to_at": AT - timedelta(days=9)}]
)
def test_an_event_without_place_division_or_window_is_refused(event: Exposure, wrong: dict[str, object]) -> None:
    window = {"from_at": AT - timedelta(hours=3), "to_at": AT}
    good = {"place": "某车", "unit": "4111.02", "situation": "same_vehicle", **window}
    with in_scope(CITY), pytest.raises(WrongInput):
        open_exposure(scope=CITY, event=Event(**good | wrong), by=CITY.name, at=AT)  # type: ignore[arg-type]


def test_an_exposure_grounds_a_health_code_only_of_who_said_that_he_was_there(event: Exposure) -> None:
    with in_scope(CITY):
        say(event, "was_there", "was_not_there", "cannot_say")
        there, elsewhere, unsure = (one.person_id for one in members(event))

    asked = {(event.public_id, one) for one in (there, elsewhere, unsure)} | {("zzzzzzzzzzzz", there)}
    assert guests_on_record(asked) == {(event.public_id, there)}
