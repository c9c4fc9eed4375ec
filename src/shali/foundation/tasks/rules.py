"""What a policy officer may dispute about tasks: when a clock is late, who decides between two units."""

from datetime import datetime, timedelta


def clock_state(
    *,
    handed_over_at: datetime,
    due_at: datetime,
    at: datetime,
    soon_share: float,
    is_closed: bool = False,
    is_blocked: bool = False,
) -> str:
    """Return the state that a task's badge shows: done, overdue, blocked, soon or ontime.

    soon_share: from which share of the limit on a task is due soon (0.75: its last quarter)
    Overdue goes before blocked: waiting for somebody does not stop the clock.
    """
    if is_closed:
        return "done"
    if at > due_at:
        return "overdue"
    if is_blocked:
        return "blocked"
    if at >= soon_from(handed_over_at=handed_over_at, due_at=due_at, soon_share=soon_share):
        return "soon"
    return "ontime"


def soon_from(*, handed_over_at: datetime, due_at: datetime, soon_share: float) -> datetime:
    """Return the hour from which a task is due soon."""
    return handed_over_at + soon_share * (due_at - handed_over_at)


def common_parent(first: str, second: str) -> str:
    """Return the path of the lowest unit above both, which decides when they do not agree.

    A unit and one below it have the upper one as their common parent.
    """
    shared: list[str] = []
    for left, right in zip(first.split("."), second.split("."), strict=False):
        if left != right:
            break
        shared.append(left)
    return ".".join(shared)


def steps_due(*, used: float, steps: list[tuple[str, float]]) -> list[str]:
    """Return the ladder's steps whose share of the limit is used up, in order."""
    return [step for step, share in sorted(steps, key=lambda one: one[1]) if used >= share]


def share_used(*, handed_over_at: datetime, due_at: datetime, at: datetime) -> float:
    """Return how much of the limit is used; above 1 it is overdue."""
    return (at - handed_over_at) / max(due_at - handed_over_at, timedelta(seconds=1))
