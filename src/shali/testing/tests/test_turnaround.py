"""How long tubes take: every number is its rows, and a tube over its time is found under the word that counts it."""

from datetime import datetime, timedelta

import pytest
from django.db.models import F

from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.ui.refusal import NotInScope
from shali.testing.models import Tube
from shali.testing.queries.tubes import tubes
from shali.testing.queries.turnaround import STAGES, Stage, turnaround
from shali.testing.rules import Outcome

from .desk import AT, DESK, Desk, a_laboratory, a_result, fill, hand_in, open_round, work_off

pytestmark = pytest.mark.django_db
NEIGHBOUR = Scope(path="4111.03", name="post:9")
HOURS = {"at_point": 1, "on_the_way_late": 5, "received": 6, "done": 8, "done_late": 30}


@pytest.fixture
def desk() -> Desk:
    """Return a round with five tubes, first swabbed so many hours before noon, and two that do not count."""
    desk = open_round()
    device = desk.device()
    for place, (code, hours) in enumerate(HOURS.items()):
        fill(device, code, [5 * place, 5 * place + 1], at=noon() - timedelta(hours=hours))
    fill(device, "lost", [28], at=noon() - timedelta(hours=9))
    fill(device, "void", [29], at=noon() - timedelta(hours=9))
    device.send(noon())
    work_off(noon())
    with in_scope(system_scope("test")):
        for code, after in (("received", 2), ("done", 3), ("done_late", 6)):
            Tube.objects.filter(code=code).update(received_at=F("first_at") + timedelta(hours=after))
        Tube.objects.filter(code="lost").update(lost_at=noon(), lost_by="post:1")
        Tube.objects.filter(code="void").update(state=3, voided_at=noon())
    bench = a_laboratory()
    hand_in(bench, a_result("done_late", Outcome.NEGATIVE, hours=23), hours=24)  # 26 after its first swab
    hand_in(bench, a_result("done", Outcome.NEGATIVE, hours=26), hours=27)  # 7 after it
    return desk


def noon() -> datetime:
    return AT + timedelta(hours=28)


def stages(desk: Desk) -> dict[str, Stage]:
    with in_scope(DESK):
        return {one.name: one for one in turnaround(DESK, desk.round.public_id, at=noon())}


def test_each_stage_says_what_lies_there_what_is_late_and_how_long_it_took(desk: Desk) -> None:
    found = stages(desk)

    way = found["to_laboratory"]
    assert (way.now, way.late, way.limit, way.done, way.in_time) == (2, 1, timedelta(hours=4), 3, 2)
    assert way.oldest == noon() - timedelta(hours=5)
    assert way.middle == timedelta(hours=3)
    there = found["at_laboratory"]
    assert (there.now, there.late, there.limit, there.done) == (1, 0, None, 2)
    whole = found["to_result"]
    assert (whole.now, whole.late, whole.limit, whole.done, whole.in_time) == (3, 0, timedelta(hours=24), 2, 1)


def test_the_late_are_found_under_the_word_that_counts_them(desk: Desk) -> None:
    found = stages(desk)
    with in_scope(DESK):
        for name in STAGES:
            if found[name].limit:
                rows = tubes(DESK, desk.round.public_id, f"late_{name}", at=noon()).rows
                assert len(rows) == found[name].late, name
        late = tubes(DESK, desk.round.public_id, "late_to_laboratory", at=noon()).rows

    assert [one.code for one in late] == ["on_the_way_late"]


def test_another_unit_sees_no_stage_of_this_round(desk: Desk) -> None:
    with in_scope(NEIGHBOUR), pytest.raises(NotInScope):
        turnaround(NEIGHBOUR, desk.round.public_id, at=noon())
