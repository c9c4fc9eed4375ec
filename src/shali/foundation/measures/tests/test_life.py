"""A measure's life: proposed, decided by another, in force by the clock alone, lifted by its own body."""

from datetime import timedelta

import pytest

from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.measures.models import MeasureEvent, MeasureState
from shali.foundation.measures.queries import expiring, in_force, in_force_by_unit
from shali.foundation.measures.rules import standing
from shali.foundation.measures.services.decide import decide, decide_many, lift, serve
from shali.foundation.measures.services.step import MeasureChanged, NotAllowed
from shali.foundation.people.models import Person
from shali.foundation.people.services.merge import decide_merge, propose_merge
from shali.foundation.ui.refusal import NotInScope, WrongInput

from .conftest import AT, ENDS, Town


def test_a_proposal_is_in_force_for_nobody_until_somebody_else_decided_it(town: Town) -> None:
    person = town.people[0]
    new = town.proposed(person)
    scope = town.city.scope("lead")

    assert in_force(scope, [person], AT) == {}

    with in_scope(scope):
        decide(measure=new.public_id, approves=True, seen=1, **town.acts("lead"))

    held = in_force(scope, [person], AT)[person]
    assert [(one.kind, one.ends_at) for one in held] == [("central_isolation", ENDS)]
    assert in_force_by_unit(scope, AT) == {(town.city.first.path, "central_isolation"): 1}


def test_a_measure_ends_by_the_clock_though_no_job_ever_ran(town: Town) -> None:
    person = town.people[0]
    new = town.proposed(person)
    decide(measure=new.public_id, approves=True, **town.acts("lead"))
    scope = town.city.scope("lead")

    assert person in in_force(scope, [person], ENDS - timedelta(seconds=1))
    assert in_force(scope, [person], ENDS) == {}
    assert in_force(scope, [person], AT - timedelta(seconds=1)) == {}
    assert [one.measure for one in expiring(scope, timedelta(hours=24), ENDS - timedelta(hours=2))] == [new.measure]
    assert expiring(scope, timedelta(hours=1), ENDS - timedelta(hours=2)) == ()


@pytest.mark.parametrize(
    ("state", "starts", "ends", "lifted", "expected"),
    [
        (1, 0, 24, None, "proposed"),
        (3, 0, 24, None, "refused"),
        (2, 1, 24, None, "coming"),
        (2, 0, 24, None, "in_force"),
        (2, -24, 0, None, "expired"),
        (2, -24, 24, -1, "lifted"),
        (2, -24, 24, 1, "in_force"),
    ],
)
def test_how_a_measure_stands_follows_from_its_row_and_the_hour(
    state: int, starts: int, ends: int, lifted: int | None, expected: str
) -> None:
    hours = lambda n: AT + timedelta(hours=n)  # noqa: E731  # shorter than a function

    stands = standing(
        state=state,
        starts_at=hours(starts),
        ends_at=hours(ends),
        lifted_at=None if lifted is None else hours(lifted),
        at=AT,
    )

    assert stands == expected


def test_whoever_proposed_does_not_decide(town: Town) -> None:
    new = town.proposed(town.people[0], by="lead")

    with pytest.raises(NotAllowed):
        decide(measure=new.public_id, approves=True, **town.acts("lead"))

    decide(measure=new.public_id, approves=True, **town.acts("lead2"))
    assert town.row(new).decided_by == town.city.scope("lead2").name


def test_a_post_without_the_verb_does_not_decide(town: Town) -> None:
    new = town.proposed(town.people[0])

    for name in ("township", "first"):
        with pytest.raises(NotAllowed):
            decide(measure=new.public_id, approves=True, **town.acts(name))


def test_another_county_finds_no_such_measure(town: Town) -> None:
    new = town.proposed(town.people[0])

    with pytest.raises(NotInScope):
        decide(measure=new.public_id, approves=True, **town.acts("other_county"))


def test_of_two_who_decide_the_second_is_told(town: Town) -> None:
    new = town.proposed(town.people[0])
    with pytest.raises(MeasureChanged):
        decide(measure=new.public_id, approves=True, seen=9, **town.acts("lead"))
    decide(measure=new.public_id, approves=False, refusal="no_ground", seen=1, **town.acts("lead"))

    with pytest.raises(NotAllowed):
        decide(measure=new.public_id, approves=True, seen=1, **town.acts("lead2"))
    assert town.row(new).state == MeasureState.REFUSED


def test_a_refusal_says_why(town: Town) -> None:
    new = town.proposed(town.people[0])

    with pytest.raises(WrongInput):
        decide(measure=new.public_id, approves=False, **town.acts("lead"))


def test_a_measure_is_lifted_by_the_body_that_imposed_it_and_by_no_other(town: Town) -> None:
    person = town.people[0]
    new = town.proposed(person)
    decide(measure=new.public_id, approves=True, **town.acts("county2"))
    later = AT + timedelta(hours=5)

    with pytest.raises(NotAllowed):
        lift(measure=new.public_id, reason="ruled_out", **town.acts("lead", later))

    lift(measure=new.public_id, reason="ruled_out", **town.acts("county", later))
    scope = town.city.scope("lead")
    assert in_force(scope, [person], later) == {}
    assert person in in_force(scope, [person], later - timedelta(hours=1))


def test_a_change_is_a_new_measure_that_supersedes_the_old(town: Town) -> None:
    person = town.people[0]
    first = town.proposed(person)
    decide(measure=first.public_id, approves=True, **town.acts("lead"))
    longer = town.proposed(person, ends_at=AT + timedelta(days=10), starts_at=AT + timedelta(hours=1))

    with pytest.raises(NotAllowed):
        decide(measure=longer.public_id, approves=True, **town.acts("lead", AT + timedelta(hours=1)))
    decide(measure=longer.public_id, approves=False, refusal="terms_wrong", **town.acts("lead"))

    later = AT + timedelta(hours=1)
    again = town.proposed(person, ends_at=AT + timedelta(days=10), starts_at=later, supersedes=first.measure)
    decide(measure=again.public_id, approves=True, **town.acts("lead", later))
    held = in_force(town.city.scope("lead"), [person], later)[person]
    assert [one.measure for one in held] == [again.measure]
    assert town.row(first).lift_reason == "superseded"


def test_notice_is_served_once_and_only_of_what_was_decided(town: Town) -> None:
    new = town.proposed(town.people[0])
    with pytest.raises(NotAllowed):
        serve(measure=new.public_id, how="in_person", **town.acts("first"))
    decide(measure=new.public_id, approves=True, **town.acts("lead"))

    serve(measure=new.public_id, how="in_person", **town.acts("first"))

    with pytest.raises(NotAllowed):
        serve(measure=new.public_id, how="telephone", **town.acts("first"))
    acts = list(MeasureEvent.objects.filter(measure=new.measure).order_by("seq").values_list("seq", "act"))
    assert acts == [(1, "proposed"), (2, "approved"), (3, "served")]


def test_many_proposals_are_decided_each_as_its_own_record(town: Town) -> None:
    new = [town.proposed(person) for person in town.people[:3]]
    decide(measure=new[1].public_id, approves=False, refusal="wrong_person", **town.acts("lead2"))

    skipped = decide_many([one.public_id for one in new], approves=True, **town.acts("lead"))

    assert [one.measure for one in skipped] == [new[1].public_id]
    assert [town.row(one).state for one in new] == [2, 3, 2]
    assert MeasureEvent.objects.filter(act="approved").count() == 2


def test_the_same_proposal_twice_is_one(town: Town) -> None:
    first = town.proposed(town.people[0])
    again = town.proposed(town.people[0])

    assert (first.measure, first.is_new) == (again.measure, True)
    assert not again.is_new


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "house_arrest"},
        {"basis": "idl_42"},
        {"evidence": "rumour"},
        {"evidence_ref": " "},
        {"origin": ("contact", "")},
        {"origin": ("bank_list", "1")},
        {"ends_at": AT},
        {"ends_at": AT + timedelta(days=14, seconds=1)},
        {"kind": "traffic_restriction"},
    ],
)
def test_what_the_rules_do_not_know_is_not_proposed(town: Town, wrong: dict[str, object]) -> None:
    with pytest.raises(WrongInput):
        town.proposed(town.people[0], **wrong)


def test_what_was_given_to_a_record_counts_for_the_person_it_was_merged_into(town: Town) -> None:
    kept, lost = town.people[:2]
    new = town.proposed(lost)
    decide(measure=new.public_id, approves=True, **town.acts("lead"))
    names = dict(Person.objects.filter(pk__in=[kept, lost]).values_list("pk", "public_id"))
    with in_scope(system_scope("test")):
        asked = propose_merge(kept=names[kept], lost=names[lost], reason="said_so", **town.acts("city"))
        decide_merge(merge=asked.public_id, agrees=True, **town.acts("lead"))

    held = in_force(town.city.scope("lead"), [kept], AT)

    assert [one.measure for one in held[kept]] == [new.measure]
    assert town.row(new).person_id == lost
