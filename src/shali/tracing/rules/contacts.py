"""Contacts: windows, classes, days, what a day brings, and what the last day asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum

# The nine situations of the protocol in which somebody is a close contact, in its order.
SITUATIONS = (
    *("live_together", "cares_for", "aerosol_procedure", "same_space", "shared_meal"),
    *("visitor", "same_vehicle", "contaminated_place", "field_judgement"),
)
PROTECTIONS = ("none", "partly", "effective", "unknown")
CERTAINTIES = ("claimed", "probable", "confirmed")


def infectious_from(*, onset_on: date | None, first_positive_on: date | None, days_before: int) -> date | None:
    """Return the day from which whoever met a case is a contact: before its onset, else before its first positive."""
    anchor = onset_on or first_positive_on
    return anchor - timedelta(days=days_before) if anchor else None


@dataclass(frozen=True, slots=True)
class Met:
    """One contact relationship, as judging needs it. order: 1 met a case, 2 met a contact."""

    order: int
    first_on: date
    last_on: date
    situation: str
    protection: str
    infectious_from: date | None
    infectious_until: date | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """The class of a relationship and why, as a code that pages put into a sentence."""

    contact_class: str
    why: str


def judge(met: Met) -> Judged:
    """Return the class that follows from one relationship.

    Who met a case in one of the nine situations without effective protection, from the first infectious day on, is a
    close contact; who met a close contact so after that contact's own exposure is a contact of a contact; all others
    are general contacts. Source: ninth protocol, annex on close contacts.
    """
    if met.infectious_from is not None and met.last_on < met.infectious_from:
        return Judged("general_contact", "before_infectious")
    if met.infectious_until is not None and met.first_on > met.infectious_until:
        return Judged("general_contact", "after_isolation")
    if met.protection == "effective":
        return Judged("general_contact", "protected")
    if met.order == 1:
        return Judged("close_contact", "met_case")
    return Judged("contact_of_contact", "met_contact")


STRICTNESS = ("general_contact", "contact_of_contact", "close_contact")


def strictest(judged: Sequence[Judged]) -> Judged:
    """Return the class of somebody who was met several times: the strictest of them."""
    return max(judged, key=lambda one: STRICTNESS.index(one.contact_class))


@dataclass(frozen=True, slots=True)
class PlanPhase:
    """One measure of a plan, from the first to the last of its days, both included."""

    measure: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class PlanDays:
    """phases in their order; tests: the days on which one is due; last: the day of release, None without a measure."""

    phases: tuple[PlanPhase, ...]
    tests: tuple[date, ...]

    @property
    def last(self) -> date | None:
        return self.phases[-1].last if self.phases else None

    @property
    def first(self) -> date | None:
        return self.phases[0].first if self.phases else None

    def measure_on(self, day: date) -> str:
        return next((phase.measure for phase in self.phases if phase.first <= day <= phase.last), "")


def plan_days(*, last_exposure_on: date, phases: Sequence[tuple[str, int]], tests: Sequence[int]) -> PlanDays:
    """Return the days of a class counted from the last exposure: day 1 is the day after it.

    phases: measure and days, one after the other; tests: numbers of days
    """
    made: list[PlanPhase] = []
    before = last_exposure_on
    for measure, days in phases:
        last = before + timedelta(days=days)
        made.append(PlanPhase(measure, before + timedelta(days=1), last))
        before = last
    return PlanDays(tuple(made), tuple(last_exposure_on + timedelta(days=day) for day in tests))


class Seen(IntEnum):
    """What a day of observation brought."""

    WELL = 1
    UNWELL = 2
    MISSED = 3  # tried, not reached
    NOT_ATTEMPTED = 4


def missed_in_a_row(statuses: Sequence[int | None]) -> int:
    """Return on how many of the last days, newest first, nobody saw the contact."""
    count = 0
    for status in statuses:
        if status not in (Seen.MISSED, Seen.NOT_ATTEMPTED):
            break
        count += 1
    return count


# What stands between a contact and his release on the last day.
RELEASE_CONDITIONS = ("last_day_reached", "last_day_seen", "seen_well", "tests_done", "tests_negative")


def release_gaps(
    *, last_on: date, today: date, last_day: int | None, tests: Sequence[tuple[bool, bool]]
) -> tuple[str, ...]:
    """Return which conditions of release do not hold.

    last_day: what the newest observation of the last day brought; tests: done, negative for each that was due
    """
    gaps = []
    if today < last_on:
        gaps.append("last_day_reached")
    if last_day is None or last_day in (Seen.MISSED, Seen.NOT_ATTEMPTED):
        gaps.append("last_day_seen")
    elif last_day == Seen.UNWELL:
        gaps.append("seen_well")
    if not all(done for done, _ in tests):
        gaps.append("tests_done")
    if any(done and not negative for done, negative in tests):
        gaps.append("tests_negative")
    return tuple(gaps)


# What the ring's list looks for, the gravest first. Each must become empty.
GAPS = (
    *("not_moved", "no_measure", "no_decision", "no_place", "missed_twice", "test_due", "not_observed"),
    "not_released",
)


def is_within(moved_at: datetime | None, *, due_at: datetime, at: datetime) -> bool:
    """Say whether a contact was moved, or still may be, within the limit."""
    return (moved_at or at) <= due_at
