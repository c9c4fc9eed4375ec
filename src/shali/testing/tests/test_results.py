"""Results: nobody cleared early, nothing written over, what cannot be so held, what comes early matched later."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from shali.foundation.jurisdictions.scope import in_scope, system_scope
from shali.foundation.tasks.models import Task
from shali.foundation.ui.refusal import WrongInput
from shali.testing.models import Recall, Result, ResultFile
from shali.testing.rules import Outcome, Standing
from shali.testing.services.laboratory import name_lost
from shali.testing.services.result_files import take_result_by_hand
from shali.testing.services.results import decide_correction, decide_file
from shali.testing.services.rounds import NotLawful
from shali.testing.services.settling import match_result, refuse_result
from shali.tracing.models import Case

from .desk import AT, CLERK, OTHER, Desk, a_laboratory, a_result, fill, hand_in, open_round, work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    """Return a round in which ten people lie in tube T1."""
    desk = open_round()
    device = desk.device()
    fill(device, "T1", range(10))
    device.send(AT)
    work_off()
    return desk


def single(desk: Desk, place: int, tube: str, at=AT + timedelta(hours=8)) -> None:
    device = desk.device(2)
    fill(device, tube, [place], at=at, size=1)
    device.send(at + timedelta(minutes=5))
    work_off(at)


def test_a_negative_tube_clears_everybody_in_it_at_once(desk: Desk) -> None:
    hand_in(a_laboratory(), a_result("T1", Outcome.NEGATIVE))

    assert {desk.standing(n) for n in range(10)} == {Standing.NEGATIVE}


@pytest.mark.parametrize("outcome", [Outcome.POSITIVE, Outcome.DOUBTFUL])
def test_people_of_a_suspect_pool_await_a_retest_each_with_a_clock_and_nobody_is_positive(
    desk: Desk, outcome: Outcome
) -> None:
    hand_in(a_laboratory(), a_result("T1", outcome))

    assert {desk.standing(n) for n in range(10)} == {Standing.RETEST}
    with in_scope(system_scope("test")):
        assert Task.objects.filter(kind="test_recall", state__lt=3).count() == 10
        assert not Case.objects.exists()


def test_a_single_sample_releases_one_and_makes_a_case_of_the_other(desk: Desk) -> None:
    bench = a_laboratory()
    hand_in(bench, a_result("T1", Outcome.POSITIVE))
    single(desk, 0, "S0")
    single(desk, 1, "S1")

    hand_in(bench, a_result("S0", Outcome.NEGATIVE, hours=10), a_result("S1", Outcome.POSITIVE, hours=10), hours=11)

    assert desk.standing(0) is Standing.NEGATIVE
    assert desk.standing(1) is Standing.POSITIVE
    assert desk.standing(2) is Standing.RETEST
    with in_scope(system_scope("test")):
        assert Case.objects.get().person_id == desk.people[1]
        ended = dict(Recall.objects.exclude(done_at=None).values_list("person_id", "outcome"))
        assert ended == {desk.people[0]: "negative", desk.people[1]: "positive"}
        assert Task.objects.filter(kind="test_recall", state=3).count() == 2


def test_a_second_pool_clears_nobody_of_a_suspect_one(desk: Desk) -> None:
    bench = a_laboratory()
    hand_in(bench, a_result("T1", Outcome.POSITIVE))
    device = desk.device(2)
    fill(device, "T2", range(10), at=AT + timedelta(hours=8))
    device.send(AT + timedelta(hours=9))
    work_off()

    hand_in(bench, a_result("T2", Outcome.NEGATIVE, hours=10), hours=11)

    assert {desk.standing(n) for n in range(10)} == {Standing.RETEST}


def test_a_result_that_contradicts_waits_for_a_second_person_and_stays_beside_the_first(desk: Desk) -> None:
    bench = a_laboratory()
    hand_in(bench, a_result("T1", Outcome.NEGATIVE))
    hand_in(bench, a_result("T1", Outcome.POSITIVE, hours=6.5), hours=8)
    assert desk.standing(0) is Standing.NEGATIVE
    with in_scope(system_scope("test")):
        waiting = Result.objects.get(state="waiting")

    with in_scope(CLERK), pytest.raises(NotLawful):
        decide_correction(scope=CLERK, result=waiting.public_id, is_taken=True, by=CLERK.name, at=AT)
    with in_scope(OTHER):
        decide_correction(scope=OTHER, result=waiting.public_id, is_taken=True, by=OTHER.name, at=AT)

    assert desk.standing(0) is Standing.RETEST
    with in_scope(system_scope("test")):
        assert sorted(Result.objects.values_list("outcome", "state")) == [(1, "applied"), (2, "applied")]


def test_a_result_that_comes_before_its_tube_is_parked_and_matched_later() -> None:
    desk = open_round()
    hand_in(a_laboratory(), a_result("T1", Outcome.NEGATIVE))
    with in_scope(system_scope("test")):
        assert Result.objects.get().why == "unknown_tube"
    device = desk.device()
    fill(device, "T1", range(10))

    device.send(AT + timedelta(hours=20))
    work_off(AT + timedelta(hours=20))

    assert desk.standing(0) is Standing.NEGATIVE
    with in_scope(system_scope("test")):
        assert Result.objects.get().state == "applied"


def test_results_of_a_tube_that_is_sealed_later_wait_for_it() -> None:
    desk = open_round()
    device = desk.device()
    for n in range(2):
        device.swab(AT, "T1", "", name=f"乌有{n}")
    device.send(AT)
    work_off()
    hand_in(a_laboratory(), a_result("T1", Outcome.NEGATIVE))
    with in_scope(system_scope("test")):
        assert Result.objects.get().why == "not_sealed"

    device.write(AT + timedelta(minutes=1), k="seal", tube="T1", n=2)
    device.send(AT + timedelta(minutes=2))
    work_off()

    with in_scope(system_scope("test")):
        assert Result.objects.get().state == "applied"


@pytest.mark.parametrize(
    ("readings", "why"),
    [
        ([a_result(f"X{n}", Outcome.NEGATIVE) for n in range(101)], "over_capacity"),
        (
            [
                a_result("X1", Outcome.POSITIVE, ct_n=28.31, ct_orf=29.04),
                a_result("X2", Outcome.POSITIVE, ct_n=28.31, ct_orf=29.04),
            ],
            "curves_twice",
        ),
        ([a_result("X1", Outcome.NEGATIVE, well="A1"), a_result("X2", Outcome.NEGATIVE, well="A1")], "wells_twice"),
        ([a_result("X1", Outcome.NEGATIVE, hours=9)], "in_future"),
    ],
)
def test_results_that_cannot_be_so_are_held_as_a_whole(desk: Desk, readings, why: str) -> None:
    bench = a_laboratory(per_hour=50)

    file = hand_in(bench, *readings, a_result("T1", Outcome.NEGATIVE, hours=6.2))

    assert (file.state, why in file.held_for) == ("held", True)
    assert desk.standing(0) is Standing.AWAITING
    with in_scope(CLERK), pytest.raises(NotLawful):
        decide_file(scope=CLERK, file=file.public_id, is_taken=True, by=CLERK.name, at=AT)
    with in_scope(OTHER):
        decide_file(scope=OTHER, file=file.public_id, is_taken=True, by=OTHER.name, at=AT)
    assert desk.standing(0) is Standing.NEGATIVE


def test_the_same_file_twice_is_one_file(desk: Desk) -> None:
    bench = a_laboratory()

    first = hand_in(bench, a_result("T1", Outcome.NEGATIVE))
    again = hand_in(bench, a_result("T1", Outcome.NEGATIVE), hours=9)

    assert again.pk == first.pk
    with in_scope(system_scope("test")):
        assert ResultFile.objects.count() == Result.objects.count() == 1


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("update testing_tube set outcome = 1, resulted_at = now() where code = 'T1'", "no line of results"),
        ("update testing_expected set standing = 4 where sampled_at is not null", "is not cleared"),
        ("update testing_tube set members = 3 where code = 'T1'", "counts other samples"),
        ("update testing_tube set members = 12 where code = 'T1'", "testing_tube_hard_capacity"),
        ("update testing_tube set state = 1 where code = 'T1'", "does not open again"),
        ("update testing_sample set taken_at = taken_at - interval '1 day'", "stays as it was taken"),
        ("delete from testing_sample", "not removed"),
        ("update testing_sealedbatch set body = 'x'", "stays as it came"),
        ("update testing_station set last_seq = 0", "keeps its key and its count"),
        ("update testing_round set state = 3, closed_at = now(), closed_by = 'x'", "closes when nobody is left"),
    ],
)
def test_the_database_refuses(desk: Desk, statement: str, said: str) -> None:
    assert said in refusal_of(statement)


def parked_result() -> Result:
    with in_scope(system_scope("test")):
        return Result.objects.get(state="parked")


def test_a_result_with_an_impossible_hour_is_put_on_its_tube_by_a_second_person_with_a_reason(desk: Desk) -> None:
    hand_in(a_laboratory(), a_result("T1", Outcome.NEGATIVE, hours=-1))
    row = parked_result()
    assert row.why == "before_sample"
    tube = desk.tube("T1").public_id
    given = {"result": row.public_id, "tube": tube, "at": AT + timedelta(hours=8)}

    with in_scope(CLERK), pytest.raises(NotLawful):
        match_result(scope=CLERK, why="clock_wrong", by=CLERK.name, **given)
    with in_scope(OTHER), pytest.raises(WrongInput):
        match_result(scope=OTHER, why="", by=OTHER.name, **given)
    with in_scope(OTHER):
        match_result(scope=OTHER, why="clock_wrong", by=OTHER.name, **given)

    assert desk.standing(0) is Standing.NEGATIVE
    row.refresh_from_db()
    assert (row.state, row.settled_for, row.decided_by) == ("applied", "clock_wrong", OTHER.name)


def test_a_result_of_a_tube_that_is_missing_is_refused_with_a_reason_and_put_on_nobody(desk: Desk) -> None:
    with in_scope(CLERK):
        name_lost(scope=CLERK, tube=desk.tube("T1").public_id, by=CLERK.name, at=AT + timedelta(hours=3))
    hand_in(a_laboratory(), a_result("T1", Outcome.NEGATIVE))
    row = parked_result()
    assert row.why == "void_tube"
    given = {"scope": OTHER, "result": row.public_id, "by": OTHER.name, "at": AT + timedelta(hours=8)}

    with in_scope(OTHER), pytest.raises(NotLawful):
        match_result(tube=desk.tube("T1").public_id, why="label_misread", **given)
    with in_scope(OTHER):
        refuse_result(why="tube_void", **given)

    row.refresh_from_db()
    assert (row.state, row.settled_for) == ("refused", "tube_void")
    assert desk.standing(0) is Standing.RESAMPLE


def test_one_result_by_hand_is_taken_as_a_file_of_one_line_is(desk: Desk) -> None:
    bench = a_laboratory()
    said = {"tube": "T1", "outcome": "negative", "run": "R9", "plate": "P1", "well": "A1", "ct_n": "", "ct_orf": ""}
    given = {"scope": CLERK, "laboratory": bench.public_id, "by": CLERK.name, "at": AT + timedelta(hours=7)}
    with in_scope(CLERK):
        with pytest.raises(WrongInput):
            take_result_by_hand(said={**said, "tested_at": "soon"}, **given)
        take_result_by_hand(said={**said, "tested_at": "2022-08-11T14:00"}, **given)

    assert desk.standing(0) is Standing.NEGATIVE
    with in_scope(system_scope("test")):
        row = Result.objects.get()
    assert (row.state, row.run, row.well, row.ct_n) == ("applied", "R9", "A1", None)


def refusal_of(statement: str) -> str:
    """Run a statement; return what the database said against it, or nothing."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select set_config('shali.scope', '4111', true)")
            cursor.execute(statement)
            assert cursor.rowcount, "The statement met no row, so it proves nothing."
            cursor.execute("set constraints all immediate")
    except DatabaseError as refused:
        return str(refused)
    return ""


def test_the_database_keeps_a_recalls_task_open_until_a_later_sample(desk: Desk) -> None:
    hand_in(a_laboratory(), a_result("T1", Outcome.POSITIVE))

    said = refusal_of("update tasks_task set state = 3 where kind = 'test_recall'")

    assert "closes when a later sample" in said
