"""A proposal is taken back by whoever made it, or by the rule; it stays on record, and a decided one stands."""

import threading

import pytest
from django.db import connection

from shali.foundation.journal.models import Fact
from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.measures.models import MeasureEvent, MeasureState
from shali.foundation.measures.queries import in_force
from shali.foundation.measures.services.decide import decide
from shali.foundation.measures.services.step import MeasureChanged, NotAllowed
from shali.foundation.measures.services.withdraw import withdraw

from .conftest import AT, Town


def test_a_withdrawn_proposal_is_in_force_for_nobody_and_stays_on_record(town: Town) -> None:
    new = town.proposed(town.people[0])
    scope = town.city.scope("city")

    with in_scope(scope):
        withdraw(measure=new.public_id, **town.acts("city"))

    row = town.row(new)
    assert row.state == MeasureState.WITHDRAWN
    assert MeasureEvent.objects.filter(measure=row).count() == 2
    assert Fact.objects.filter(kind="MeasureWithdrawn").count() == 1
    assert in_force(scope, [town.people[0]], AT) == {}
    with pytest.raises(NotAllowed), in_scope(town.city.scope("lead")):
        decide(measure=new.public_id, approves=True, **town.acts("lead"))


def test_what_another_proposed_or_somebody_decided_is_not_withdrawn(town: Town) -> None:
    new = town.proposed(town.people[0])

    with pytest.raises(NotAllowed), in_scope(town.city.scope("lead")):
        withdraw(measure=new.public_id, **town.acts("lead"))
    with in_scope(town.city.scope("lead")):
        decide(measure=new.public_id, approves=True, **town.acts("lead"))
    with pytest.raises(NotAllowed), in_scope(town.city.scope("city")):
        withdraw(measure=new.public_id, **town.acts("city"))

    assert town.row(new).state == MeasureState.DECIDED


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_decides_and_the_other_is_told(committed_town: Town) -> None:
    town = committed_town
    new = town.proposed(town.people[0])
    gate, said = threading.Barrier(2), []

    def act(name: str) -> None:
        try:
            with in_scope(system_scope("test")):
                gate.wait(10)
                answer = {"approves": True} if name == "lead" else {"approves": False, "refusal": "no_ground"}
                decide(measure=new.public_id, seen=1, **answer, **town.acts(name))
                said.append("decided")
        except (MeasureChanged, NotAllowed) as refused:
            said.append(type(refused).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(name,)) for name in ("lead", "lead2")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(said)[-1] == "decided"
    assert len([one for one in said if one == "decided"]) == 1
    with in_scope(system_scope("test")):
        assert MeasureEvent.objects.filter(measure_id=new.measure).count() == 2
