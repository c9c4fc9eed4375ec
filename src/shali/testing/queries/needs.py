"""Who is needed at the points of a round: desks by the queue engine, samplers and registrars by shift."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, within
from shali.testing.models import Cover, Round, Site
from shali.testing.queries.covered import covered
from shali.testing.queries.find import round_in_scope
from shali.testing.queries.play import CALLED, play_day
from shali.testing.rules import RoundState


@dataclass(frozen=True, slots=True)
class Need:
    """A point with whom it covers. tables: set up there; desks: at which 95 of 100 wait no longer than allowed."""

    site: str
    name: str
    unit: str
    unit_en: str
    opens_at: datetime
    closes_at: datetime
    people: int
    tables: int
    desks: int

    def at(self, starts_at: datetime, ends_at: datetime) -> int:
        """Return how many desks stand open in a part of the hours: once all are called up, one for who is late."""
        called = self.opens_at + (self.closes_at - self.opens_at) * CALLED
        return self.desks if starts_at < called else 1


@dataclass(frozen=True, slots=True)
class People:
    """of_site: whom each point covers; nowhere: whoever no point covers."""

    of_site: Mapping[int, int]
    nowhere: int


def needs_of_round(scope: Scope, made: str, *, at: datetime) -> list[Need]:
    """Return what each open point of a round needs for the people that it covers; by name of the point.

    One sampler and one registrar stand at each desk. Before the roster is frozen the register's number counts.
    """
    row = round_in_scope(scope, made)
    sites = list(
        Site.objects.filter(within(scope.path), round=row, closed_at=None).select_related("unit").order_by("name", "id")
    )
    if not sites:
        return []
    people = people_of_points(scope, row).of_site
    desks = _desks(scope, sites, people, at=at)
    return [
        Need(
            one.public_id, one.name, one.unit.name, one.unit.name_en, one.opens_at, one.closes_at,
            people.get(one.pk, 0), one.tables, desks[one.pk],
        )
        for one in sites
    ]  # fmt: skip


def people_of_points(scope: Scope, row: Round) -> People:
    """Return whom each point of a round covers within the scope; by the register while the roster is not frozen."""
    if row.state == RoundState.PLANNED:
        return People(_registered(list(Cover.objects.filter(round=row))), 0)
    roster = covered(scope, row.pk)
    return People({site: one.people for site, one in roster.of_site.items()}, roster.nowhere.people)


def _desks(scope: Scope, sites: list[Site], people: Mapping[int, int], *, at: datetime) -> dict[int, int]:
    """Return the desks that each point needs. Points of the same hours are played together: a city has a thousand."""
    alike: dict[tuple[datetime, datetime], list[int]] = {}
    for one in sites:
        alike.setdefault((one.opens_at, one.closes_at), []).append(one.pk)
    found: dict[int, int] = {}
    for (opens_at, closes_at), these in alike.items():
        played = play_day(scope, [people.get(one, 0) for one in these], opens_at, closes_at, at=at)
        found |= dict(zip(these, played.tables, strict=True))
    return found


def _registered(covers: list[Cover]) -> dict[int, int]:
    """Return whom each point covers by the register's numbers: of a unit without what finer covers take out of it."""
    number = dict(Unit.objects.filter(path__in={one.path for one in covers}).values_list("path", "population"))
    whole = {one.path: one.site_id for one in covers if not one.place}
    left = {path: number.get(path) or 0 for path in whole}
    found: dict[int, int] = {}
    for one in covers:
        if one.place:
            found[one.site_id] = found.get(one.site_id, 0) + (one.people or 0)
            if one.path in left:
                left[one.path] -= one.people or 0
    for path in whole:
        parts = path.split(".")
        above = (".".join(parts[:depth]) for depth in range(len(parts) - 1, 0, -1))
        nearest = next((one for one in above if one in whole), "")
        if nearest:
            left[nearest] -= number.get(path) or 0
    for path, site in whole.items():
        found[site] = found.get(site, 0) + max(0, left[path])
    return found
