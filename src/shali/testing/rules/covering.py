"""Which point covers whom, out of a plan: units whole where their rows go to one point, else by name. Pure."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a plan: a place with its people, the unit's path ('' if it names none), the point that serves it."""

    name: str
    unit: str
    people: int
    site: int


@dataclass(frozen=True, slots=True)
class Covering:
    """whole: the point of each unit; of a unit that is split, of whoever lives at none of its named places.

    named: of split units, the point and the people of each place. nameless: rows without a unit. repeated: rows of one
    name in a unit that go to different points, so that nobody could tell whose they are.
    """

    whole: Mapping[str, int]
    named: Mapping[tuple[str, str], tuple[int, int]]
    nameless: tuple[Row, ...]
    repeated: tuple[Row, ...]

    @property
    def split(self) -> tuple[str, ...]:
        return tuple(sorted({unit for unit, _name in self.named}))


def covering_of(rows: Iterable[Row]) -> Covering:
    """Share a plan's rows out: each goes to the point that the plan gave it, as finely as the table says."""
    of_unit: dict[str, list[Row]] = defaultdict(list)
    nameless = []
    for one in rows:
        if one.unit:
            of_unit[one.unit].append(one)
        else:
            nameless.append(one)
    whole: dict[str, int] = {}
    named: dict[tuple[str, str], tuple[int, int]] = {}
    repeated: list[Row] = []
    for unit, here in of_unit.items():
        people: Counter[int] = Counter()
        for one in here:
            people[one.site] += one.people
        whole[unit] = max(people, key=lambda site: (people[site], -site))
        if len(people) == 1:
            continue
        for one in here:
            site, known = named.get((unit, one.name), (one.site, 0))
            if site != one.site:
                repeated.append(one)
            named[unit, one.name] = (site, known + one.people)
    return Covering(whole, named, tuple(nameless), tuple(repeated))


def covering_of_plan(points: Sequence[tuple[str, str, float, float, int]], served: Sequence[int]) -> Covering:
    """Share out the rows of a plan as it is kept: name, unit's path, longitude, latitude, people; the site of each."""
    rows = zip(points, served, strict=True)
    return covering_of(Row(name, unit, people, site) for (name, unit, _lon, _lat, people), site in rows)


def unit_named(text: str, units: Sequence[tuple[str, str]]) -> str:
    """Return the path of the deepest unit whose name stands in a row's name; '' for none, or two of one name.

    units: (name, path).
    """
    found = [(path.count("."), len(name), path) for name, path in units if name and name in text]
    if not found:
        return ""
    depth, length, path = max(found)
    return path if sum(one[:2] == (depth, length) for one in found) == 1 else ""


def squeezed(text: str, community: str = "") -> str:
    """Return what stands behind a community's name, without blanks and in one width."""
    bare = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    return bare.rpartition(community)[2] if community and community in bare else bare


def place_at(address: str, community: str, names: Iterable[str]) -> str:
    """Return which of a community's named places an address lies in: the longest name that it begins with; else ''.

    An address of building 13 does not lie in building 1, and neither does one of which only the community is known.
    """
    rest = squeezed(address, community)
    best, found = 0, ""
    for name in names:
        bare = squeezed(name, community)
        if len(bare) > best and rest.startswith(bare) and not (bare[-1].isdigit() and rest[len(bare) :][:1].isdigit()):
            best, found = len(bare), name
    return found
