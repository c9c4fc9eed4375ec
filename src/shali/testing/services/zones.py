"""Zones of a round: an area with its own size of tubes and its own hours; the innermost zone is the one that counts."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.models import Unit
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.ui.refusal import WrongInput
from shali.testing.models import Round, Site, Zone
from shali.testing.queries.areas import areas_of
from shali.testing.queries.find import round_in_scope
from shali.testing.queries.zones import zone_of
from shali.testing.rules import ANY_SIZE, RoundState
from shali.testing.rules.areas import is_of
from shali.testing.services.rounds import NotLawful


@dataclass(frozen=True, slots=True)
class NewZone:
    """unit: path of the area. Without hours its people come in those of the round."""

    unit: str
    pool_size: int
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@transaction.atomic
def set_zone(*, scope: Scope, made: str, new: NewZone, by: str, at: datetime) -> int:
    """Set or change the zone of an area; its points that are not closed take size and hours. Returns how many points.

    :raises WrongInput: the area is not of the round, the size is none, or the hours lie outside the round's
    :raises NotLawful: the round is closed
    """
    row = _round(scope, made)
    unit = Unit.objects.filter(path=new.unit, closed_on=None).first()
    if unit is None or not scope.holds(unit.path) or not is_of(unit.path, areas_of(scope, row)):
        raise WrongInput(_("Choose an area of this round."), fields={"unit": "missing"})
    if new.pool_size not in ANY_SIZE:
        raise WrongInput(_("A tube holds 1, 5, 10 or 20 people, or one household."), fields={"pool_size": "wrong"})
    if (new.starts_at is None) != (new.ends_at is None):
        raise WrongInput(_("Give both hours of the zone, or none."), fields={"ends_at": "missing"})
    if new.starts_at and new.ends_at and not row.starts_at <= new.starts_at < new.ends_at <= row.ends_at:
        raise WrongInput(_("The hours of a zone lie within those of its round."), fields={"starts_at": "outside"})
    Zone.objects.update_or_create(
        round=row,
        path=unit.path,
        defaults={
            "unit": unit,
            "pool_size": new.pool_size,
            "starts_at": new.starts_at,
            "ends_at": new.ends_at,
            "set_at": at,
            "set_by": by,
        },
    )
    return _apply(scope, row, unit.path)


@transaction.atomic
def drop_zone(*, scope: Scope, made: str, unit: str, by: str, at: datetime) -> int:
    """Take a zone back: its points follow the zone around it, or the round. Returns how many points.

    :raises WrongInput: there is no such zone
    :raises NotLawful: the round is closed
    """
    row = _round(scope, made)
    if not scope.holds(unit) or not Zone.objects.filter(round=row, path=unit).delete()[0]:
        raise WrongInput(_("There is no such zone."), fields={"unit": "missing"})
    return _apply(scope, row, unit)


def _round(scope: Scope, made: str) -> Round:
    row = round_in_scope(scope, made)
    if row.state == RoundState.CLOSED:
        raise NotLawful(_("This round is closed."))
    return row


def _apply(scope: Scope, row: Round, path: str) -> int:
    """Give every point within an area what its innermost zone says; a device learns it when it next starts."""
    here = list(Site.objects.select_for_update().filter(within(path), round=row, closed_at=None))
    for site in here:
        zone = zone_of(scope, row, site.path)
        site.pool_size, site.opens_at, site.closes_at = zone.pool_size, zone.starts_at, zone.ends_at
    Site.objects.bulk_update(here, ["pool_size", "opens_at", "closes_at"], batch_size=500)
    return len(here)
