"""The rules against slow, obvious ones that look at every day by itself."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shali.tracing.rules import Seen
from shali.tracing.rules.contacts import (
    PROTECTIONS,
    SITUATIONS,
    Met,
    infectious_from,
    judge,
    missed_in_a_row,
    plan_days,
    release_gaps,
)

DAY = date(2022, 8, 1)
days = st.integers(0, 30).map(lambda n: DAY + timedelta(days=n))
some_day = st.none() | days


@given(st.sampled_from([1, 2]), days, st.integers(0, 6), st.sampled_from(SITUATIONS), st.sampled_from(PROTECTIONS),
       some_day, some_day)  # fmt: skip
def test_a_contact_is_close_when_one_of_the_days_was_infectious_and_nothing_protected(
    order: int, first: date, length: int, situation: str, protection: str, begins: date | None, ends: date | None
) -> None:
    last = first + timedelta(days=length)
    if begins and ends and ends < begins:
        begins, ends = ends, begins
    judged = judge(Met(order, first, last, situation, protection, begins, ends))

    met_on = [first + timedelta(days=n) for n in range(length + 1)]
    infectious = [day for day in met_on if (begins is None or day >= begins) and (ends is None or day <= ends)]
    if not infectious or protection == "effective":
        assert judged.contact_class == "general_contact"
    else:
        assert judged.contact_class == {1: "close_contact", 2: "contact_of_contact"}[order]


@given(
    days, st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(1, 14)), max_size=3), st.sets(st.integers(1, 20))
)
def test_every_day_after_the_last_exposure_has_one_measure_until_the_last(
    exposed: date, phases: list[tuple[str, int]], tests: set[int]
) -> None:
    plan = plan_days(last_exposure_on=exposed, phases=phases, tests=sorted(tests))

    owed = [measure for measure, count in phases for _ in range(count)]
    assert [plan.measure_on(exposed + timedelta(days=n)) for n in range(len(owed) + 2)] == ["", *owed, ""]
    assert plan.last == (exposed + timedelta(days=len(owed)) if owed else None)
    assert [(day - exposed).days for day in plan.tests] == sorted(tests)


@given(st.lists(st.none() | st.sampled_from(list(Seen)), max_size=12))
def test_days_missed_in_a_row_are_the_newest_ones(statuses: list[Seen | None]) -> None:
    text = "".join("m" if one in (Seen.MISSED, Seen.NOT_ATTEMPTED) else "." for one in statuses)

    assert missed_in_a_row(statuses) == len(text) - len(text.lstrip("m"))


@given(
    days, st.integers(-3, 3), st.none() | st.sampled_from(list(Seen)), st.lists(st.tuples(st.booleans(), st.booleans()))
)
def test_release_has_no_gap_exactly_when_everything_holds(
    last: date, offset: int, status: Seen | None, tests: list[tuple[bool, bool]]
) -> None:
    gaps = release_gaps(last_on=last, today=last + timedelta(days=offset), last_day=status, tests=tests)

    holds = offset >= 0 and status == Seen.WELL and all(done and negative for done, negative in tests)
    assert (not gaps) == holds


@given(some_day, some_day, st.integers(0, 5))
def test_a_case_is_infectious_from_days_before_its_onset_or_its_first_positive(
    onset: date | None, positive: date | None, before: int
) -> None:
    found = infectious_from(onset_on=onset, first_positive_on=positive, days_before=before)

    known = [day for day in (onset, positive) if day]
    assert found == (known[0] - timedelta(days=before) if known else None)
