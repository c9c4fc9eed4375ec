"""Where each case stands in a picture: x by day, y so that no two branches cross."""

from collections import defaultdict
from collections.abc import Mapping
from statistics import median

from shali.engines.chains.model import Chain


def days_of(chain: Chain) -> Mapping[str, tuple[float, bool]]:
    """Return the day at which each case stands, and whether it is an onset: else its report, or a guess.

    A guess is the source's day and the median serial interval; where there is no source either, the first day of all.
    """
    intervals = [one for one in chain.serial_intervals() if one > 0]
    step = median(intervals) if intervals else 1.0
    known = {case.id: (case.onset if case.onset is not None else case.report) for case in chain.cases}
    first = min((day for day in known.values() if day is not None), default=0.0)
    certain = {case.id: case.onset is not None for case in chain.cases}
    days: dict[str, tuple[float, bool]] = {}
    for case in sorted(chain.cases, key=lambda one: chain.generation[one.id]):
        day = known[case.id]
        if day is None:
            above = chain.source.get(case.id)
            day = days[above][0] + step if above is not None else first
        days[case.id] = (day, certain[case.id])
    return days


def lanes_of(chain: Chain) -> Mapping[str, float]:
    """Return the lane of each case: leaves take the next free one, a source stands in the middle of its own.

    Chains follow one another, the largest first; within a chain siblings stand in the order of their days.
    """
    days = days_of(chain)
    below: dict[str, list[str]] = defaultdict(list)
    for target, source in chain.source.items():
        below[source].append(target)
    size: dict[str, int] = defaultdict(int)
    for root in chain.root.values():
        size[root] += 1
    lanes: dict[str, float] = {}
    free = 0
    for root in sorted(chain.roots, key=lambda one: (-size[one], days[one][0], one)):
        way = [(root, False)]
        while way:
            here, is_done = way.pop()
            children = sorted(below[here], key=lambda one: (days[one][0], one))
            if not children:
                lanes[here] = float(free)
                free += 1
            elif is_done:
                lanes[here] = (lanes[children[0]] + lanes[children[-1]]) / 2
            else:
                way.append((here, True))
                way += [(child, False) for child in reversed(children)]
    return lanes
