"""The residents of one community: households of plausible people, the same from the same seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from shali.config.city.figures import (
    COLLECTIVE_SHARE,
    COLLECTIVE_SIZES,
    COUNTED_ON,
    FAMILY_SIZES,
    FAMILY_WEIGHTS,
    Birth,
    Census,
)
from shali.config.demo.residents import (
    AREA,
    OTHER_NAMES,
    Community,
    given_name,
    home_address,
    mobile,
    phones_of,
    surname,
)
from shali.foundation.people.rules import check_character

_ADULT, _OLD = 15, 60


@dataclass(frozen=True, slots=True)
class Member:
    """One invented resident: `number` is his place in the whole city, from 0."""

    number: int
    name: str
    birth: Birth
    id_number: str
    passport: str
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Home:
    address: str
    members: tuple[Member, ...]


def homes(census: Census, community: Community, *, first: int, people: int, seed: int) -> Iterator[Home]:
    """Yield the households of one community, whose people have the numbers from `first` on."""
    draw = random.Random(f"{seed}:{community.code}")  # noqa: S311  a city that two machines make alike
    pools = _Pools(census, draw, first, people)
    left = people
    while left:
        together = draw.random() < COLLECTIVE_SHARE
        size = draw.choice(COLLECTIVE_SIZES) if together else draw.choices(FAMILY_SIZES, FAMILY_WEIGHTS)[0]
        size = min(size, left)
        left -= size
        numbers = pools.strangers(size) if together else pools.family(size)
        yield _home(draw, home_address(draw, community), numbers, together=together)


class _Pools:
    """People not yet in a household, by age, so that each family has a grown-up and children have parents."""

    def __init__(self, census: Census, draw: random.Random, first: int, people: int) -> None:
        self.draw = draw
        self.pools: dict[tuple[int, int], list[tuple[int, Birth]]] = {(a, s): [] for a in range(3) for s in (1, 2)}
        for number in range(first, first + people):
            birth = census.birth(number)
            self.pools[(_age_group(birth.on), birth.sex)].append((number, birth))
        for pool in self.pools.values():
            draw.shuffle(pool)

    def family(self, size: int) -> list[tuple[int, Birth]]:
        group = 2 if self.draw.random() < 0.24 else 1
        head = self._take([(group, 1), (group, 2), (1, 1), (1, 2), (2, 1), (2, 2)], any_first=2)
        members = [head]
        if size > 1:
            other = 3 - head[1].sex
            members.append(self._take([(group, other), (1, other), (2, other), (1, head[1].sex)]))
        while len(members) < size:
            members.append(self._take([(0, 1), (0, 2), (1, 1), (1, 2), (2, 2), (2, 1)], any_first=2))
        return members

    def strangers(self, size: int) -> list[tuple[int, Birth]]:
        return [self._take([(1, 1), (1, 2), (2, 1), (2, 2)], any_first=2) for _ in range(size)]

    def _take(self, wished: list[tuple[int, int]], any_first: int = 1) -> tuple[int, Birth]:
        """Take from the first pool that has somebody; of the first `any_first`, by their sizes."""
        sizes: list[int] = [len(self.pools[one]) for one in wished[:any_first]]
        if any_first > 1 and any(sizes):
            return self.pools[self.draw.choices(wished[:any_first], sizes)[0]].pop()
        for one in (*wished, *self.pools):
            if self.pools[one]:
                return self.pools[one].pop()
        raise AssertionError("more members than people")


def _age_group(on: date) -> int:
    age = (COUNTED_ON - on).days // 365
    return 0 if age < _ADULT else 1 if age < _OLD else 2


def _home(draw: random.Random, address: str, people: list[tuple[int, Birth]], *, together: bool) -> Home:
    family, shared = surname(draw), mobile(draw)
    members = []
    for place, (number, birth) in enumerate(people):
        # Spouses keep their own names; whoever lives in a collective household is nobody's relative.
        own = surname(draw) if together or (place == 1 and draw.random() < 0.9) else family
        name = draw.choice(OTHER_NAMES) if draw.random() < 0.0015 else own + given_name(draw, birth.sex)
        start = f"{AREA}{birth.on:%Y%m%d}{birth.serial:03d}"
        passport = f"XC{number:07d}" if draw.random() < 0.02 else ""
        phones = tuple(dict.fromkeys(phones_of(draw, birth.on, shared)))
        members.append(Member(number, name, birth, start + check_character(start), passport, phones))
    return Home(address, tuple(members))
