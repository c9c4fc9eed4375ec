"""A round closes over nothing that is known to lie elsewhere; what comes later all the same is counted apart."""

from datetime import timedelta

import pytest

from shali.config.demo.device import Device
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.testing.models import Laboratory, Round, Station
from shali.testing.queries.balance import balance
from shali.testing.queries.rounds import round_view
from shali.testing.rules import Balance, Outcome, Standing
from shali.testing.services.closing import close_round, take_on
from shali.testing.services.rounds import NotLawful

from .desk import AT, Desk, a_laboratory, a_result, fill, hand_in, open_round, work_off
from .test_results import refusal_of

pytestmark = pytest.mark.django_db
CITY = Scope(path="4111", name="post:9")
LATER = AT + timedelta(hours=9)


def swabbed(desk: Desk) -> Device:
    """Let everybody of the roster be swabbed, sent and found negative; the device stays as it was."""
    device = desk.device()
    fill(device, "T1", range(4))
    device.send(AT)
    work_off()
    hand_in(a_laboratory(), a_result("T1", Outcome.NEGATIVE))
    return device


def holds(device: Device, *, on_paper: int = 0) -> None:
    """Let a device have said at its last exchange what it holds, without sending it."""
    with in_scope(system_scope("test")):
        said = Station.objects.filter(public_id=device.public_id)
        said.update(captured=len(device.outbox), on_paper=on_paper)


def close(desk: Desk) -> Round:
    with in_scope(CITY):
        return close_round(scope=CITY, made=desk.round.public_id, by=CITY.name, at=LATER)


def answer_for(device: Device, *, events: int, on_paper: int, why: str = "device_lost") -> Station:
    given = {"events": events, "on_paper": on_paper, "why": why}
    with in_scope(CITY):
        return take_on(scope=CITY, station=device.public_id, **given, by=CITY.name, at=LATER)


def counted(desk: Desk) -> Balance:
    with in_scope(system_scope("test")):
        return balance(system_scope("test"), desk.round.pk)


@pytest.fixture
def desk() -> Desk:
    return open_round(people=4)


def test_events_on_a_device_keep_a_round_open_until_somebody_answers_for_them(desk: Desk) -> None:
    device = swabbed(desk)
    fill(device, "T2", [0], at=AT + timedelta(hours=8), size=1)
    holds(device, on_paper=3)
    assert (counted(desk).events_held, counted(desk).on_paper, counted(desk).devices_open) == (2, 3, 1)
    assert counted(desk).events_off_by == 0

    with pytest.raises(NotLawful, match=r"2.*3"):
        close(desk)
    with pytest.raises(NotLawful, match=r"2.*3"):
        answer_for(device, events=2, on_paper=0)
    said = refusal_of("update testing_round set state = 3, closed_at = now(), closed_by = 'x'")
    assert "for which nobody answers" in said
    answer_for(device, events=2, on_paper=3)

    assert close(desk).closed_by == CITY.name


def test_a_device_that_holds_more_than_was_taken_on_keeps_the_round_open_again(desk: Desk) -> None:
    device = swabbed(desk)
    holds(device, on_paper=1)
    answer_for(device, events=0, on_paper=1)
    holds(device, on_paper=2)

    with pytest.raises(NotLawful):
        close(desk)


def test_what_comes_after_closing_is_taken_in_and_counted_apart(desk: Desk) -> None:
    device = swabbed(desk)
    fill(device, "T2", [0], at=AT + timedelta(hours=8), size=1)
    holds(device)
    answer_for(device, events=2, on_paper=0)
    close(desk)

    device.send(LATER + timedelta(hours=1))
    work_off(LATER + timedelta(hours=1))

    with in_scope(CITY):
        late = round_view(CITY, desk.round.public_id, at=LATER + timedelta(hours=2)).late
    assert late is not None
    assert (late.devices, late.events, late.swabs, late.tubes) == (1, 2, 1, 1)
    assert desk.standing(0) is Standing.AWAITING
    with in_scope(system_scope("test")):
        bench = Laboratory.objects.get()
    hand_in(bench, a_result("T2", Outcome.POSITIVE, hours=10.5), hours=11)
    assert desk.standing(0) is Standing.POSITIVE


def test_people_are_events_are_members_of_tubes(desk: Desk) -> None:
    device = swabbed(desk)
    fill(device, "T2", [0], at=AT + timedelta(hours=8), size=1)
    device.send(AT + timedelta(hours=8))
    work_off(AT + timedelta(hours=8))

    now = counted(desk)

    assert (now.people_swabbed, now.swabs, now.members) == (4, 5, 5)
    assert (now.events, now.events_done, now.swabs_off_by, now.events_off_by) == (7, 7, 0, 0)


@pytest.mark.parametrize("wrong", [{"members": 5}, {"events_waiting": 1}, {"devices_open": 1}])
def test_numbers_that_do_not_agree_keep_a_round_open(wrong: dict[str, int]) -> None:
    whole = {"swabs": 4, "people_swabbed": 4, "members": 4, **wrong}

    assert not Balance(4, 4, 0, 0, 0, 0, 4, 1, 1, 0, 0, 1, 0, **whole).may_close
