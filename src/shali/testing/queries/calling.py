"""When the people of a place, and groups, are called to their point: by the hours of their zone, point and group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from shali.foundation.jurisdictions.rules import lies_in
from shali.foundation.jurisdictions.scope import Scope, within
from shali.testing.models import Cover, GroupTime, Site, SitePlan, Zone
from shali.testing.queries.find import plan_in_scope


@dataclass(frozen=True, slots=True)
class Window:
    """Within which hours people of a place are called."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class GroupCall:
    """A group with hours of its own. site: the name of its point, '' where none is known yet; lat, lon: of it."""

    name: str
    people: int
    starts_at: datetime
    ends_at: datetime
    site: str
    lat: float | None
    lon: float | None


def windows_of(scope: Scope, plan: str) -> list[Window]:
    """Return for each place of a plan, in its order, within which hours its people are called.

    Those of the innermost zone where they live, else of the round; of a plan that was taken never outside the hours
    of the point that covers them now.
    """
    one = plan_in_scope(scope, plan)
    zones = sorted(Zone.objects.filter(round=one.round), key=lambda zone: -len(zone.path))
    sites = _sites_of(one) if one.taken_at is not None else {}
    return [_window(one, unit, _covering(sites, unit, name), zones) for name, unit, *_place in one.points]


def groups_called(scope: Scope, plan: str) -> list[GroupCall]:
    """Return the groups that have hours of their own in the round of a plan, the first to come on top."""
    one = plan_in_scope(scope, plan)
    rows = GroupTime.objects.filter(within(scope.path), round=one.round, group__closed_at=None)
    rows = rows.annotate(people=Count("group__members", filter=Q(group__members__left_at=None)))
    sites = _sites_of(one)
    found = []
    for time in rows.select_related("group", "site").order_by("starts_at", "group_id"):
        site = time.site or _covering(sites, time.group.path, "")
        found.append(
            GroupCall(
                time.group.name, time.people, time.starts_at, time.ends_at, site.name if site else "",
                site.latitude if site else None, site.longitude if site else None,
            )
        )  # fmt: skip
    return found


def _window(one: SitePlan, unit: str, site: Site | None, zones: Sequence[Zone]) -> Window:
    starts, ends = one.round.starts_at, one.round.ends_at
    zone = next((zone for zone in zones if unit and lies_in(unit, zone.path)), None)
    if zone is not None:
        starts, ends = zone.starts_at or starts, zone.ends_at or ends
    if site is None:
        return Window(starts, ends)
    inner = max(starts, site.opens_at), min(ends, site.closes_at)
    # Where the two do not meet nobody is at the point in the zone's hours: the point's are the ones that can be kept.
    return Window(*inner) if inner[0] < inner[1] else Window(site.opens_at, site.closes_at)


def _sites_of(one: SitePlan) -> Mapping[tuple[str, str], Site]:
    """Return the open point of every unit and named place that is covered in the round."""
    rows = Cover.objects.filter(round=one.round, site__closed_at=None).select_related("site")
    return {(row.path, row.place): row.site for row in rows}


def _covering(sites: Mapping[tuple[str, str], Site], unit: str, place: str) -> Site | None:
    """Return the point of a place: its own, else that of its unit, else that of the nearest unit above."""
    if (unit, place) in sites:
        return sites[unit, place]
    parts = unit.split(".")
    above = (".".join(parts[:depth]) for depth in range(len(parts), 0, -1))
    return next((sites[path, ""] for path in above if (path, "") in sites), None)
