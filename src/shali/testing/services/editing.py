"""A plan edited by hand: people seated again within the capacities, the bound and its gap kept or counted anew."""

from dataclasses import dataclass
from datetime import datetime
from time import monotonic

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.refusal import WrongInput
from shali.testing import bridge
from shali.testing.models import SitePlan
from shali.testing.queries.find import plan_in_scope
from shali.testing.rules.plan_file import rooms
from shali.testing.services.rounds import NotLawful

SECONDS = 1.0  # for the bound of the question as it was edited
NEAR = 200  # open points that a place may go to


@dataclass(frozen=True, slots=True)
class Question:
    """What a bound holds for: at most so many points, of so many candidates, the fixed ones among them open."""

    sites: int
    candidates: int
    fixed: frozenset[int]

    @classmethod
    def of(cls, row: SitePlan) -> "Question":
        fixed = {at for at in row.sites if row.candidates[at][3] == "fixed"}
        return cls(len(row.sites), len(row.candidates), frozenset(fixed))

    def holds(self, other: "Question") -> bool:
        """Say whether every answer to the other question is no better than the best one to this."""
        return other.sites <= self.sites and other.candidates == self.candidates and other.fixed == self.fixed


@transaction.atomic
def edit_plan(
    *,
    scope: Scope,
    plan: str,
    close: int = -1,
    add: int = -1,
    move: tuple[int, float, float] | None = None,
    at: datetime,
) -> SitePlan:
    """Close a point, open one, or move one by hand; who goes where is worked out again at once.

    :raises NotLawful: the plan was taken
    :raises WrongInput: the points that would be open cannot serve everybody; the sentence holds both numbers
    """
    row = plan_in_scope(scope, plan)
    if row.taken_at is not None:
        raise NotLawful(_("This plan was taken into the round. Make another."))
    before = Question.of(row)
    sites = [int(one) for one in row.sites]
    if close in sites and len(sites) > 1:
        sites.remove(close)
    if 0 <= add < len(row.candidates) and add not in sites:
        sites.append(add)
    if move is not None and move[0] in sites and abs(move[1]) <= 180 and abs(move[2]) <= 90:
        # The place where it stood stays a candidate: it can be opened again.
        name = row.candidates[move[0]][0]
        room = rooms(row.candidates, row.capacity)[move[0]]
        row.candidates.append([f"{name} *", move[1], move[2], "", room])
        row.fewest = None  # it was proven for the places that there were
        sites = [one for one in sites if one != move[0]] + [len(row.candidates) - 1]
    row.sites, row.edited = sorted(sites), True
    _seat(row)
    _bound(row, before)
    row.save(update_fields=["sites", "served", "candidates", "cost", "bound", "fewest", "most_within", "edited"])
    return row


def _seat(row: SitePlan) -> None:
    """Send everybody to a near open point, no point above its capacity."""
    here, people, there = _table(row)
    near = bridge.nearest_on_earth(here, there[row.sites], people, keep=NEAR)
    room = np.array(rooms(row.candidates, row.capacity), np.float64)[row.sites]
    try:
        goes, row.cost = bridge.seat_all(near, room)
    except bridge.Impossible as reason:
        said = _(
            "%(people)d people do not fit into the %(sites)d points that would be open: they take %(room)d in all, "
            "each place whole. Open another first."
        )
        counts = {"people": int(people.sum()), "sites": len(room), "room": int(room.sum())}
        raise WrongInput(said % counts, fields={"sites": "too_few"}) from reason
    row.served = [int(row.sites[one]) for one in goes]


def _bound(row: SitePlan, before: Question) -> None:
    """Count anew below which no plan of as many points comes; the bound from before stands while it holds for it."""
    here, people, there = _table(row)
    many, p = len(there), len(row.sites)
    near = bridge.nearest_on_earth(here, there, people, keep=bridge.near_enough(many, p))
    after = Question.of(row)
    fixed = np.isin(np.arange(many), list(after.fixed))
    began = monotonic()
    bound = bridge.bound_of_rooms(
        near, np.array(rooms(row.candidates, row.capacity), np.float64), p, cost=row.cost, seconds=SECONDS,
        elapsed=lambda: monotonic() - began, fixed=fixed,
    )  # fmt: skip
    row.bound = min(row.cost, max(bound, row.bound if before.holds(after) else 0.0))
    if not before.holds(after):
        row.most_within = None


def _table(row: SitePlan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return where people live, how many, and where points may stand: degrees of longitude and latitude."""
    points = np.array([[one[2], one[3], one[4]] for one in row.points], np.float64)
    return points[:, :2], points[:, 2], np.array([[one[1], one[2]] for one in row.candidates], np.float64)
