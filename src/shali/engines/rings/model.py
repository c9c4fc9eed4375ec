"""What the room is asked and what it answers. Times are whole seconds since `EPOCH`; people and places are codes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

EPOCH = 946_684_800  # 2000-01-01T00:00:00 as seconds since 1970: int32 seconds around it reach from 1932 to 2068
EARLIEST, LATEST = -(2**31) + 1, 2**31 - 2
UNKNOWN_SEAT = -(2**15)

Codes = NDArray[np.int32]
Seconds = NDArray[np.int32]
Seats = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When being in one place counts as a contact. The values are those of a disease profile; the caller brings them.

    at_least: seconds. Two people's *encounters* are the longest unbroken spans in which both were in a same place, in
        the time that counts. Their total is compared with this limit, and exactly the limit is a contact. Each
        moment counts once, however many visits or places (a shop in a mall) say that they were together.
    encounter: seconds. Encounters shorter than this are left out before adding up. 0: all are added.
    rows_apart: how many rows (or metres) apart two visits of one place may be seated; a visit without a seat is
        near to everybody. None: seats do not matter.
    second_at_least: seconds, the limit of the second ring. None: the same as `at_least`.
    latent: seconds from a contact's first exposure until they expose others.
    """

    at_least: int = 600
    encounter: int = 0
    rows_apart: int | None = None
    second_at_least: int | None = None
    latent: int = 0

    def __post_init__(self) -> None:
        for name in ("at_least", "encounter", "rows_apart", "second_at_least", "latent"):
            if (getattr(self, name) or 0) < 0:
                raise BadThreshold(f"{name} is {getattr(self, name)}; it must not be below 0.")

    @property
    def of_second(self) -> int:
        return self.at_least if self.second_at_least is None else self.second_at_least


class BadThreshold(ValueError):
    """A limit that cannot be."""


@dataclass(frozen=True, slots=True)
class Windows:
    """The spans in which a case exposes others: a person may have several. end >= start."""

    person: Codes
    start: Seconds
    end: Seconds

    def __len__(self) -> int:
        return len(self.person)


@dataclass(frozen=True, slots=True)
class Contacts:
    """Rows of one length, sorted by order, source, target, through.

    through: the contact by whom a source reaches a target of the second ring; -1 in the first.
    seconds: together in all; first, last: when the first encounter began and the last one ended.
    place, places: row i was together at `place[places[i] : places[i + 1]]`, each named once.
    """

    source: Codes
    target: Codes
    through: Codes
    order: NDArray[np.int8]
    seconds: NDArray[np.int64]
    first: Seconds
    last: Seconds
    place: Codes
    places: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.source)
