"""Places on a page that another room fills: the page's room names the place, the other hands its part over at start-up.

Capabilities do not know one another; a sampling point's page shows who is on shift without knowing who keeps shifts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Part:
    template: str
    context: Mapping[str, object]


# (scope, public number of what the page is about, path of where it lies, at) -> the part; scopes stand above this room
PartOf = Callable[[Any, str, str, datetime], Part]
_parts: dict[str, list[PartOf]] = {}


def use_slot(place: str, part_of: PartOf) -> None:
    if part_of not in _parts.setdefault(place, []):
        _parts[place].append(part_of)


def parts_of(place: str, scope: Any, about: str, path: str, at: datetime) -> list[Part]:
    """Return what other rooms put at a place of a page."""
    return [part_of(scope, about, path, at) for part_of in _parts.get(place, ())]
