"""What stands at the end of an address, and where that is: estate, building, entrance, floor, door. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

# From what a door's place is known, the nearest first.
KNOWN = ("building", "estate", "community", "nowhere")
MOST_TEAMS = 20
Spot = tuple[float, float]  # longitude, latitude

_END = re.compile(
    r"^(?P<estate>\D*?)"
    r"(?:(?P<building>[\dA-Za-z]+(?:号楼|号院|栋|幢|楼|组)))?"
    r"(?:(?P<entrance>\d+)单元)?"
    r"(?:(?P<door>\d{1,5})(?:室|号|户)?)?$"
)


@dataclass(frozen=True, slots=True)
class Door:
    """building: as people write it (3号楼, 5组); floor: 0 where the door's number names none."""

    estate: str
    building: str
    entrance: int
    floor: int
    door: str

    @property
    def stop(self) -> tuple[str, str, int]:
        """What is walked to: within it one goes from floor to floor."""
        return self.estate, self.building, self.entrance


def door_of(address: str, community: str) -> Door:
    """Read the end of an address, behind the name of its community. What is not read stays whole as the estate.

    A door of three digits or more is on the floor that its first digits say: 601 on the sixth, 1203 on the twelfth.
    """
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", address))
    rest = text.rpartition(community)[2] if community and community in text else text
    found = _END.match(rest)
    if found is None:
        return Door(rest, "", 0, 0, "")
    door = found["door"] or ""
    building = found["building"] or ""
    floor = int(door) // 100 if len(door) >= 3 and not building.endswith("组") else 0
    return Door(found["estate"], building, int(found["entrance"] or 0), floor, door)


def place_of(door: Door, named: Mapping[str, Spot]) -> tuple[Spot | None, str]:
    """Return where a door is, by the places that are known in its community, and from what that is known.

    named: "桂苑3号楼" before "桂苑"; a name may begin with the community's. Without any, the middle of the community.
    """
    building = door.estate + door.building
    wanted = [("building", building)] if door.building else []
    if door.estate:
        wanted.append(("estate", door.estate))
    for known, text in wanted:
        spots = [spot for name, spot in sorted(named.items()) if _stands_in(text, name, at_end=True)]
        if spots:
            return spots[0], known
    if door.estate:
        # Buildings of the estate, but not this one: their middle.
        spots = [spot for name, spot in named.items() if _stands_in(door.estate, name)]
        if spots:
            return _middle(spots), "estate"
    return (_middle(list(named.values())), "community") if named else (None, "nowhere")


def _stands_in(text: str, name: str, *, at_end: bool = False) -> bool:
    """Say whether a name holds a text as a whole: 5组 is no part of 15组, nor 2单元 of 12单元."""
    before = r"(?<![0-9A-Za-z])" if re.match(r"[0-9A-Za-z]", text) else ""
    behind = "$" if at_end else r"(?![0-9A-Za-z])" if re.search(r"[0-9A-Za-z]$", text) else ""
    return re.search(before + re.escape(text) + behind, name) is not None


def _middle(spots: list[Spot]) -> Spot:
    return sum(lon for lon, _lat in spots) / len(spots), sum(lat for _lon, lat in spots) / len(spots)
