"""Nobody is cleared early, in a hundred thousand random histories; files of laboratories; when a round will be done."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from shali.testing.rules import (
    Outcome,
    Standing,
    Swab,
    TubeState,
    curves_twice,
    forecast_end,
    standing_of,
)
from shali.testing.rules.result_file import read_results
from shali.testing.rules.stopping import PastRound, Rule, Step, stopping

AT = datetime(2022, 8, 11, tzinfo=UTC)
HISTORIES = 100_000


def owes(swabs: list[Swab]) -> Standing:
    """The same question answered another way: debts in the order of time, paid by what comes after them."""
    debts: list[str] = []
    waiting = positive = cleared = False
    for one in sorted(swabs, key=lambda swab: swab.taken_at):
        lost = one.state == TubeState.VOID or bool(one.conflict)
        if not lost and (one.state == TubeState.OPEN or one.outcome is None):
            waiting = True
        elif not lost and one.outcome == Outcome.NEGATIVE:
            cleared = True
            debts = [debt for debt in debts if debt == "single" and one.size != 1]
        elif not lost and one.outcome == Outcome.POSITIVE and one.size == 1:
            positive = True
        elif lost or one.outcome == Outcome.INVALID:
            debts.append("any")
        else:
            debts.append("single")
    if positive:
        return Standing.POSITIVE
    if "single" in debts:
        return Standing.RETEST
    if debts:
        return Standing.RESAMPLE
    if waiting:
        return Standing.AWAITING
    return Standing.NEGATIVE if cleared else Standing.NOT_SAMPLED


def test_nobody_is_cleared_early() -> None:
    draw, cleared = random.Random(811), 0
    for _history in range(HISTORIES):
        swabs = [
            Swab(
                AT + timedelta(minutes=minute),
                draw.choice((1, 1, 5, 10, 20)),
                draw.choice((1, 2, 2, 2, 2, 2, 3)),
                draw.choice(("", "", "", "", "", "overfull")),
                draw.choice((None, 1, 1, 1, 1, 2, 3, 4)),
            )
            for minute in draw.sample(range(600), draw.randint(0, 5))
        ]
        draw.shuffle(swabs)
        standing = standing_of(swabs)
        assert standing is owes(swabs), swabs
        cleared += standing is Standing.NEGATIVE

    assert cleared > HISTORIES / 20  # the histories are not all hopeless


def test_a_later_pool_does_not_answer_for_a_suspect_one_and_a_single_does() -> None:
    suspect = Swab(AT, 10, 2, "", Outcome.POSITIVE)
    later = AT + timedelta(hours=2)

    assert standing_of([suspect, Swab(later, 10, 2, "", Outcome.NEGATIVE)]) is Standing.RETEST
    assert standing_of([suspect, Swab(later, 1, 2, "", Outcome.NEGATIVE)]) is Standing.NEGATIVE
    assert standing_of([Swab(AT - timedelta(hours=1), 1, 2, "", Outcome.NEGATIVE), suspect]) is Standing.RETEST


def test_a_laboratorys_file_is_read_line_by_line_and_each_wrong_line_is_named() -> None:
    rows = [
        (1, ["某检测机构结果单"]),
        (2, ["序号", "管码", "检测结果", "批次", "板号", "孔位", "N基因", "ORF1ab", "检测时间"]),
        (3, ["1", "lh-001", "阴性", "R1", "P1", "A1", "", "", "2022-08-11 14:20"]),
        (4, ["2", "LH-002", "阳性", "R1", "P1", "A2", "31.2", "32.8", "2022/8/11 14:20"]),
        (5, ["3", "4.11122E+17", "阴性", "R1", "P1", "A3", "", "", "2022-08-11 14:20"]),
        (6, ["4", "LH-004", "还行", "R1", "P1", "A4", "", "", "2022-08-11 14:20"]),
        (7, ["5", "LH-005", "阴性", "R1", "P1", "A5", "", "", "昨天"]),
        (8, [""]),
    ]

    found = read_results(rows, zone=UTC)

    assert [(one.tube, one.outcome, one.ct_n) for one in found.readings] == [
        ("LH-001", Outcome.NEGATIVE, None),
        ("LH-002", Outcome.POSITIVE, 31.2),
    ]
    assert found.wrong == ((5, "tube", "number_cut"), (6, "outcome", "unknown_word"), (7, "tested_at", "no_hour"))
    assert not curves_twice(found.readings)


@pytest.mark.parametrize(("counts", "hours"), [((0, 100, 200), 6.0), ((200, 200, 200), None), ((), None)])
def test_the_forecast_goes_on_as_the_last_hours_did(counts: tuple[int, ...], hours: float | None) -> None:
    points = [(AT + timedelta(hours=n), count) for n, count in enumerate(counts)]
    at = AT + timedelta(hours=2)

    found = forecast_end(points, 600, at=at, over_hours=2)

    assert found == (None if hours is None else AT + timedelta(hours=hours))


DAY = timedelta(days=1)
RULE = Rule(clean=3, pause_hours=72, after=1)


def a_round(day: int, *, positive: int = 0, undecided: int = 0, is_closed: bool = True) -> PastRound:
    return PastRound(AT + day * DAY, AT + (day + 0.5) * DAY if is_closed else None, positive, undecided)


THREE = (a_round(0), a_round(1), a_round(2))


@pytest.mark.parametrize(
    ("rounds", "day", "step", "clean"),
    [
        ((a_round(0), a_round(1)), 2, Step.TEST, 2),
        (THREE, 3, Step.PAUSE, 3),
        (THREE, 6, Step.AGAIN, 3),
        ((*THREE, a_round(4)), 5, Step.PAUSE, 3),  # within the pause: none of those after it
        ((*THREE, a_round(6)), 7, Step.STOP, 3),
        ((*THREE, a_round(6, is_closed=False)), 7, Step.AGAIN, 3),
        ((*THREE, a_round(6, positive=1)), 7, Step.TEST, 0),
        ((*THREE, a_round(6, undecided=9)), 7, Step.WAIT, 3),
        ((a_round(0), a_round(1), a_round(2, undecided=1)), 3, Step.WAIT, 2),
        ((a_round(0, positive=2), a_round(1)), 2, Step.TEST, 1),
    ],
)
def test_testing_stops_after_clean_rounds_a_pause_and_one_more(
    rounds: tuple[PastRound, ...], day: int, step: Step, clean: int
) -> None:
    found = stopping(rounds, RULE, at=AT + day * DAY)

    assert (found.step, found.clean) == (step, clean)


def test_a_rule_without_a_round_after_its_pause_stops_at_once() -> None:
    assert stopping(THREE, Rule(clean=3, pause_hours=0, after=0), at=AT + 3 * DAY).step is Step.STOP
