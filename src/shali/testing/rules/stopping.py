"""When the testing of an area ends: so many clean rounds in a row, a pause, and so many more after it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Step(StrEnum):
    """TEST: rounds go on. WAIT: a closed round has people without a result. AGAIN: the pause is over."""

    TEST = "test"
    WAIT = "wait"
    PAUSE = "pause"
    AGAIN = "again"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class PastRound:
    """A round of an area. closed_at: None while it is not; undecided: people without a result in force."""

    starts_at: datetime
    closed_at: datetime | None
    positive: int
    undecided: int


@dataclass(frozen=True, slots=True)
class Rule:
    """clean: rounds in a row without a positive; then a pause of hours; then `after` more clean rounds (0: none)."""

    clean: int
    pause_hours: float
    after: int


@dataclass(frozen=True, slots=True)
class Stopping:
    """clean, more: clean rounds in a row before the pause and after it; until: the end of the pause once it began."""

    step: Step
    clean: int
    more: int
    until: datetime | None


def stopping(rounds: Sequence[PastRound], rule: Rule, *, at: datetime) -> Stopping:
    """Say how far an area is, by its rounds in order. Open rounds are passed over; a positive begins everything anew.

    A round counts as clean once nobody in it is without a result; one begun within the pause is none of those after it.
    """
    clean, more, until, waits = 0, 0, None, False
    for one in rounds:
        if one.positive:
            clean, more, until, waits = 0, 0, None, False
        elif one.closed_at is not None and one.undecided:
            waits = True
        elif one.closed_at is not None and not waits:
            if until is not None:
                more += one.starts_at >= until
                continue
            clean += 1
            if clean >= rule.clean:
                until = one.closed_at + timedelta(hours=rule.pause_hours)
    return Stopping(_step(rule, more, until, waits=waits, at=at), clean, more, until)


def _step(rule: Rule, more: int, until: datetime | None, *, waits: bool, at: datetime) -> Step:
    if until is not None and more >= rule.after:
        return Step.STOP
    if waits:
        return Step.WAIT
    if until is None:
        return Step.TEST
    return Step.PAUSE if at < until else Step.AGAIN
