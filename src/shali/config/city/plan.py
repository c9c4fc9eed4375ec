"""What will be made: how many people in which community, how many lists of how many people, cut into parts."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cached_property
from math import gcd

from shali.config.city.figures import PEOPLE, Census, shares
from shali.config.demo.residents import Community

DAYS = 14
LISTS_A_DAY = 20
PART = 10_000  # people to a transaction, about
NOW = datetime(2022, 8, 10, 9, 30, tzinfo=timezone(timedelta(hours=8)))


@dataclass(frozen=True, slots=True)
class Size:
    people: int = PEOPLE
    tasks: int = 1_000_000
    seed: int = 2022


@dataclass(frozen=True, slots=True)
class Share:
    """One community with the people it has: their numbers begin at `first`."""

    community: Community
    unit: int
    path: str
    first: int
    people: int


@dataclass(frozen=True)
class Plan:
    """`first_person`, `first_task`: row numbers taken before anything is made, so that rows may name each other."""

    size: Size
    first_person: int
    first_task: int
    communities: tuple[tuple[Community, int, str], ...]  # with the unit's row and path

    @property
    def seed(self) -> int:
        return self.size.seed

    @property
    def enrolled_at(self) -> str:
        return (NOW - timedelta(days=30)).isoformat()

    @cached_property
    def census(self) -> Census:
        return Census(self.size.people)

    @cached_property
    def shares(self) -> tuple[Share, ...]:
        people = list(shares([one.weight for one, _, _ in self.communities], self.size.people))
        first, found = 0, []
        for (community, unit, path), count in zip(self.communities, people, strict=True):
            found.append(Share(community, unit, path, first, count))
            first += count
        return tuple(found)

    @cached_property
    def parts(self) -> tuple[tuple[Share, ...], ...]:
        """Neighbouring communities, about PART people together."""
        cut: dict[int, list[Share]] = {}
        for share in self.shares:
            if share.people:
                cut.setdefault(share.first // PART, []).append(share)
        return tuple(tuple(part) for part in cut.values())

    @cached_property
    def lists(self) -> tuple[tuple[int, int], ...]:
        """(first task, tasks) of each list, in the order in which they came."""
        count = min(DAYS * LISTS_A_DAY, max(1, self.size.tasks // 10))
        first, found = 0, []
        for tasks in shares([3 + n % 5 for n in range(count)], self.size.tasks):
            found.append((first, tasks))
            first += tasks
        return tuple(found)

    @cached_property
    def _firsts(self) -> list[int]:
        return [share.first for share in self.shares]

    @cached_property
    def _stride(self) -> int:
        stride = max(1, int(self.size.people * 0.381_966))
        while gcd(stride, self.size.people) != 1:
            stride += 1
        return stride

    def subject(self, task: int) -> int:
        """Return whom a task is about: people from all over the city, nobody twice while there are enough."""
        return task * self._stride % self.size.people

    def share_of(self, person: int) -> Share:
        return self.shares[bisect_right(self._firsts, person) - 1]
