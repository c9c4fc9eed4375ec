"""One walk cut into as many as there are teams, so that the longest of them is as short as can be."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

from shali.engines.routes.metres import Floats
from shali.engines.routes.order import Ints, length_of, order


@dataclass(frozen=True, slots=True)
class Walk:
    """stops: places in their order, without the start; metres: there, through all, and back; seconds: with the work."""

    stops: tuple[int, ...]
    metres: float
    seconds: float


def share(metres: Floats, seconds: Sequence[float], teams: int, *, pace: float) -> list[Walk]:
    """Return a walk for each team: all begin and end at place 0, and the longest is as short as one round's cuts allow.

    metres: (places, places), the start first. seconds: (places,) of work at each place, that of the start counts
    nowhere. pace: metres a second. A team more than there are places gets nothing to do.

    Source: Beasley 1983, Omega 11:403-408 (route first, cluster second), with the longest part instead of the sum.

    :raises ValueError: no team, no pace, or as many seconds as there are not places
    """
    work = np.asarray(seconds, np.float64)
    if teams < 1 or pace <= 0 or len(work) != len(metres):
        raise ValueError(f"{teams} teams, {pace} metres a second, {len(work)} works at {len(metres)} places")
    round_walk = order(metres)
    parts = _cut(metres, round_walk, work, min(teams, len(round_walk)), pace)
    walks = [_walked(metres, part, work, pace) for part in parts]
    return walks + [Walk((), 0.0, 0.0)] * (teams - len(walks))


def _walked(metres: Floats, part: Ints, work: Floats, pace: float) -> Walk:
    places = np.concatenate([[0], part])
    inner = order(metres[np.ix_(places, places)])
    again = places[inner]
    # The part as it was cut may be the shorter walk where the search of its own ended elsewhere.
    best = again if length_of(metres, again) <= length_of(metres, part) else part
    length = length_of(metres, best)
    return Walk(tuple(int(one) for one in best), length, length / pace + float(work[best].sum()))


def _cut(metres: Floats, walk: Ints, work: Floats, teams: int, pace: float) -> list[Ints]:
    if not teams:
        return []
    out = metres[0, walk] / pace
    steps = np.concatenate([[0.0], metres[walk[:-1], walk[1:]] / pace])
    spent = np.cumsum(work[walk]) + np.cumsum(steps)
    ends = _best_cuts(out, spent, np.ascontiguousarray(work[walk]), teams)
    return [walk[begin:end] for begin, end in zip([0, *ends[:-1]], ends, strict=True)]


@njit(nogil=True, cache=True)
def _best_cuts(out, spent, work, teams):
    """Return where each part ends: the largest of `teams` parts least, every part with a place. Exact, by tables."""
    many = len(out)
    best = np.full((teams + 1, many + 1), np.inf)
    cut = np.zeros((teams + 1, many + 1), np.int64)
    best[0, 0] = 0.0
    for part in range(1, teams + 1):
        for end in range(part, many + 1):
            for begin in range(end - 1, part - 2, -1):
                long = out[begin] + spent[end - 1] - spent[begin] + work[begin] + out[end - 1]
                worst = max(best[part - 1, begin], long)
                if worst < best[part, end]:
                    best[part, end], cut[part, end] = worst, begin
    ends = np.empty(teams, np.int64)
    end = many
    for part in range(teams, 0, -1):
        ends[part - 1] = end
        end = cut[part, end]
    return ends
