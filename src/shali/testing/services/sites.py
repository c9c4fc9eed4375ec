"""Sampling points of a round: where they are, whom they cover, what protection is there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, in_scope, system_scope
from shali.foundation.ui.refusal import WrongInput
from shali.testing.models import Cover, Expected, Site
from shali.testing.queries.areas import areas_of
from shali.testing.queries.find import round_in_scope, site_in_scope
from shali.testing.queries.zones import zone_of
from shali.testing.rules import ANY_SIZE, RoundState
from shali.testing.rules.areas import is_of
from shali.testing.services.rounds import NotLawful

# A device that was not heard of for so long is called silent: it may work without network, and nobody knows.
SILENT = timedelta(minutes=60)
PROTECTION = ("ventilation", "one_way", "two_metres", "hand_gel", "coveralls", "waste_bin", "shade", "water")


@dataclass(frozen=True, slots=True)
class NewSite:
    """unit: path of the unit in which it lies; covers: paths of the units whose people come here."""

    name: str
    unit: str
    covers: tuple[str, ...] = ()
    tables: int = 2
    pool_size: int = 0  # 0: as its zone or the round
    latitude: float | None = None
    longitude: float | None = None


@transaction.atomic
def add_site(*, scope: Scope, made: str, new: NewSite, by: str, at: datetime, is_covering: bool = True) -> Site:
    """Add a sampling point to a round. A unit that another point covers moves to this one.

    is_covering: its people come here; otherwise the caller says who does, in the same transaction.
    :raises WrongInput: its name, unit, tables or place are wrong
    """
    row = round_in_scope(scope, made)
    if row.state == RoundState.CLOSED:
        raise NotLawful(_("This round is closed."))
    unit = Unit.objects.filter(path=new.unit, closed_on=None).first()
    if not new.name.strip() or unit is None or not scope.holds(unit.path) or not is_of(unit.path, areas_of(scope, row)):
        raise WrongInput(_("Name the sampling point and the unit of this round in which it lies."), fields={"name": ""})
    if not 1 <= new.tables <= 60 or (new.pool_size or row.pool_size) not in ANY_SIZE:
        raise WrongInput(_("A point has 1 to 60 tables; a tube holds 1, 5, 10 or 20 people."), fields={"tables": ""})
    if Site.objects.filter(round=row, name=new.name.strip()[:60], path=unit.path).exists():
        raise WrongInput(_("There is a point of this name in this unit already."), fields={"name": "repeated"})
    zone = zone_of(scope, row, unit.path)
    site = Site.objects.create(
        round=row,
        path=unit.path,
        unit=unit,
        name=new.name.strip()[:60],
        latitude=new.latitude,
        longitude=new.longitude,
        tables=new.tables,
        opens_at=zone.starts_at,
        closes_at=zone.ends_at,
        pool_size=new.pool_size or zone.pool_size,
    )
    if is_covering:
        cover(scope=scope, site=site.public_id, paths=new.covers or (unit.path,), by=by, at=at)
    return site


@transaction.atomic
def cover(*, scope: Scope, site: str, paths: tuple[str, ...], by: str, at: datetime) -> int:
    """Say whose people come to a sampling point; each unit is covered by one point of a round. Returns how many.

    Units come whole: places of theirs that went to points of their own come here as well.
    """
    row = site_in_scope(scope, site)
    known = set(Unit.objects.filter(path__in=paths, closed_on=None).values_list("path", flat=True))
    areas = areas_of(scope, row.round)
    strange = [one for one in paths if one not in known or not scope.holds(one) or not is_of(one, areas)]
    if strange:
        raise WrongInput(_("These are no units of this round: %(units)s") % {"units": ", ".join(strange[:5])})
    with in_scope(system_scope("testing")):
        forget_places(made=row.round_id, paths=list(paths))
        for path in dict.fromkeys(paths):
            Cover.objects.update_or_create(round=row.round, path=path, place="", defaults={"site": row})
    return len(set(paths))


def forget_places(*, made: int, paths: list[str]) -> None:
    """Let everybody of these units go with his unit again. Under a system's scope, in the caller's transaction."""
    named = Cover.objects.filter(round_id=made, path__in=paths).exclude(place="")
    Expected.objects.filter(cover__in=named).update(cover=None)
    named.delete()


@transaction.atomic
def check_protection(*, scope: Scope, site: str, there: tuple[str, ...], by: str, at: datetime) -> Site:
    """Write down which of the list of protection is there, seen by whom and when."""
    row = site_in_scope(scope, site)
    row.protection = [one for one in PROTECTION if one in there]
    row.checked_at, row.checked_by = at, by
    row.save(update_fields=["protection", "checked_at", "checked_by"])
    return row


@transaction.atomic
def close_site(*, scope: Scope, site: str, by: str, at: datetime) -> Site:
    """Close a sampling point for the rest of its round."""
    row = site_in_scope(scope, site)
    if row.closed_at is not None:
        raise NotLawful(_("This point is closed already."))
    row.closed_at, row.closed_by = at, by
    row.save(update_fields=["closed_at", "closed_by"])
    return row
