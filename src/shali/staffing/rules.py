"""Who may work where and for how long: kinds of staff, shifts, rest, heat; whom a call-up may ask. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

KINDS = ("sampler", "registrar", "volunteer", "cadre")
# Swabs are taken by whoever was trained for it; the others may stand anywhere else.
TRAINED = ("sampler",)
ANSWERS = ("accepted", "declined")
TRAINING = ("all", "ended", "soon")


@dataclass(frozen=True, slots=True)
class Hours:
    """most: of one shift; in_heat: of one in protective clothing in the heat; rest: between two shifts."""

    most: float
    in_heat: float
    rest: float


@dataclass(frozen=True, slots=True)
class Why:
    """Why somebody may not be asked: not_trained, busy, not_rested, no_rest_before; until: of the shift in the way."""

    code: str
    until: datetime | None = None


def too_long(starts_at: datetime, ends_at: datetime, hours: Hours, *, is_hot: bool) -> float | None:
    """Return the hours that a shift may last if this one is longer, else nothing."""
    most = hours.in_heat if is_hot else hours.most
    return most if ends_at - starts_at > timedelta(hours=most) else None


def is_trained(kind: str, trained_until: date | None, on: date) -> bool:
    """Say whether somebody may do the work of his kind on a day."""
    return kind not in TRAINED or (trained_until is not None and trained_until >= on)


def training_stands(kind: str, trained_until: date | None, on: date, days: int) -> str:
    """Return how somebody's training stands: not_needed, ended, soon (it ends within so many days) or fine."""
    if kind not in TRAINED:
        return "not_needed"
    if trained_until is None or trained_until < on:
        return "ended"
    return "soon" if trained_until <= on + timedelta(days=days) else "fine"


def why_not(
    starts_at: datetime,
    ends_at: datetime,
    *,
    trained: bool,
    shifts: Sequence[tuple[datetime, datetime, datetime]],
    hours: Hours,
) -> Why | None:
    """Return why somebody may not stand from `starts_at` to `ends_at`, or nothing if he may.

    trained: for his kind, on the day on which the shift ends. shifts: his others, begin, end, and until when he rests
    """
    if not trained:
        return Why("not_trained")
    rested = ends_at + timedelta(hours=hours.rest)
    for begins, ends, free in sorted(shifts):
        if begins < ends_at and starts_at < ends:
            return Why("busy", ends)
        if ends <= starts_at < free:
            return Why("not_rested", free)
        if ends_at <= begins < rested:
            return Why("no_rest_before", begins)
    return None


def windows(opens_at: datetime, closes_at: datetime, hours: float) -> list[tuple[datetime, datetime]]:
    """Cut the hours of a place into equal shifts, none longer than `hours`."""
    count = max(1, -(-int((closes_at - opens_at).total_seconds()) // int(hours * 3600)))
    step = (closes_at - opens_at) / count
    return [(opens_at + step * n, opens_at + step * (n + 1)) for n in range(count)]
