"""Whether a point holds whom it covers: people against the most for a point, tables against what the day needs."""

from dataclasses import dataclass
from datetime import datetime

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.policy.rules import number
from shali.testing.models import Cover, GroupTime
from shali.testing.queries.areas import areas_of
from shali.testing.queries.find import site_in_scope
from shali.testing.queries.needs import people_of_points
from shali.testing.queries.play import Assumed, play_day
from shali.testing.rules.areas import is_of


@dataclass(frozen=True, slots=True)
class Fit:
    """most: people to a point; by_rule: tables for so many people; desks: with which the wait is as the rules allow.

    late: people who would begin after the point closes, with the tables that it has; wait_95: minutes
    """

    people: int
    most: int
    tables: int
    by_rule: int
    desks: int
    late: int
    wait_95: float


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit, or a named place of one, that a point may cover. site: name of the point that covers it now, or ''."""

    path: str
    name: str
    name_en: str
    place: str
    site: str
    is_here: bool

    @property
    def code(self) -> str:
        return f"{self.path}|{self.place}"


@dataclass(frozen=True, slots=True)
class GroupHere:
    """A group with hours of its own in the round. site: the name of the point where it comes, or ''."""

    public_id: str
    name: str
    starts_at: datetime
    ends_at: datetime
    site: str
    is_here: bool


def fit_of(scope: Scope, site: str, *, at: datetime) -> Fit:
    """Return how a point holds whom it covers.

    :raises NotInScope: there is none here
    """
    row = site_in_scope(scope, site)
    people = people_of_points(scope, row.round).of_site.get(row.pk, 0)
    played = play_day(scope, [people], row.opens_at, row.closes_at, at=at)
    with_these = play_day(scope, [people], row.opens_at, row.closes_at, at=at, given=_tables(row.tables))
    return Fit(
        people=people,
        most=int(number("people_per_point_high", at).value),
        tables=row.tables,
        by_rule=-(-people // int(number("people_per_table", at).value)),
        desks=played.needed[0],
        late=with_these.late[0],
        wait_95=with_these.wait_95[0],
    )


def choices(scope: Scope, site: str) -> list[Choice]:
    """Return what a point covers, and what it may: units beside it and below it, and the named places of these.

    :raises NotInScope: there is no such point here
    """
    row = site_in_scope(scope, site)
    above = row.path.rpartition(".")[0]
    areas = areas_of(scope, row.round)
    base = above if above and scope.holds(above) else row.path
    covers = list(Cover.objects.filter(within(scope.path), round=row.round).select_related("site"))
    mine = {one.path for one in covers if one.site_id == row.pk}
    units = Unit.objects.filter(within(base), closed_on=None, path__regex=rf"^{_literal(base)}(\.[^.]+)?$")
    known = {one.path: one for one in (*units, *Unit.objects.filter(path__in=mine)) if is_of(one.path, areas)}
    whole = {one.path: one for one in covers if not one.place}
    found = [_choice(unit, "", whole.get(path), row.pk) for path, unit in known.items()]
    found += [_choice(known[one.path], one.place, one, row.pk) for one in covers if one.place and one.path in known]
    return sorted(found, key=lambda one: (not one.is_here, one.path, one.place))


def groups_here(scope: Scope, site: str) -> list[GroupHere]:
    """Return the groups that have hours in the round of a point, those that come here first."""
    row = site_in_scope(scope, site)
    times = GroupTime.objects.filter(within(scope.path), round=row.round, group__closed_at=None)
    found = [
        GroupHere(
            one.group.public_id, one.group.name, one.starts_at, one.ends_at, one.site.name if one.site else "",
            one.site_id == row.pk,
        )
        for one in times.select_related("group", "site")
    ]  # fmt: skip
    return sorted(found, key=lambda one: (not one.is_here, one.starts_at, one.public_id))


def _choice(unit: Unit, place: str, cover: Cover | None, site: int) -> Choice:
    return Choice(
        unit.path, unit.name, unit.name_en, place, cover.site.name if cover else "",
        cover is not None and cover.site_id == site,
    )  # fmt: skip


def _literal(path: str) -> str:
    return path.replace(".", r"\.")


def _tables(many: int) -> Assumed:
    return Assumed(tables=many)
