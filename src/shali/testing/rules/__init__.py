"""What an officer could dispute about mass testing: pools, standings, exemptions. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

# One tube holds so many people (swab pooling of 5, 10 and 20 is validated, mixing of tubes in the laboratory is not).
POOL_SIZES = (1, 5, 10, 20)
SINGLE = 1
# A household in one tube: as many as live behind one door, fifteen at most. A size like the others, that no other has.
HOUSEHOLD = 15
ANY_SIZE = sorted({*POOL_SIZES, HOUSEHOLD})
EXEMPTIONS = (
    *("under_two", "vaccinated_48h", "tested_24h", "isolated", "daily_tested", "left_city", "deceased", "medical"),
    "recovered_3m",
)
# Why a tube is void, in the words of the table.
VOID_WHYS = ("broken", "label", "mixed_up")
METRES_A_MINUTE = 75.0  # on foot: a walk of 15 minutes is about 1,100 metres
MISSING = ("not_at_home", "refused", "unreachable", "abroad", "unknown")


def may_hold(people: int, size: int, most: int) -> bool:
    """Say whether a tube of a size may hold so many people where tubes are of another size at most.

    Where each household has a tube of its own, people of several share none: only tubes for one, or for a household.
    """
    return people <= most and (most != HOUSEHOLD or size in (SINGLE, HOUSEHOLD))


class RoundState(IntEnum):
    PLANNED = 1
    OPEN = 2
    CLOSED = 3


class TubeState(IntEnum):
    OPEN = 1
    SEALED = 2
    VOID = 3


class Outcome(IntEnum):
    """What a laboratory says of a tube."""

    NEGATIVE = 1
    POSITIVE = 2
    DOUBTFUL = 3
    INVALID = 4


class Standing(IntEnum):
    """Where a person stands in a round. RETEST: his pool was positive or doubtful; he is not."""

    NOT_SAMPLED = 0
    AWAITING = 1  # sampled, no result yet
    RETEST = 2  # a single sample is owed
    RESAMPLE = 3  # the sample was lost: void tube, no valid result, a conflict over the tube
    NEGATIVE = 4
    POSITIVE = 5


class Tallied(IntEnum):
    """What the sums of a round are of."""

    PEOPLE = 1  # of the roster and guests, by where they stand
    CURVE = 2  # of the roster, by the quarter of an hour in which they were sampled; by township alone
    IN_TUBES = 3  # people with a sample that is bound to a tube, counted from the samples
    TUBES = 4  # at the point where they were filled


class Grain(IntEnum):
    """Whose path a sum of a round counts for."""

    OWN = 1  # where somebody lives, where a point stands
    TOWNSHIP = 2  # its township, or itself where it stands higher: what the city and counties sum


TOWNSHIP_PARTS = 3  # city.county.township


def grain_of(path: str, *, parts: int = 0) -> Grain:
    """Return the coarsest sums that add up to a unit; parts: how deep they tell units apart, else its own depth."""
    return Grain.TOWNSHIP if max(parts, len(path.split("."))) <= TOWNSHIP_PARTS else Grain.OWN


OWES = (Standing.RETEST, Standing.RESAMPLE)


@dataclass(frozen=True, slots=True)
class Swab:
    """One sample of a person and what became of its tube. outcome: None while no result is in force."""

    taken_at: datetime
    size: int
    state: int
    conflict: str
    outcome: int | None


def standing_of(swabs: Sequence[Swab]) -> Standing:
    """Say where a person stands by all his samples that are bound to a tube.

    Nobody is negative while a sample of his is open, or was lost, or lay in a pool that was positive or doubtful,
    unless a later one answers for it: a single one where the pool was suspect, any negative one where it was lost.
    """
    if any(one.size == SINGLE and _said(one) is Outcome.POSITIVE for one in swabs):
        return Standing.POSITIVE
    negative = [one for one in swabs if _said(one) is Outcome.NEGATIVE]
    owed = {_owed(one) for one in swabs if not _is_answered(one, negative)}
    for standing in (Standing.RETEST, Standing.RESAMPLE, Standing.AWAITING):
        if standing in owed:
            return standing
    return Standing.NEGATIVE if negative else Standing.NOT_SAMPLED


def _said(one: Swab) -> Outcome | None:
    """Return what the laboratory says of a sample; nothing of a tube whose people are in doubt, or that is no more."""
    if one.state != TubeState.SEALED or one.conflict or one.outcome is None:
        return None
    return Outcome(one.outcome)


def _owed(one: Swab) -> Standing | None:
    said = _said(one)
    if said in (Outcome.POSITIVE, Outcome.DOUBTFUL):
        return Standing.RETEST
    if one.state == TubeState.VOID or one.conflict or said is Outcome.INVALID:
        return Standing.RESAMPLE
    return Standing.AWAITING if said is None else None


def _is_answered(one: Swab, negative: Sequence[Swab]) -> bool:
    """Say whether a later negative sample takes the place of this one. An open sample waits for its own result."""
    owed = _owed(one)
    if owed is None:
        return True
    if owed is Standing.AWAITING:
        return False
    suspect = owed is Standing.RETEST
    return any(other.taken_at > one.taken_at and (other.size == SINGLE or not suspect) for other in negative)


@dataclass(frozen=True, slots=True)
class Balance:
    """A round in numbers that must agree; each is counted from its own rows."""

    roster: int
    sampled: int
    exempt: int
    named_missing: int
    not_sampled: int
    guests: int
    people_in_tubes: int
    tubes: int
    tubes_received: int
    tubes_void: int
    tubes_missing: int
    tubes_resulted: int
    parked: int
    swabs: int = 0  # bound to a tube, as events
    people_swabbed: int = 0
    members: int = 0  # of tubes, as each tube counts them
    events: int = 0  # written by devices, as far as they say
    events_done: int = 0
    events_again: int = 0
    events_parked: int = 0
    events_waiting: int = 0  # here, not opened yet
    events_held: int = 0  # on devices, not here
    on_paper: int = 0
    devices_open: int = 0  # that hold something for which nobody answers by name
    merged: int = 0  # lines that are the same person as another line

    @property
    def to_come(self) -> int:
        """Everybody who is to be sampled, once: the roster without the exempt and without lines of merged records."""
        return self.roster - self.exempt - self.merged

    @property
    def people_off_by(self) -> int:
        """The roster is who was sampled, exempt, missing by name, on another line since a merge, or still to come."""
        return self.roster - self.sampled - self.exempt - self.named_missing - self.merged - self.not_sampled

    @property
    def samples_off_by(self) -> int:
        return self.sampled + self.guests - self.people_in_tubes

    @property
    def tubes_off_by(self) -> int:
        return self.tubes - self.tubes_received - self.tubes_void - self.tubes_missing

    @property
    def swabs_off_by(self) -> int:
        """People are events are members of tubes; somebody swabbed twice is one person and two events."""
        return self.members - self.swabs

    @property
    def events_off_by(self) -> int:
        here = self.events_done + self.events_again + self.events_parked + self.events_waiting
        return self.events - here - self.events_held

    @property
    def may_close(self) -> bool:
        """A round closes when nobody is left, nothing is parked, every tube is somewhere, and all of it balances.

        Nor over what is known to lie on devices or on paper, unless somebody answers for each such device by name.
        """
        is_even = not (self.people_off_by or self.samples_off_by or self.tubes_off_by or self.swabs_off_by)
        is_here = not (self.devices_open or self.events_waiting)
        is_done = not (self.not_sampled or self.parked)
        return is_even and is_here and is_done and self.tubes_resulted == self.tubes_received


@dataclass(frozen=True, slots=True)
class Reading:
    """One result as a laboratory sends it; ct: cycle thresholds of the N and the ORF1ab gene, None where none rose."""

    tube: str
    outcome: Outcome
    run: str
    plate: str
    well: str
    ct_n: float | None
    ct_orf: float | None
    tested_at: datetime


# Two curves alike to the hundredth of a cycle, both genes, in one run are one curve written twice.
def curves_twice(readings: Sequence[Reading]) -> list[str]:
    """Return the tubes whose curve stands in the same file for another tube."""
    seen: dict[tuple[str, float, float], str] = {}
    found: list[str] = []
    for one in readings:
        if one.ct_n is None or one.ct_orf is None:
            continue
        curve = (one.run, round(one.ct_n, 2), round(one.ct_orf, 2))
        if curve in seen and seen[curve] != one.tube:
            found += [seen[curve], one.tube]
        seen.setdefault(curve, one.tube)
    return sorted(set(found))


def wells_twice(readings: Sequence[Reading]) -> list[str]:
    """Return the tubes that share a well of a plate of a run with another tube."""
    seen: dict[tuple[str, str, str], str] = {}
    found: list[str] = []
    for one in readings:
        well = (one.run, one.plate, one.well)
        if one.well and well in seen and seen[well] != one.tube:
            found += [seen[well], one.tube]
        seen.setdefault(well, one.tube)
    return sorted(set(found))


def forecast_end(
    points: Sequence[tuple[datetime, int]], whole: int, *, at: datetime, over_hours: float
) -> datetime | None:
    """Say when the last person would be sampled if it goes on as in the last hours; None when nothing moved.

    points: (hour, people sampled until then), in order; whole: how many are to be sampled
    """
    if not points or points[-1][1] >= whole:
        return None
    since = at - timedelta(hours=over_hours)
    before = [count for hour, count in points if hour <= since]
    begun = before[-1] if before else 0
    start = since if before else points[0][0]
    seconds = (at - start).total_seconds()
    came = points[-1][1] - begun
    if came <= 0 or seconds <= 0:
        return None
    return at + timedelta(seconds=(whole - points[-1][1]) * seconds / came)
