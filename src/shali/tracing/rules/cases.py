"""Cases: what they may be and become, whence they come, on what evidence."""

from collections.abc import Mapping
from enum import IntEnum


class Classification(IntEnum):
    """What a case is said to be. The order is that of certainty, with what was ruled out last."""

    SUSPECT = 1
    PROBABLE = 2
    CONFIRMED = 3
    ASYMPTOMATIC = 4
    DISCARDED = 5


# From what a case is to what it may be next. A result turned out wrong discards; a discarded one may come back.
STEPS: Mapping[Classification, frozenset[Classification]] = {
    Classification.SUSPECT: frozenset(
        {Classification.PROBABLE, Classification.CONFIRMED, Classification.ASYMPTOMATIC, Classification.DISCARDED}
    ),
    Classification.PROBABLE: frozenset(
        {Classification.CONFIRMED, Classification.ASYMPTOMATIC, Classification.DISCARDED}
    ),
    Classification.ASYMPTOMATIC: frozenset({Classification.CONFIRMED, Classification.DISCARDED}),
    Classification.CONFIRMED: frozenset({Classification.DISCARDED}),
    Classification.DISCARDED: frozenset(
        {Classification.SUSPECT, Classification.CONFIRMED, Classification.ASYMPTOMATIC}
    ),
}
INFECTED = frozenset({Classification.PROBABLE, Classification.CONFIRMED, Classification.ASYMPTOMATIC})

EVIDENCE = ("laboratory_result", "clinical_finding", "other_city_report", "expert_review", "retest_negative", "mistake")
ORIGINS = ("laboratory", "other_city", "by_hand", "contact")
CASE_SOURCE_CERTAINTY = ("proven", "inferred")

TRANSPORTS = ("walk", "bicycle", "car", "taxi", "bus", "coach", "train", "flight", "ship", "other")
# Where the seat says who sat near.
SEATED = frozenset({"coach", "train", "flight"})


def may_become(before: Classification, after: Classification) -> bool:
    return after in STEPS[before]


def required_investigators(*, new_cases: int, per_case: float, cases_per_day: float) -> int:
    """Return how many investigators a day's new cases need: teams of `per_case`, each with `cases_per_day`."""
    return -int(-(new_cases * per_case) // cases_per_day) if cases_per_day else 0
