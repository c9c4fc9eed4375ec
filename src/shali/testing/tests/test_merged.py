"""Two records that were one person for a while: nobody stands by a sample that is not his."""

from datetime import timedelta

import pytest

from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.people.models import Merge, Person
from shali.foundation.people.services.merge import decide_merge, propose_merge, undo_merge
from shali.testing.models import Expected, Recall
from shali.testing.queries.balance import balance, recounted
from shali.testing.queries.left import WHICH
from shali.testing.queries.tallies import differences
from shali.testing.rules import Balance, Outcome, RoundState, Standing
from shali.testing.services.closing import close_round
from shali.testing.services.left import exempt_people

from .desk import AT, DESK, Desk, a_laboratory, a_result, fill, hand_in, open_round, work_off
from .test_results import refusal_of

pytestmark = pytest.mark.django_db
CITY, OTHER = Scope(path="4111", name="post:8"), Scope(path="4111", name="post:9")


@pytest.fixture
def desk() -> Desk:
    """Return a round in which the first person alone lies in tube T1, the second was never sampled."""
    desk = open_round(12)
    device = desk.device()
    fill(device, "T1", [0])
    device.send(AT)
    work_off()
    return desk


def merged(desk: Desk, *, kept: int, lost: int) -> Merge:
    with in_scope(system_scope("test")):
        named = Person.objects.in_bulk(desk.people)
    first, second = named[desk.people[kept]].public_id, named[desk.people[lost]].public_id
    with in_scope(CITY):
        made = propose_merge(scope=CITY, kept=first, lost=second, reason="said_so", by=CITY.name, at=AT)
        return decide_merge(scope=OTHER, merge=made.public_id, agrees=True, by=OTHER.name, at=AT)


def parted(made: Merge) -> None:
    with in_scope(CITY):
        undo_merge(scope=CITY, merge=made.public_id, by=CITY.name, at=AT + timedelta(hours=9))


def test_a_merge_undone_clears_nobody_who_was_never_swabbed(desk: Desk) -> None:
    hand_in(a_laboratory(), a_result("T1", Outcome.NEGATIVE))
    made = merged(desk, kept=1, lost=0)
    assert (desk.standing(0), desk.standing(1)) == (Standing.NOT_SAMPLED, Standing.NEGATIVE)

    parted(made)

    assert (desk.standing(0), desk.standing(1)) == (Standing.NEGATIVE, Standing.NOT_SAMPLED)


def test_a_merge_undone_gives_the_recall_to_whose_sample_it_is(desk: Desk) -> None:
    made = merged(desk, kept=1, lost=0)
    hand_in(a_laboratory(), a_result("T1", Outcome.POSITIVE))
    assert (desk.standing(0), desk.standing(1)) == (Standing.NOT_SAMPLED, Standing.RETEST)

    parted(made)

    assert (desk.standing(0), desk.standing(1)) == (Standing.RETEST, Standing.NOT_SAMPLED)
    with in_scope(system_scope("test")):
        owed = Recall.objects.filter(done_at=None).values_list("person_id", flat=True)
        assert list(owed) == [desk.people[0]]


def counted(desk: Desk) -> Balance:
    """Return the numbers of a round, which are the same kept and counted anew."""
    with in_scope(system_scope("test")):
        kept, anew = (one(system_scope("test"), desk.round.pk) for one in (balance, recounted))
        assert differences(system_scope("test"), desk.round) == {}
    assert kept == anew
    assert anew.people_off_by == 0
    return anew


def lines_under(desk: Desk, which: str) -> list[int]:
    """Return the places of those under a word of the list."""
    with in_scope(system_scope("test")):
        found = Expected.objects.filter(WHICH[which], round=desk.round).values_list("person_id", flat=True)
        return sorted(desk.people.index(one) for one in found)


def exempt(desk: Desk, places: range) -> None:
    people = [desk.people[place] for place in places]
    with in_scope(DESK):
        lines = list(Expected.objects.filter(round=desk.round, person_id__in=people).values_list("pk", flat=True))
        exempt_people(scope=DESK, made=desk.round.public_id, people=lines, why="medical", by=DESK.name, at=AT)


def test_a_round_closes_over_the_line_of_a_merged_record_and_says_so(desk: Desk) -> None:
    hand_in(a_laboratory(), a_result("T1", Outcome.NEGATIVE))
    exempt(desk, range(2, 12))
    assert lines_under(desk, "left") == [1]
    merged(desk, kept=0, lost=1)

    now = counted(desk)

    assert (now.roster, now.sampled, now.exempt, now.merged, now.not_sampled) == (12, 1, 10, 1, 0)
    assert (lines_under(desk, "left"), lines_under(desk, "merged")) == ([], [1])
    with in_scope(CITY):
        assert close_round(scope=CITY, made=desk.round.public_id, by=CITY.name, at=AT).state == RoundState.CLOSED


def test_a_merge_undone_brings_the_line_back_to_the_list(desk: Desk) -> None:
    made = merged(desk, kept=0, lost=1)
    assert lines_under(desk, "left") == list(range(2, 12))

    parted(made)

    assert lines_under(desk, "left") == list(range(1, 12))
    assert (counted(desk).merged, counted(desk).not_sampled) == (0, 11)


def test_whoever_was_sampled_under_the_lost_record_is_sampled_once(desk: Desk) -> None:
    made = merged(desk, kept=1, lost=0)
    now = counted(desk)
    assert (now.sampled, now.merged, now.not_sampled, now.people_in_tubes) == (1, 1, 10, 1)

    parted(made)

    assert (counted(desk).sampled, counted(desk).merged) == (1, 0)
    assert lines_under(desk, "left") == list(range(1, 12))


def test_a_guest_who_is_somebody_of_the_roster_is_looked_for(desk: Desk) -> None:
    with in_scope(system_scope("test")):
        Expected.objects.filter(person_id=desk.people[5]).update(guest=True)
    made = merged(desk, kept=5, lost=6)
    assert 5 in lines_under(desk, "left")
    assert (counted(desk).roster, counted(desk).merged) == (11, 0)

    parted(made)

    assert 6 in lines_under(desk, "left")
    assert 5 not in lines_under(desk, "left")
    assert counted(desk).roster == 11


def test_an_exempt_line_of_a_lost_record_exempts_nobody(desk: Desk) -> None:
    exempt(desk, range(3, 4))
    made = merged(desk, kept=2, lost=3)
    assert 2 in lines_under(desk, "left")
    assert (counted(desk).exempt, counted(desk).merged) == (0, 1)

    parted(made)

    assert (counted(desk).exempt, counted(desk).merged) == (1, 0)


def test_records_merged_one_after_the_other_are_one_person(desk: Desk) -> None:
    merged(desk, kept=3, lost=2)
    second = merged(desk, kept=4, lost=3)
    assert lines_under(desk, "merged") == [2, 3]

    parted(second)

    assert lines_under(desk, "merged") == [2]
    assert {3, 4} <= set(lines_under(desk, "left"))


def test_the_database_takes_nobody_off_the_list_whose_record_stands(desk: Desk) -> None:
    same = "update testing_expected e set same_as_id = (select min(id) from testing_expected) where person_id = {}"
    assert "was not merged" in refusal_of(same.format(desk.people[4]))
