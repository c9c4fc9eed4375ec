"""A plan taken into its round: its points set, each row of its table covered by the point that the plan gave it."""

from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope, within
from shali.foundation.policy.rules import number
from shali.foundation.ui.refusal import WrongInput
from shali.testing.models import Cover, Expected, Site, SitePlan
from shali.testing.queries.areas import areas_of, seen_of
from shali.testing.queries.find import plan_in_scope
from shali.testing.queries.taking import SHOWN
from shali.testing.rules import RoundState
from shali.testing.rules.covering import Covering, covering_of_plan
from shali.testing.services.placing import place_people
from shali.testing.services.rounds import NotLawful
from shali.testing.services.sites import NewSite, add_site, forget_places

PLACE = "shali.testing.jobs.place"
AT_ONCE = 5_000  # people whose addresses are looked up while somebody waits; more are the worker's
MOST_TABLES = 60


@dataclass(frozen=True, slots=True)
class Taken:
    """placed, others: of split units, who lives at a named place and who goes with the unit; later: the worker's."""

    sites: int
    placed: int = 0
    others: int = 0
    later: int = 0


@transaction.atomic
def take_plan(*, scope: Scope, plan: str, by: str, at: datetime) -> Taken:
    """Set the plan's points in the round, each covering the rows that the plan gave it.

    A unit whose rows go to several points is shared out by the addresses of its people; whoever lives at none of the
    places that its rows name goes where most of the unit goes. Nobody is covered twice.

    :raises NotLawful: it was taken already
    :raises WrongInput: rows name no unit of the round, or two of one name go to different points
    """
    row = plan_in_scope(scope, plan)
    if not SitePlan.objects.filter(pk=row.pk, taken_at=None).update(taken_at=at, taken_by=by):
        raise NotLawful(_("This plan was taken already."))
    found = covering_of_plan(row.points, row.served)
    _refuse_unclear(found)
    sites = _set_sites(scope, row, found, by=by, at=at)
    with in_scope(system_scope("testing")):
        forget_places(made=row.round_id, paths=list(found.whole))
        for path, site in found.whole.items():
            Cover.objects.update_or_create(round=row.round, path=path, place="", defaults={"site": sites[site]})
        Cover.objects.bulk_create(
            Cover(round=row.round, path=path, place=name, site=sites[site], people=people)
            for (path, name), (site, people) in found.named.items()
        )
    return _place(row, found, len(sites))


def _refuse_unclear(found: Covering) -> None:
    if found.nameless:
        said = _(
            "%(rows)d rows with %(people)d people name no unit of this round (%(names)s). Give their unit codes in the "
            "table and make the plan again: nobody could say whom its points cover."
        )
        names = "; ".join(one.name for one in found.nameless[:SHOWN])
        counts = {"rows": len(found.nameless), "people": sum(one.people for one in found.nameless), "names": names}
        raise WrongInput(said % counts, fields={"unit": "missing"})
    if found.repeated:
        said = _("Rows of one name in one unit go to different points: %(names)s. Give each a name of its own.")
        names = "; ".join(dict.fromkeys(one.name for one in found.repeated[:SHOWN]))
        raise WrongInput(said % {"names": names}, fields={"name": "repeated"})


def _set_sites(scope: Scope, row: SitePlan, found: Covering, *, by: str, at: datetime) -> dict[int, Site]:
    """Open the points, each in the unit where most of its people live; one of the same name there is the same point."""
    people: Counter[int] = Counter()
    lives: dict[int, Counter[str]] = defaultdict(Counter)
    for (_name, unit, _lon, _lat, many), site in zip(row.points, row.served, strict=True):
        people[site] += many
        lives[site][unit] += many
    parts = seen_of(scope, areas_of(scope, row.round))
    per_table = number("people_per_table", at).value
    names: Counter[tuple[str, str]] = Counter()
    sites = {}
    for site in row.sites:
        name, lon, lat, *_more = row.candidates[site]
        unit = lives[site].most_common(1)[0][0] if site in lives else parts[0] if parts else scope.path
        names[unit, name] += 1
        if names[unit, name] > 1:
            name = f"{name[:55]} {names[unit, name]}"
        tables = min(MOST_TABLES, max(1, int(-(-people[site] // per_table))))
        there = Site.objects.filter(round=row.round, name=name[:60], path=unit, closed_at=None).first()
        if there is None:
            new = NewSite(name, unit, (), tables, 0, lat, lon)
            there = add_site(scope=scope, made=row.round.public_id, new=new, by=by, at=at, is_covering=False)
        else:
            there.tables, there.latitude, there.longitude = max(there.tables, tables), lat, lon
            there.save(update_fields=["tables", "latitude", "longitude"])
        sites[site] = there
    return sites


def _place(row: SitePlan, found: Covering, sites: int) -> Taken:
    """Share out the people of split units: few at once, many in the worker; the roster yet to be drawn as it is."""
    if not found.named or row.round.state == RoundState.PLANNED:
        return Taken(sites)
    with in_scope(system_scope("testing")):
        many = sum(Expected.objects.filter(within(path), round=row.round, guest=False).count() for path in found.split)
    if many <= AT_ONCE:
        return Taken(sites, *place_people(made=row.round_id))
    lock = f"testing:place:{row.round_id}"
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(PLACE, lock=lock, queueing_lock=lock).defer(made=row.round_id)
    return Taken(sites, later=many)
