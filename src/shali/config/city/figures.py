"""The census of 2020 as this package has it, shared out exactly: who is how old, of which sex, in what household.

From the census: people, men and women, three bands of age, family and collective households with the people in them.
Invented: how ages lie within a band, how family households of a mean size of 2.93 spread, everything else.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate
from math import gcd

PEOPLE = 2_367_490
MEN = 1_186_981
BANDS = ((0, 14, 481_435), (15, 59, 1_388_273), (60, 92, 497_782))
COLLECTIVE_SHARE = 23_930 / (758_014 + 23_930)
FAMILY_SIZES, FAMILY_WEIGHTS = (1, 2, 3, 4, 5, 6), (190, 260, 220, 170, 85, 75)  # mean 2.925; census 2.9253
COLLECTIVE_SIZES = (3, 4, 5, 6, 7, 8, 9)  # mean 6; census 6.27
COUNTED_ON = date(2022, 8, 10)
# Serials below are the demo city's, should its people stand in the same database.
FIRST_SERIAL = 40
# Birthdays that nobody knew were written as 1 January.
NEW_YEAR_SHARE, NEW_YEAR_UNTIL = 0.04, 1960


@dataclass(frozen=True, slots=True)
class Birth:
    """A day of birth, a sex (1 male, 2 female) and the serial of a resident ID, which no two people share."""

    on: date
    sex: int
    serial: int


@dataclass(frozen=True)
class Census:
    """The census's figures scaled to a number of people; `birth` gives each of them a place of his own in it."""

    people: int

    @cached_property
    def men(self) -> int:
        return round(self.people * MEN / PEOPLE)

    @cached_property
    def _days(self) -> list[date]:
        count = (BANDS[-1][1] + 1) * 365
        return [COUNTED_ON - timedelta(days=count - 1 - n) for n in range(count)]

    @cached_property
    def _starts(self) -> list[int]:
        """How many people are born before each day, and, last, everybody."""
        weights = [0.0] * len(self._days)
        for low, high, people in BANDS:
            younger, older = len(weights) - low * 365, len(weights) - (high + 1) * 365
            for n in range(max(0, older), younger):
                weights[n] = people / (younger - older)
        for n, day in enumerate(self._days):
            if day.year < NEW_YEAR_UNTIL:
                moved, weights[n] = weights[n] * NEW_YEAR_SHARE, weights[n] * (1 - NEW_YEAR_SHARE)
                weights[max(0, n - day.timetuple().tm_yday + 1)] += moved
        return [0, *shares(weights, self.people, running=True)]

    @cached_property
    def _step(self) -> int:
        """A stride without a common factor: any run of numbers is spread over all ages evenly."""
        step = max(1, int(self.people * 0.618_033_988_749))
        while gcd(step, self.people) != 1:
            step += 1
        return step

    def birth(self, number: int) -> Birth:
        """Return what the person of that number (from 0) was born with."""
        slot = number * self._step % self.people
        day = bisect_right(self._starts, slot) - 1
        men_before = slot * self.men // self.people
        is_man = (slot + 1) * self.men // self.people > men_before
        first = self._starts[day]
        men_of_day = men_before - first * self.men // self.people
        used = men_of_day if is_man else slot - first - men_of_day
        return Birth(self._days[day], 1 if is_man else 2, 2 * (FIRST_SERIAL + used) + (1 if is_man else 0))


def shares(weights: Sequence[float], total: int, *, running: bool = False) -> Iterator[int]:
    """Share a whole number out by weights so that the parts add up to it exactly."""
    whole, before = sum(weights), 0
    for upto in accumulate(weights):
        now = round(total * upto / whole)
        yield now if running else now - before
        before = now
