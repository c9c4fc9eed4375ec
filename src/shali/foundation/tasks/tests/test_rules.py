"""What an officer could dispute, as tables."""

from datetime import UTC, datetime, timedelta

import pytest

from shali.foundation.tasks import rules

AT = datetime(2022, 8, 10, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "second", "parent"),
    [
        ("4111.02.001.003", "4111.02.001.004", "4111.02.001"),
        ("4111.02.001.003", "4111.02.002.001", "4111.02"),
        ("4111.02.001.003", "4111.03.001.003", "4111"),
        ("4111.02.001.003", "4111.02", "4111.02"),
        ("4111.02.1", "4111.02.10", "4111.02"),
        ("4111", "4111", "4111"),
    ],
)
def test_the_lowest_unit_above_both_decides(first: str, second: str, parent: str) -> None:
    assert rules.common_parent(first, second) == parent
    assert rules.common_parent(second, first) == parent


@pytest.mark.parametrize(
    ("owner", "to", "told"),
    [
        ("4111.02.001.003", "owner", "4111.02.001.003"),
        ("4111.02.001.003", "township", "4111.02.001"),
        ("4111.02.001.003.g01", "township", "4111.02.001"),
        ("4111.02.001.003", "county", "4111.02"),
        ("4111.02.001.003", "city", "4111"),
        ("4111.02.001", "township", ""),
        ("4111.02", "township", ""),
        ("4111.02", "city", "4111"),
    ],
)
def test_the_ladder_tells_the_owner_or_a_unit_above(owner: str, to: str, told: str) -> None:
    assert rules.ladder_path(owner, to) == told


@pytest.mark.parametrize(
    ("unit", "post", "may"),
    [
        ("4111.02", "post:1", True),
        ("4111", "post:1", True),
        ("4111.02", "post:9", False),  # who asked does not decide
        ("4111.02.001", "post:1", False),
        ("4111.03", "post:1", False),
    ],
)
def test_the_common_parent_or_above_arbitrates(unit: str, post: str, may: bool) -> None:
    assert rules.may_arbitrate(unit=unit, arbiter="4111.02", post=post, asked_by="post:9") is may


@pytest.mark.parametrize(
    ("refused", "pending", "hours", "may"),
    [(True, False, 0, True), (False, True, 0, False), (False, True, 2, True), (False, False, 2, False)],
)
def test_the_arbiter_is_called_after_a_no_or_after_silence(refused: bool, pending: bool, hours: int, may: bool) -> None:
    due = AT + timedelta(hours=1)
    at = AT + timedelta(hours=hours)

    assert rules.may_insist(is_refused=refused, is_pending=pending, answer_due_at=due, at=at) is may


def test_steps_come_by_the_share_of_the_limit_used() -> None:
    steps = [("half", 0.5), ("quarter", 0.75), ("over", 1.0)]

    assert rules.steps_due(used=0.49, steps=steps) == []
    assert rules.steps_due(used=0.8, steps=steps) == ["half", "quarter"]
    assert rules.steps_due(used=1.0, steps=steps) == ["half", "quarter", "over"]
