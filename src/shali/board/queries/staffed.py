"""A round's points, shift by shift: needed, on shift, missing; testing's numbers beside staffing's."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.policy.rules import number
from shali.foundation.ui.paging import Page, page_in_order
from shali.staffing.queries.calls import CallUpRow, call_ups
from shali.staffing.queries.shifts import on_shift
from shali.staffing.rules import windows
from shali.testing.queries.needs import Need, needs_of_round

# One of each stands at every desk.
AT_A_DESK = ("sampler", "registrar")
MOST_LATE = 10


@dataclass(frozen=True, slots=True)
class Post:
    """A kind of work in one shift. on_shift: who stands there the whole time; called: asked for, not answered yet."""

    kind: str
    needed: int
    on_shift: int
    missing: int
    called: int


@dataclass(frozen=True, slots=True)
class ShiftLine:
    starts_at: datetime
    ends_at: datetime
    is_over: bool
    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True)
class SiteLine:
    """overdue: of whom the point called up, how many have not answered in time."""

    need: Need
    shifts: tuple[ShiftLine, ...]
    missing: int
    overdue: int


@dataclass(frozen=True, slots=True)
class StaffView:
    """A page of the points, and the sums over all of them.

    hours: of a shift, at most; in_heat: whether the shifts are cut for protective clothing in the heat
    calls: how many call-ups there are; late: those of them with overdue answers, the first few
    """

    sites: Page[SiteLine]
    needed: int
    on_shift: int
    missing: int
    hours: float
    in_heat: bool
    calls: int
    late: tuple[CallUpRow, ...]
    overdue: int


def staff_view(scope: Scope, made: str, *, in_heat: bool, at: datetime, after: str = "") -> StaffView:
    """Return who is needed and who is missing at the points of a round.

    Answers that are overdue come first, then the most missing. after: `next` of the page before
    """
    hours = number("shift_hours_in_heat" if in_heat else "shift_hours_most", at).value
    needs = needs_of_round(scope, made, at=at)
    stands = on_shift(scope, [one.site for one in needs])
    calls = call_ups(scope, at=at, about=made)
    called: dict[str, list[CallUpRow]] = defaultdict(list)
    for one in calls:
        called[one.place].append(one)
    sites = [_site(need, stands.get(need.site, []), called[need.site], hours, at) for need in needs]
    to_come = [post for site in sites for line in site.shifts if not line.is_over for post in line.posts]
    return StaffView(
        page_in_order(sorted(sites, key=_place), _place, after),
        sum(post.needed for post in to_come),
        sum(min(post.on_shift, post.needed) for post in to_come),
        sum(post.missing for post in to_come),
        hours,
        in_heat,
        len(calls),
        tuple(one for one in calls if one.overdue)[:MOST_LATE],
        sum(one.overdue for one in calls),
    )


def _place(one: SiteLine) -> str:
    """Return where a point stands in the list: overdue answers on top, then the most missing."""
    return f"{99_999 - one.overdue:05d}{99_999 - one.missing:05d}{one.need.site}"


def _site(
    need: Need, stands: list[tuple[str, datetime, datetime]], calls: list[CallUpRow], hours: float, at: datetime
) -> SiteLine:
    lines = []
    for starts_at, ends_at in windows(need.opens_at, need.closes_at, hours):
        desks = need.at(starts_at, ends_at)
        posts = []
        for kind in AT_A_DESK:
            here = sum(one == kind and begins <= starts_at and ends >= ends_at for one, begins, ends in stands)
            called = sum(
                min(one.waiting, one.wanted - one.taken)
                for one in calls
                if one.kind == kind and one.starts_at <= starts_at and one.ends_at >= ends_at
            )
            posts.append(Post(kind, desks, here, max(0, desks - here), called))
        lines.append(ShiftLine(starts_at, ends_at, ends_at <= at, tuple(posts)))
    missing = sum(post.missing for line in lines if not line.is_over for post in line.posts)
    return SiteLine(need, tuple(lines), missing, sum(one.overdue for one in calls))
