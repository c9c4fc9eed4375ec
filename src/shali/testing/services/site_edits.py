"""A sampling point changed on its page: whom it covers, which groups come, its tables and hours; evaluated at once."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.ui.refusal import WrongInput
from shali.testing.models import Cover, Expected, GroupTime, Site, Station
from shali.testing.queries.areas import areas_of
from shali.testing.queries.find import site_in_scope
from shali.testing.queries.fit import Fit, fit_of
from shali.testing.queries.needs import People, people_of_points
from shali.testing.queries.zones import zone_of
from shali.testing.rules import RoundState
from shali.testing.rules.areas import is_of
from shali.testing.services.rounds import NotLawful
from shali.testing.services.sites import forget_places

MOST_TABLES = 60
Covered = tuple[str, str]  # a unit's path, and the name of a place of it or ''


@dataclass(frozen=True, slots=True)
class SiteEdit:
    """What is to be so from now on; None: as it is. groups: public numbers of those that come here at their hours."""

    covers: Set[Covered] | None = None
    groups: Set[str] | None = None
    tables: int | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None


@transaction.atomic
def edit_site(*, scope: Scope, site: str, edit: SiteEdit, by: str, at: datetime) -> Fit:
    """Change a point; whom it covers, and whether it holds them, is worked out again at once and returned.

    :raises NotLawful: the point or its round is closed
    :raises WrongInput: somebody would be covered by no point, or more would come than a point takes; hours or tables
        cannot be. The sentence holds both numbers, and nothing was changed.
    """
    row = site_in_scope(scope, site)
    # Two desks at once: who comes second sees what the first has done.
    list(Site.objects.select_for_update().filter(round=row.round, closed_at=None).order_by("pk").values_list("pk"))
    if row.closed_at is not None or row.round.state == RoundState.CLOSED:
        raise NotLawful(_("This point, or its round, is closed."))
    _set_tables(row, edit.tables)
    _set_hours(scope, row, edit)
    row.save(update_fields=["tables", "opens_at", "closes_at"])
    before = people_of_points(scope, row.round)
    if edit.covers is not None:
        _set_covers(scope, row, edit.covers)
    if edit.groups is not None:
        _set_groups(scope, row, edit.groups, by=by, at=at)
    fit = fit_of(scope, site, at=at)
    if edit.covers is not None:
        _judge(row, fit, before, people_of_points(scope, row.round))
    return fit


def _set_tables(row: Site, tables: int | None) -> None:
    if tables is None:
        return
    if not 1 <= tables <= MOST_TABLES:
        raise WrongInput(_("A point has 1 to 60 tables."), fields={"tables": "wrong"})
    last = Station.objects.filter(site=row, revoked_at=None, table__gt=tables).order_by("-table").first()
    if last is not None:
        said = _("A device stands at table %(table)d; %(tables)d tables are asked for. Revoke it first.")
        raise WrongInput(said % {"table": last.table, "tables": tables}, fields={"tables": "device"})
    row.tables = tables


def _set_hours(scope: Scope, row: Site, edit: SiteEdit) -> None:
    opens, closes = edit.opens_at or row.opens_at, edit.closes_at or row.closes_at
    if (opens, closes) == (row.opens_at, row.closes_at):
        return
    zone = zone_of(scope, row.round, row.path)
    if not zone.starts_at <= opens < closes <= zone.ends_at:
        raise WrongInput(
            _("The hours of a point lie within those of its zone or round."), fields={"opens_at": "outside"}
        )
    row.opens_at, row.closes_at = opens, closes


def _set_covers(scope: Scope, row: Site, wanted: Set[Covered]) -> None:
    """Let exactly these come here: what is new leaves the point where it was; what is gone goes with its unit again."""
    rows = list(Cover.objects.filter(within(scope.path), round=row.round))
    known = {(one.path, one.place): one for one in rows}
    mine = {key for key, one in known.items() if one.site_id == row.pk}
    fresh = wanted - mine
    units = {path for path, place in fresh if not place}
    there = set(Unit.objects.filter(path__in=units, closed_on=None).values_list("path", flat=True))
    areas = areas_of(scope, row.round)
    strange = sorted({path for path in units if path not in there or not is_of(path, areas)})
    strange += sorted(path for path in units & there if not scope.holds(path))
    strange += sorted(place for path, place in fresh if place and (path, place) not in known)
    if strange:
        said = _("These are no units or named places of this round: %(units)s")
        raise WrongInput(said % {"units": ", ".join(strange[:5])}, fields={"covers": "strange"})
    with in_scope(system_scope("testing")):
        gone = [known[key].pk for key in mine - wanted]
        Expected.objects.filter(cover__in=gone).update(cover=None)
        Cover.objects.filter(pk__in=gone).delete()
        forget_places(made=row.round_id, paths=sorted(units))
        for path, place in sorted(fresh):
            if not place:
                Cover.objects.update_or_create(round=row.round, path=path, place="", defaults={"site": row})
        # A place of a unit that came whole has no row any more: it comes with its unit.
        moved = [known[path, place].pk for path, place in fresh if place and path not in units]
        Cover.objects.filter(pk__in=moved).update(site=row)


def _set_groups(scope: Scope, row: Site, wanted: Set[str], *, by: str, at: datetime) -> None:
    times = GroupTime.objects.filter(within(scope.path), round=row.round)
    known = set(times.filter(group__public_id__in=wanted).values_list("group__public_id", flat=True))
    if wanted - known:
        said = _("These groups have no hours in this round: %(groups)s")
        raise WrongInput(said % {"groups": ", ".join(sorted(wanted - known)[:5])}, fields={"groups": "strange"})
    times.filter(site=row).exclude(group__public_id__in=wanted).update(site=None, set_at=at, set_by=by)
    times.filter(group__public_id__in=wanted).exclude(site=row).update(site=row, set_at=at, set_by=by)


def _judge(row: Site, fit: Fit, before: People, after: People) -> None:
    """Refuse what leaves somebody without a point, or sends more here than a point takes."""
    if after.nowhere > before.nowhere:
        said = _(
            "%(people)d people would be covered by no point; %(before)d were before. "
            "Let another point cover them first."
        )
        counts = {"people": after.nowhere, "before": before.nowhere}
        raise WrongInput(said % counts, fields={"covers": "nowhere"})
    if fit.people > fit.most and fit.people > before.of_site.get(row.pk, 0):
        said = _("%(people)d people would come here; a point takes %(most)d. Let another point cover some of them.")
        raise WrongInput(said % {"people": fit.people, "most": fit.most}, fields={"covers": "too_many"})
