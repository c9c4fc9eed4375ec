"""Who may work where and for how long: kinds of staff, shifts, rest, heat. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

KINDS = ("sampler", "registrar", "volunteer", "cadre")
# Swabs are taken by whoever was trained for it; the others may stand anywhere else.
TRAINED = ("sampler",)


@dataclass(frozen=True, slots=True)
class Hours:
    """most: of one shift; in_heat: of one in protective clothing in the heat; rest: between two shifts."""

    most: float
    in_heat: float
    rest: float


def too_long(starts_at: datetime, ends_at: datetime, hours: Hours, *, is_hot: bool) -> float | None:
    """Return the hours that a shift may last if this one is longer, else nothing."""
    most = hours.in_heat if is_hot else hours.most
    return most if ends_at - starts_at > timedelta(hours=most) else None


def is_trained(kind: str, trained_until: date | None, on: date) -> bool:
    """Say whether somebody may do the work of his kind on a day."""
    return kind not in TRAINED or (trained_until is not None and trained_until >= on)
