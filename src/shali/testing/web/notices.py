"""The notice at each door: where its people go, in which quarter of an hour, with the way there as a code."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shali.testing.queries.plans import PlanView
from shali.testing.web.qr import Drawn, drawn

SLOT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Notice:
    name: str
    people: int
    site: str
    number: int
    metres: float
    minutes: float
    from_at: datetime
    to_at: datetime
    code: Drawn


def notices_of(view: PlanView) -> list[Notice]:
    """Call the places of each site one after the other over two thirds of the round, in proportion to their people."""
    hours = (view.ends_at - view.starts_at) * 2 / 3
    found = []
    for site in view.sites:
        code = drawn(f"geo:{site.lat:.5f},{site.lon:.5f}")
        begun = 0
        for point in sorted((one for one in view.points if one.site == site.place), key=lambda one: one.metres):
            begins = view.starts_at + hours * (begun / max(site.people, 1))
            begun += point.people
            ends = view.starts_at + hours * (begun / max(site.people, 1))
            first = _down(begins, view.starts_at)
            last = max(first + SLOT, _down(ends + SLOT, view.starts_at))
            found.append(
                Notice(
                    point.name, point.people, site.name, site.number, point.metres, point.minutes, first, last, code
                )
            )  # fmt: skip
    return found


def _down(at: datetime, begins: datetime) -> datetime:
    return begins + SLOT * int((at - begins) / SLOT)
