"""What the meeting is asked to decide."""

from datetime import timedelta

from shali.board.rules import Line, child_of, findings, nice_top, ramp_step


def line(path: str, **more: object) -> Line:
    plain = {"open": 10, "open_before": 10, "overdue": 0, "longest": timedelta(0), "two_hours": 0, "not_accepted": 0}
    return Line(path=path, **(plain | more))  # type: ignore[arg-type]  # numbers and spans by name


def test_at_most_three_findings_the_gravest_first():
    late = line("a", overdue=17, longest=timedelta(hours=6, minutes=40))
    more = line("b", overdue=30, longest=timedelta(hours=1), two_hours=5, not_accepted=4, open=40)

    found = findings([late, more])

    assert [(one.kind, one.path, one.number) for one in found] == [
        ("overdue_beyond", "a", 17),
        ("two_hours", "b", 5),
        ("not_accepted", "b", 4),
    ]


def test_a_quiet_evening_asks_nothing():
    assert findings([line("a"), line("b", open=9)]) == ()


def test_the_unit_just_below():
    assert child_of("4111.02.001.003", "4111") == "4111.02"
    assert child_of("4111.02.001.003", "4111.02") == "4111.02.001"
    assert child_of("4111.02", "4111.02") == "4111.02"


def test_the_ramp_and_the_axis():
    assert [ramp_step(n, 12) for n in (0, 1, 2, 6, 11, 12)] == [1, 1, 2, 4, 6, 6]
    assert ramp_step(0, 0) == 1
    assert [nice_top(n) for n in (0, 10, 11, 51, 2316)] == [10, 10, 20, 100, 5000]
