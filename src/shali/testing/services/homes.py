"""Visits at doors shared among teams, each with a walk; places known by the tables of where people live."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from shali.foundation.jurisdictions.rules import lies_in
from shali.foundation.jurisdictions.scope import Scope, within
from shali.foundation.people.models import Person
from shali.foundation.policy.rules import number
from shali.foundation.tasks.models import Task
from shali.foundation.ui.refusal import WrongInput
from shali.testing import bridge
from shali.testing.models import HomeVisit, Position, Round, Site, Tour
from shali.testing.queries.find import round_in_scope
from shali.testing.queries.homes import MOST, addresses_of, open_visits, positions, state_of
from shali.testing.rules import METRES_A_MINUTE, RoundState
from shali.testing.rules.doors import MOST_TEAMS, Door, Spot, door_of, place_of
from shali.testing.rules.plan_file import Place
from shali.testing.services.rounds import NotLawful

Floats = NDArray[np.float64]
Stops = Mapping[tuple[str, tuple[str, str, int]], "Stop"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """start: public number of the sampling point from which the walks begin, '' for that of the area, if it has one."""

    teams: int
    start: str = ""
    overdue_first: bool = False


@dataclass
class Stop:
    """What is walked to: an entrance, with the tasks behind it."""

    spot: Spot | None
    known: str
    tasks: list[tuple[Door, Task]] = field(default_factory=list)
    is_overdue: bool = False


@transaction.atomic
def plan_visits(*, scope: Scope, made: str, wanted: Wanted, by: str, at: datetime) -> Tour:
    """Share the open visits of a round in this scope among teams. They leave the walks on which they were before.

    :raises WrongInput: no team, more than 20, or a start that is no point of the round
    :raises NotLawful: the round is not open, nobody is to be visited, or too many for one plan
    """
    row = round_in_scope(scope, made)
    if row.state != RoundState.OPEN:
        raise NotLawful(_("This round is not open."))
    if not 1 <= wanted.teams <= MOST_TEAMS:
        raise WrongInput(_("Between 1 and %(n)d teams.") % {"n": MOST_TEAMS}, fields={"teams": "wrong"})
    tasks = open_visits(scope, row)
    if not tasks:
        raise NotLawful(_("Nobody is to be visited here. Send somebody to doors first."))
    if len(tasks) > MOST:
        said = _("More than %(n)d people wait at doors here: let each township share out its own.")
        raise NotLawful(said % {"n": MOST})
    site = _start(scope, row, wanted.start)
    stops = list(_stops(scope, tasks, at).values())
    minutes = number("home_visit_minutes", at).value
    walks, metres = _walks(stops, _spot(site, stops), wanted, minutes)
    HomeVisit.objects.filter(within(scope.path), task__in=tasks, replaced_at=None).update(replaced_at=at)
    tour = Tour.objects.create(
        round=row, path=scope.path, site=site, teams=wanted.teams, overdue_first=wanted.overdue_first, made_at=at,
        walks=[
            [sum(len(stops[stop - 1].tasks) for stop in one.stops), round(one.metres), round(one.seconds / 60)]
            for one in walks
        ],
        made_by=by,
    )  # fmt: skip
    HomeVisit.objects.bulk_create(
        [one for team, walk in enumerate(walks, start=1) for one in _visits(tour, team, walk, stops, metres)]
    )
    return tour


def keep_positions(*, scope: Scope, places: Sequence[Place], paths: Sequence[str], by: str, at: datetime) -> int:
    """Keep where places are, by the paths of their units ('': not kept); the last table counts. Returns how many."""
    known = {
        (path, one.name): Position(path=path, name=one.name, longitude=one.lon, latitude=one.lat, set_at=at, set_by=by)
        for one, path in zip(places, paths, strict=True)
        if path
    }
    Position.objects.bulk_create(
        known.values(),
        update_conflicts=True,
        unique_fields=["path", "name"],
        update_fields=["longitude", "latitude", "set_at", "set_by"],
    )
    return len(known)


def _start(scope: Scope, row: Round, start: str) -> Site | None:
    """Return the point that is named, else the first of the area whose place is known, else nothing."""
    sites = list(Site.objects.filter(within(scope.path), round=row, closed_at=None).order_by("id"))
    if not start:
        return next((one for one in sites if one.latitude is not None), sites[0] if sites else None)
    found = next((one for one in sites if one.public_id == start), None)
    if found is None:
        raise WrongInput(_("Choose a sampling point of this round."), fields={"start": "missing"})
    return found


def _spot(site: Site | None, stops: Sequence[Stop]) -> Spot:
    """Return where the walks begin; a point without a place is taken to be in the middle of the doors."""
    if site is not None and site.longitude is not None and site.latitude is not None:
        return site.longitude, site.latitude
    spots = [one.spot for one in stops if one.spot is not None]
    if not spots:
        return 0.0, 0.0
    return sum(lon for lon, _lat in spots) / len(spots), sum(lat for _lon, lat in spots) / len(spots)


def _stops(scope: Scope, tasks: Sequence[Task], at: datetime) -> Stops:
    people = Person.objects.in_bulk([task.subject_id for task in tasks if task.subject_id])
    addresses, places = addresses_of(scope, people.values()), positions(scope)
    found: dict[tuple[str, tuple[str, str, int]], Stop] = {}
    # A city has thousands of places: they are looked through once for each community, not for each door.
    named = {path: _named(places, path) for path in {task.path for task in tasks}}
    for task in tasks:
        door = door_of(addresses.get(task.subject_id or 0, ""), task.unit.name)
        stop = found.get((task.path, door.stop))
        if stop is None:
            stop = found[task.path, door.stop] = Stop(*place_of(door, named[task.path]))
        stop.tasks.append((door, task))
        stop.is_overdue |= state_of(scope, task, at) == "overdue"
    for stop in found.values():
        stop.tasks.sort(key=lambda pair: (pair[0].floor, pair[0].door, pair[1].pk))
    return dict(sorted(found.items()))


def _named(places: Mapping[str, Mapping[str, Spot]], path: str) -> dict[str, Spot]:
    """Return the named places of a community; of a grid those of its community."""
    return {name: spot for where, named in places.items() if lies_in(path, where) for name, spot in named.items()}


def _walks(stops: Sequence[Stop], start: Spot, wanted: Wanted, minutes: float) -> "tuple[list[bridge.Walk], Floats]":
    """Return a walk for each team over the stops, numbered from 1, and all distances, the start first."""
    spots = [start] + [one.spot or start for one in stops]
    metres = bridge.metres_between(np.array([lon for lon, _lat in spots]), np.array([lat for _lon, lat in spots]))
    seconds = [0.0] + [60 * minutes * len(one.tasks) for one in stops]
    walks = bridge.share(metres, seconds, wanted.teams, pace=METRES_A_MINUTE / 60)
    if not wanted.overdue_first:
        return walks, metres
    return [_overdue_first(walk, stops, metres) for walk in walks], metres


def _overdue_first(walk: "bridge.Walk", stops: Sequence[Stop], metres: Floats) -> "bridge.Walk":
    """Return the same stops, those that are overdue on a walk of their own before the others."""
    parts = defaultdict(list)
    for stop in walk.stops:
        parts[stops[stop - 1].is_overdue].append(stop)
    again: list[int] = []
    for chosen in (parts[True], parts[False]):
        places = np.array([0, *chosen])
        again += [int(places[one]) for one in bridge.order(metres[np.ix_(places, places)])]
    length = bridge.length_of(metres, np.array(again, np.int64))
    return bridge.Walk(tuple(again), length, walk.seconds + (length - walk.metres) * 60 / METRES_A_MINUTE)


def _visits(tour: Tour, team: int, walk: "bridge.Walk", stops: Sequence[Stop], metres: Floats) -> list[HomeVisit]:
    found: list[HomeVisit] = []
    before = 0
    for stop in walk.stops:
        for nth, (_door, task) in enumerate(stops[stop - 1].tasks):
            away = float(metres[before, stop]) if not nth else 0.0
            known = stops[stop - 1].known
            found.append(
                HomeVisit(
                    tour=tour, path=task.path, task=task, team=team, place=len(found) + 1, metres=away, known=known
                )
            )
        before = stop
    return found
