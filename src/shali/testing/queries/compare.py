"""Plans of a round beside each other: what each asks for, how far people walk, how long they wait, when it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.ui.refusal import NotInScope
from shali.testing.queries.find import round_in_scope
from shali.testing.queries.plans import PlanRow, SiteLine, plan_view, plans

MOST = 4
# One sampler and one registrar stand at each desk.
AT_A_DESK = 2


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of the round: who comes, and the mean wait in minutes, None where nobody comes."""

    people: int
    wait: float | None


@dataclass(frozen=True, slots=True)
class PlanColumn:
    """A plan's figures. within: share of people within the walk; wait_95: minutes in which 95 of 100 of all begin.

    hours: of all points together; slowest: the mean wait of the worst hour of any point, in minutes
    """

    row: PlanRow
    desks: int
    staff: int
    longest_m: float
    walk_minutes: float
    wait_95: float
    slowest: float
    done_at: datetime
    hours: tuple[Hour, ...]
    sites: tuple[SiteLine, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """hours: at which each hour of the round begins; others: plans that are not beside the chosen ones."""

    round: str
    round_number: int
    columns: tuple[PlanColumn, ...]
    hours: tuple[int, ...]
    others: tuple[PlanRow, ...]


def compare_plans(scope: Scope, made: str, chosen: Sequence[str] = (), *, at: datetime) -> Comparison:
    """Lay plans of a round beside each other; naming none, the newest.

    :raises NotInScope: one that is named is no plan of this round here
    """
    row = round_in_scope(scope, made)
    known = {one.public_id: one for one in plans(scope, made)}
    wanted = list(dict.fromkeys(chosen))[:MOST] or list(known)[:MOST]
    if any(one not in known for one in wanted):
        raise NotInScope
    columns = tuple(sorted((_column(scope, one, at) for one in wanted), key=lambda one: one.row.letter))
    most = max((len(one.hours) for one in columns), default=0)
    others = tuple(one for public_id, one in known.items() if public_id not in wanted)
    return Comparison(row.public_id, row.number, columns, tuple(range(most)), others)


def _column(scope: Scope, plan: str, at: datetime) -> PlanColumn:
    view = plan_view(scope, plan, at=at)
    desks = sum(one.tables for one in view.sites)
    hours = max((len(one.hourly) for one in view.sites), default=0)
    return PlanColumn(
        row=view.row,
        desks=desks,
        staff=desks * AT_A_DESK,
        longest_m=max((one.farthest_m for one in view.sites), default=0.0),
        walk_minutes=view.walk_minutes,
        wait_95=view.wait_95,
        slowest=max((wait for one in view.sites for people, wait in one.hourly if people), default=0.0),
        done_at=max((one.done_at for one in view.sites), default=view.starts_at),
        hours=tuple(
            _hour([one.hourly[place] for one in view.sites if place < len(one.hourly)]) for place in range(hours)
        ),
        sites=view.sites,
    )


def _hour(said: Sequence[tuple[int, float]]) -> Hour:
    people = sum(many for many, _wait in said)
    return Hour(people, sum(many * wait for many, wait in said) / people if people else None)
