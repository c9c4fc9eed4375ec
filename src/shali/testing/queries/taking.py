"""What taking a plan would do, in sums: whom each point would cover, which units are split, who is left out."""

from collections.abc import Container
from dataclasses import dataclass

from django.db.models import Count

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, within
from shali.testing.models import Cover, Expected, SitePlan
from shali.testing.queries.find import plan_in_scope
from shali.testing.rules.covering import Covering, covering_of_plan

SHOWN = 5


@dataclass(frozen=True, slots=True)
class SiteSum:
    """table: people of the rows; whole: of the roster, in units that come whole; places: named ones of others."""

    place: int
    name: str
    table: int
    whole: int
    units: int
    places: int


@dataclass(frozen=True, slots=True)
class Taking:
    """What a plan's points would cover. Rows that keep it from being taken: nameless and repeated ones.

    split: names of the units that are shared out by address, with how many of the roster live there. kept: people of
    the roster in units that no row names, who stay with the point that covers them today; nowhere: whom none does.
    """

    sites: tuple[SiteSum, ...]
    nameless: tuple[str, ...]
    nameless_rows: int
    nameless_people: int
    repeated: tuple[str, ...]
    split: tuple[tuple[str, int], ...]
    split_people: int
    kept: int
    nowhere: int
    nowhere_units: tuple[str, ...]
    table: int
    roster: int

    @property
    def may_be_taken(self) -> bool:
        return not self.nameless_rows and not self.repeated


def taking_view(scope: Scope, plan: str) -> Taking:
    """Return the sums of taking a plan.

    :raises NotInScope: there is none here
    """
    one = plan_in_scope(scope, plan)
    found = covering_of_plan(one.points, one.served)
    roster = Expected.objects.filter(within(scope.path), round=one.round, guest=False).order_by().values_list("path")
    here: dict[str, int] = dict(roster.annotate(n=Count("pk")))
    today = set(Cover.objects.filter(round=one.round, place="").values_list("path", flat=True))
    nearest = {path: _nearest(path, found.whole) for path in here}
    nowhere = {path: many for path, many in here.items() if not nearest[path] and not _nearest(path, today)}
    split = {unit: sum(many for path, many in here.items() if nearest[path] == unit) for unit in found.split}
    names = dict(Unit.objects.filter(path__in=[*split, *nowhere]).values_list("path", "name"))
    return Taking(
        sites=_sums(one, found, here, nearest),
        nameless=tuple(row.name for row in found.nameless[:SHOWN]),
        nameless_rows=len(found.nameless),
        nameless_people=sum(row.people for row in found.nameless),
        repeated=tuple(dict.fromkeys(row.name for row in found.repeated)),
        split=tuple((names.get(unit, unit), many) for unit, many in split.items()),
        split_people=sum(split.values()),
        kept=sum(many for path, many in here.items() if not nearest[path] and path not in nowhere),
        nowhere=sum(nowhere.values()),
        nowhere_units=tuple(names.get(path, path) for path in list(nowhere)[:SHOWN]),
        table=sum(point[4] for point in one.points),
        roster=sum(here.values()),
    )


def _sums(one: SitePlan, found: Covering, here: dict[str, int], nearest: dict[str, str]) -> tuple[SiteSum, ...]:
    table = dict.fromkeys(one.sites, 0)
    whole, units, places = dict(table), dict(table), dict(table)
    for point, site in zip(one.points, one.served, strict=True):
        table[site] = table.get(site, 0) + point[4]
    for path, many in here.items():
        if nearest[path] and nearest[path] not in found.split:
            whole[found.whole[nearest[path]]] += many
    for unit, site in found.whole.items():
        units[site] += unit not in found.split
    for site, _people in found.named.values():
        places[site] += 1
    return tuple(
        SiteSum(site, one.candidates[site][0], table[site], whole[site], units[site], places[site])
        for site in one.sites
    )


def _nearest(path: str, among: Container[str]) -> str:
    """Return the unit that covers a path: itself, or the nearest above it; '' for none."""
    parts = path.split(".")
    above = (".".join(parts[:depth]) for depth in range(len(parts), 0, -1))
    return next((one for one in above if one in among), "")
