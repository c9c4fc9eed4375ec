"""What a policy officer may dispute about tasks: when a clock is late, who decides between two units."""

from datetime import datetime, timedelta

from shali.foundation.jurisdictions.rules import lies_in


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


def ladder_path(owner: str, to: str) -> str:
    """Return whom a step of the ladder tells: the owner, or the unit of a level above it; "" where there is none.

    A unit is not told above itself: the step "township" of a township's own task has nobody to tell.
    """
    if to == "owner":
        return owner
    parts = owner.split(".")
    depth = {"city": 1, "county": 2, "township": 3, "community": 4}[to]
    return ".".join(parts[:depth]) if depth < len(parts) or (depth == len(parts) == 1) else ""


def may_arbitrate(*, unit: str, arbiter: str, post: str, asked_by: str) -> bool:
    """Say whether a post decides between two units: it sits at their common parent or above, and did not ask."""
    return lies_in(arbiter, unit) and post != asked_by


def may_insist(*, is_refused: bool, is_pending: bool, answer_due_at: datetime, at: datetime) -> bool:
    """Say whether the owner may call the arbiter: the other unit said no, or let the hour for its answer pass."""
    return is_refused or (is_pending and at > answer_due_at)


REFUSAL_REASONS = ("not_ours", "wrong_address", "outside_city", "duplicate", "not_enough_told")
TRANSFER_REASONS = ("lives_there", "stays_there", "works_there", "moved", "wrong_address")
BLOCKED_ON = ("person", "department", "other_city", "no_access", "sender")
ASKS = ("locate_phone", "look_up_household", "look_up_travel", "medical_check", "accompany")
ANSWERS = ("done", "nothing_found", "not_ours")


TOWNSHIP_PARTS = 3
# Hours since hand-over: from, and below; the last without an end.
AGE_BANDS = ((0, 6), (6, 12), (12, 18), (18, 24), (24, None))


def is_kept(path: str) -> bool:
    """Say whether sums are kept that add up to a unit: to the city and to counties; below, tasks are few."""
    return len(path.split(".")) < TOWNSHIP_PARTS


# How long whoever did something to many tasks may take it back: a slip is seen at once, and work begins soon after.
UNDO_WITHIN = timedelta(minutes=30)
HANDED_OVER, ACCEPTED, CLOSED = 1, 2, 3  # the states of a task, as its table has them


def why_skipped(kind: str, *, state: int, is_assigned: bool, is_of_unit: bool, is_here: bool) -> str:
    """Return the code of why an act over many tasks leaves one of them alone, '' when it is done to it.

    kind: accept, assign or remind; is_assigned: to whom it would be assigned; is_of_unit: whose post that is
    """
    if not is_here:
        return "not_here"
    if state == CLOSED:
        return "closed"
    if kind == "accept" and state == ACCEPTED:
        return "accepted"
    if kind == "assign" and not is_of_unit:
        return "other_unit"
    return "assigned" if kind == "assign" and is_assigned else ""


def may_undo(kind: str, *, is_own: bool, asked_at: datetime, at: datetime, is_finished: bool, is_undone: bool) -> bool:
    """Say whether an act over many tasks may be taken back: one's own, finished, lately; nobody unhears a reminder."""
    return kind != "remind" and is_own and is_finished and not is_undone and at - asked_at <= UNDO_WITHIN
