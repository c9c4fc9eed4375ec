"""A roster that is drawn in parts: whatever happens between two of them, everybody is on it once."""

from datetime import timedelta

import pytest
from django.db import transaction

from shali.config import reference
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.testing.models import Expected, Round
from shali.testing.queries.tallies import differences
from shali.testing.rules import Standing
from shali.testing.services import rounds
from shali.testing.services.rounds import Plan, freeze_roster, plan_round
from shali.testing.services.sites import NewSite, add_site

from .desk import AT, COMMUNITY, DESK, Desk, enrol_residents, fill, work_off
from .test_merged import merged

pytestmark = pytest.mark.django_db
CITY, SYSTEM = Scope(path="4111", name="post:9"), system_scope("test")
PEOPLE = 12


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return a planned round with a point, of whose roster a third is drawn."""
    monkeypatch.setattr(rounds, "CHUNK", PEOPLE // 3)
    reference.ensure()
    people = enrol_residents(PEOPLE)
    with in_scope(CITY):
        made = plan_round(scope=CITY, plan=Plan(("4111.02.001",), AT, AT + timedelta(hours=12)), by=CITY.name, at=AT)
    with in_scope(DESK):
        site = add_site(scope=DESK, made=made.public_id, new=NewSite("甲点", COMMUNITY), by=DESK.name, at=AT)
    with transaction.atomic(), in_scope(SYSTEM):
        assert rounds._freeze_chunk(made, by=CITY.name, at=AT) == PEOPLE // 3
    return Desk(made, site, people)


def drawn(desk: Desk) -> list[int]:
    freeze_roster(made=desk.round.pk, by=CITY.name, at=AT)
    with in_scope(SYSTEM):
        lines = Expected.objects.filter(round=desk.round, guest=False)
        assert Round.objects.get(pk=desk.round.pk).people == lines.count()
        assert differences(SYSTEM, desk.round) == {}
        return sorted(lines.values_list("person_id", flat=True))


def test_drawing_goes_on_where_it_was_broken_off(desk: Desk) -> None:
    assert drawn(desk) == desk.people


def test_somebody_swabbed_before_the_round_is_open_hides_nobody_and_is_of_the_roster(desk: Desk) -> None:
    device = desk.device()
    fill(device, "T1", [PEOPLE - 1])
    device.send(AT)
    work_off()
    with in_scope(SYSTEM):
        assert Expected.objects.get(round=desk.round, person_id=desk.people[-1]).guest

    assert drawn(desk) == desk.people
    assert desk.standing(PEOPLE - 1) == Standing.AWAITING
    with in_scope(SYSTEM):
        assert bytes(Expected.objects.get(round=desk.round, person_id=desk.people[-1]).marks)


def test_a_line_that_a_merge_moved_to_somebody_further_on_is_his(desk: Desk) -> None:
    merged(desk, kept=PEOPLE - 2, lost=0)

    assert drawn(desk) == desk.people[1:]
