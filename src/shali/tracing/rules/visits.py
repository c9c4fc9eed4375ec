"""Whether somebody was at a place in a time window."""

from datetime import datetime


def was_in(window: tuple[datetime, datetime], came: datetime, left: datetime | None) -> bool:
    """Whether a visit touches a window, its ends included. left: None where nobody wrote down when he went."""
    return came <= window[1] and (left if left is not None and left >= came else came) >= window[0]
