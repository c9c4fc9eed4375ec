"""One thing of this desk by its public number, if the scope may know of it."""

from shali.foundation.jurisdictions.rules import lies_in
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.ui.refusal import NotInScope
from shali.testing.models import Box, Group, Laboratory, Parked, ResultFile, Round, Site, SitePlan, Station, Tube


def round_in_scope(scope: Scope, public_id: str) -> Round:
    """Return a round of the scope, or one of a unit above whose area the scope is a part of.

    :raises NotInScope: there is none
    """
    found = Round.objects.filter(public_id=public_id).select_related("unit").first()
    if found is None or not (scope.holds(found.path) or lies_in(scope.path, found.path)):
        raise NotInScope
    return found


def site_in_scope(scope: Scope, public_id: str) -> Site:
    found = Site.objects.filter(within(scope.path), public_id=public_id).select_related("round", "unit").first()
    if found is None:
        raise NotInScope
    return found


def station_in_scope(scope: Scope, public_id: str) -> Station:
    found = Station.objects.filter(within(scope.path), public_id=public_id).select_related("site", "round").first()
    if found is None:
        raise NotInScope
    return found


def tube_in_scope(scope: Scope, public_id: str) -> Tube:
    rows = Tube.objects.filter(within(scope.path), public_id=public_id)
    found = rows.select_related("site", "round", "box", "station").first()
    if found is None:
        raise NotInScope
    return found


def box_in_scope(scope: Scope, public_id: str) -> Box:
    found = Box.objects.filter(within(scope.path), public_id=public_id).select_related("site", "round").first()
    if found is None:
        raise NotInScope
    return found


def laboratory_in_scope(scope: Scope, public_id: str) -> Laboratory:
    found = Laboratory.objects.filter(within(scope.path), public_id=public_id, closed_at=None).first()
    if found is None:
        raise NotInScope
    return found


def file_in_scope(scope: Scope, public_id: str) -> ResultFile:
    found = ResultFile.objects.filter(within(scope.path), public_id=public_id).select_related("laboratory").first()
    if found is None:
        raise NotInScope
    return found


def parked_in_scope(scope: Scope, public_id: str) -> Parked:
    rows = Parked.objects.filter(within(scope.path), public_id=public_id)
    found = rows.select_related("station", "batch", "tube", "round").first()
    if found is None:
        raise NotInScope
    return found


def plan_in_scope(scope: Scope, public_id: str) -> SitePlan:
    found = SitePlan.objects.filter(within(scope.path), public_id=public_id).select_related("round__unit").first()
    if found is None:
        raise NotInScope
    return found


def group_in_scope(scope: Scope, public_id: str) -> Group:
    found = Group.objects.filter(within(scope.path), public_id=public_id).select_related("unit").first()
    if found is None:
        raise NotInScope
    return found
