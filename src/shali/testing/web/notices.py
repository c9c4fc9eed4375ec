"""The notice at each door: where its people go, in which quarter of an hour, with the way there as a code."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shali.foundation.ui.qr import Drawn, drawn
from shali.testing.queries.calling import GroupCall, Window
from shali.testing.queries.plans import PlanView, PointLine, SiteLine

SLOT = timedelta(minutes=15)
CALLED = 2 / 3  # of the hours; the rest is for who is late


@dataclass(frozen=True, slots=True)
class Notice:
    """number: of the point in the plan, 0 for a group's; metres, minutes: of the way, None where it is not known."""

    name: str
    people: int
    site: str
    number: int
    metres: float | None
    minutes: float | None
    from_at: datetime
    to_at: datetime
    code: Drawn | None
    is_group: bool = False


def notices_of(view: PlanView, windows: Sequence[Window]) -> list[Notice]:
    """Call the places of each site one after the other over two thirds of their hours, in proportion to their people.

    windows: for each place of the plan, in its order; places of one point with hours of their own queue by themselves
    """
    found = []
    for site in view.sites:
        queues: dict[Window, list[PointLine]] = defaultdict(list)
        for point, window in zip(view.points, windows, strict=True):
            if point.site == site.place:
                queues[window].append(point)
        for window in sorted(queues, key=lambda one: (one.starts_at, one.ends_at)):
            found += _in_turn(site, sorted(queues[window], key=lambda one: one.metres), window)
    return found


def notices_of_groups(groups: Sequence[GroupCall]) -> list[Notice]:
    """A notice for each group, with the hours that were given to it."""
    return [
        Notice(
            one.name, one.people, one.site, 0, None, None, one.starts_at, one.ends_at,
            _way(one.lat, one.lon) if one.lat is not None and one.lon is not None else None, is_group=True,
        )
        for one in groups
    ]  # fmt: skip


def _in_turn(site: SiteLine, points: Sequence[PointLine], window: Window) -> list[Notice]:
    hours = (window.ends_at - window.starts_at) * CALLED
    everybody = max(sum(one.people for one in points), 1)
    code = _way(site.lat, site.lon)
    found, begun = [], 0
    for point in points:
        begins = window.starts_at + hours * (begun / everybody)
        begun += point.people
        ends = window.starts_at + hours * (begun / everybody)
        first = _down(begins, window.starts_at)
        last = min(window.ends_at, max(first + SLOT, _down(ends + SLOT, window.starts_at)))
        found.append(
            Notice(point.name, point.people, site.name, site.number, point.metres, point.minutes, first, last, code)
        )
    return found


def _way(lat: float, lon: float) -> Drawn:
    return drawn(f"geo:{lat:.5f},{lon:.5f}")


def _down(at: datetime, begins: datetime) -> datetime:
    return begins + SLOT * int((at - begins) / SLOT)
