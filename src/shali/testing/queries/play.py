"""A day at sampling points played person by person: with as many tables as are needed, or with those that there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from shali.foundation.jurisdictions.scope import Scope
from shali.foundation.policy.rules import number
from shali.testing import bridge

SLOT = 900.0  # people are called up by quarters of an hour
SEED = 7
CALLED = 2 / 3  # of the hours; the rest is for who is late
MOST_TABLES = 60
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Assumed:
    """What a day is played with; None: as the rules of the day say.

    spread: minutes by which people come early or late (a standard deviation); no_show: share who stay away; pause:
    minutes of each table's one break, one table of a point after the other. tables: the same at every point, None for
    as many as are needed; at: points (by place in the list) with a number of their own.
    """

    spread: float | None = None
    no_show: float | None = None
    pause: float | None = None
    tables: int | None = None
    at: Mapping[int, int] = field(default_factory=dict)

    def filled(self, day: datetime) -> "Assumed":
        """Return the same with what was left out taken from the rules of the day."""
        return Assumed(
            number("arrival_spread_minutes", day).value if self.spread is None else self.spread,
            number("no_show_share", day).value if self.no_show is None else self.no_show,
            number("table_break_minutes", day).value if self.pause is None else self.pause,
            self.tables,
            self.at,
        )

    @property
    def is_given(self) -> bool:
        return self.tables is not None or bool(self.at)


NOTHING_GIVEN = Assumed()


@dataclass(frozen=True, slots=True)
class Played:
    """A day as the queue engine plays it, by point: tables, minutes in which 95 of 100 begin, when the last is done.

    needed: tables at which 95 of 100 wait no longer than the rule allows; late: people who begin after the hours' end.
    hourly: for each point people who come and their mean wait in minutes, by hour. wait_95_all: of everybody.
    """

    tables: list[int]
    needed: list[int]
    late: list[int]
    wait_95: list[float]
    wait_95_all: float
    done: list[datetime]
    hourly: list[list[tuple[int, float]]]


def play_day(
    scope: Scope,
    people: Sequence[int],
    begins: datetime,
    ends: datetime,
    *,
    at: datetime,
    given: Assumed = NOTHING_GIVEN,
) -> Played:
    """Play the day: people called up evenly over two thirds of the hours; the rest is for who is late."""
    assumed = given.filled(at)
    hours = (ends - begins).total_seconds()
    slots = max(1, int(hours * CALLED / SLOT))
    invited = np.array([[many // slots + (n < many % slots) for n in range(slots)] for many in people], np.int64)
    dice = np.random.default_rng(SEED)
    arrivals, sites = bridge.come(
        invited, slot=SLOT, begins=0.0, spread=60 * (assumed.spread or 0.0), no_show=assumed.no_show or 0.0, dice=dice
    )
    many = len(people)
    if not len(arrivals):
        tables = _tables([1] * many, assumed)
        return Played(
            tables, [1] * many, [0] * many, [0.0] * many, 0.0, [begins] * many, [[] for _one in people]
        )  # fmt: skip
    swab, within = number("seconds_per_swab", at).value, 60 * number("queue_minutes", at).value
    service = dice.gamma(4.0, swab / 4.0, len(arrivals))
    needed = bridge.desks_needed(arrivals, sites, service, many=many, opens=0.0, within=within)
    tables = _tables([int(one) for one in needed], assumed)
    day = bridge.simulate(
        arrivals, sites, service, _desks(np.array(tables, np.int64), hours, 60 * (assumed.pause or 0.0))
    )
    here = [day.waits[sites == place] for place in range(many)]
    came, mean = day.by_hour()
    return Played(
        tables=tables,
        needed=[int(one) for one in needed],
        late=[int((day.begins[sites == place] > hours).sum()) for place in range(many)],
        wait_95=[float(np.quantile(one, 0.95)) / 60 if len(one) else 0.0 for one in here],
        wait_95_all=float(np.quantile(day.waits, 0.95)) / 60,
        done=[begins + timedelta(seconds=max(0.0, float(one))) for one in day.finish],
        hourly=[
            [(int(n), 0.0 if np.isnan(wait) else float(wait) / 60) for n, wait in zip(*both, strict=True)]
            for both in zip(came, mean, strict=True)
        ],
    )


def _tables(needed: list[int], assumed: Assumed) -> list[int]:
    given = [assumed.at.get(place, assumed.tables or many) for place, many in enumerate(needed)]
    return [min(MOST_TABLES + 1, max(1, one)) for one in given]


def _desks(tables: Ints, hours: float, pause: float) -> "bridge.Desks":
    """Return the tables with their breaks: at each point one after the other, about the middle of the hours."""
    desks = bridge.Desks.alike(tables, opens=0.0)
    if pause <= 0:
        return desks
    nth = np.concatenate([np.arange(one) - (one - 1) / 2 for one in tables])
    starts = np.clip(hours / 2 - pause / 2 + nth * pause, 0.0, max(0.0, hours - pause))
    return bridge.Desks(desks.site, desks.opens, desks.closes, starts, starts + pause)
