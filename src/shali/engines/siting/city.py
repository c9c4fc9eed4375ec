"""The p-median of a whole city with capacities: tens of thousands of points, thousands of candidates, in a minute."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shali.engines.siting.exact import is_town, prove
from shali.engines.siting.model import Elapsed, Floats, Impossible, Plan, Watch, no_watch
from shali.engines.siting.moves import exchanges, recentre
from shali.engines.siting.near import Near
from shali.engines.siting.rooms import ask_tolls, climb_rooms, settle

Bools = NDArray[np.bool_]
# Of the time given the bound takes at most this share; a first plan is begun from what it chose.
SHARE_OF_BOUND = 0.25
SHARE_OF_END = 0.06
SHARE_IN_TOWN = 0.06  # of the bound, and of the search: what they leave is the proof's
PATIENCE = 40
MOST = 16
SMALL = 3_000
# How long sites may ask before an exchange is judged: quickly where it does not pay, longer where it may.
ASKING = ((15, 1.5), (40, 0.5), (80, 0.25))


@dataclass(slots=True)
class State:
    """A set of open sites, what each asks as a toll, who goes where."""

    is_open: Bools
    toll: Floats
    site_of: NDArray[np.int64]
    load: Floats

    def copy(self) -> "State":
        return State(self.is_open.copy(), self.toll.copy(), self.site_of.copy(), self.load.copy())


def find_rooms(
    near: Near,
    room: Floats,
    p: int,
    *,
    seconds: float,
    elapsed: Elapsed,
    fixed: Bools | None = None,
    watch: Watch = no_watch,
    seed: int = 1,
) -> Plan:
    """Return p open candidates and a site for each point, whole, none above its room, with a bound for every plan.

    room: (m,) people whom a candidate can serve. The cost is people times distance.
    :raises Impossible: the rooms are too small altogether, or no plan that fits was found
    """
    city = _City(near, room, p, np.zeros(len(room), np.bool_) if fixed is None else fixed, seed)
    city.refuse_impossible()
    if is_town(near):
        best, cost = city.solve_town(seconds=seconds, elapsed=elapsed, watch=watch)
    else:
        city.climb(until=SHARE_OF_BOUND * seconds, elapsed=elapsed, watch=watch)
        best = city.search_twice(until=(1 - SHARE_OF_END) * seconds, elapsed=elapsed, watch=watch)
        cost = city.finish(best)
    if not np.isfinite(cost) or (best.load > room * (1 + 1e-9)).any():
        raise Impossible(
            f"No plan was found in {elapsed():.1f} s in which {p} sites serve {near.weight.sum():,.0f} people, each "
            f"point at one of its {near.place.shape[1]} nearest candidates; the {p} largest hold "
            f"{np.sort(room)[-p:].sum():,.0f}. Allow a site more, more room, or more seconds."
        )
    sites = np.flatnonzero(best.is_open).astype(np.int32)
    bound = min(city.bound, cost)
    watch(elapsed(), cost, bound)
    return Plan(sites, best.site_of.astype(np.int32), cost, bound, elapsed(), cost - bound < 1e-9 * cost)


class _City:
    def __init__(self, near: Near, room: Floats, p: int, fixed: Bools, seed: int) -> None:
        self.near, self.room, self.p, self.fixed = near, np.ascontiguousarray(room, np.float64), p, fixed
        self.dice = np.random.default_rng(seed)
        self.bound, self.scale = -np.inf, 1.0
        self.often = np.zeros(len(room))
        at = min(near.place.shape[1] - 1, max(1, len(room) // p))
        self.price = np.minimum(near.away[:, at], near.away[:, -1])
        self.best_price = self.price.copy()
        # What all ways cost with sites by chance, and one way: the steps of bound and tolls are measured by them.
        self.upper = self._by_chance()
        self.metre = self.upper / float(near.weight.sum())

    def _by_chance(self) -> float:
        is_open = self.fixed.copy()
        closed = np.flatnonzero(~is_open)
        is_open[self.dice.choice(closed, max(0, self.p - int(is_open.sum())), replace=False)] = True
        away = np.where(is_open[self.near.place], self.near.away, self.near.away[:, -1:])
        return float((self.near.weight * away.min(axis=1)).sum())

    def refuse_impossible(self) -> None:
        people, largest = float(self.near.weight.sum()), float(np.sort(self.room)[-self.p :].sum())
        if people > largest:
            raise Impossible(
                f"{people:,.0f} people are to be served; the {self.p} largest candidates together hold {largest:,.0f}."
            )
        if (widest := float(self.near.weight.max())) > self.room.max():
            raise Impossible(f"One point has {widest:,.0f} people; the largest candidate holds {self.room.max():,.0f}.")

    def climb(self, *, until: float, elapsed: Elapsed, watch: Watch) -> None:
        while elapsed() < until and self.scale > 1e-4:
            self.bound, self.scale = climb_rooms(
                self.near, self.room, self.fixed, self.p, self.price, self.best_price, self.upper, self.bound,
                self.scale, 20, 15, self.often,
            )  # fmt: skip
            if np.isfinite(self.bound):
                if self.scale < 0.5:
                    self.upper = min(self.upper, 1.04 * self.bound)
                self.upper = max(self.upper, 1.01 * self.bound)
                self.metre = self.bound / float(self.near.weight.sum())
            watch(elapsed(), np.inf, self.bound)

    def search_twice(self, *, until: float, elapsed: Elapsed, watch: Watch) -> State:
        """Search with two dice side by side (the compiled loops hold no lock); return the better state."""
        dice = [np.random.default_rng(one) for one in self.dice.integers(0, 2**31, 2)]
        with ThreadPoolExecutor(2) as pool:
            found = list(pool.map(lambda one: self._search(one, until=until, elapsed=elapsed, watch=watch), dice))
        return min(found, key=lambda one: one[1])[0]

    def _search(
        self, dice: np.random.Generator, *, until: float, elapsed: Elapsed, watch: Watch
    ) -> tuple[State, float]:
        """Begin where the bound was undecided, exchange sites while that pays, shake, and keep the best."""
        best = self._begin(0.1, dice)
        best_value = np.inf
        state = best
        turn = 0
        while True:
            value = self._ask(state, ((60, 1.0), (100, 0.3)))
            value = self._exchange(state, value, until=until, elapsed=elapsed)
            if len(self.near.weight) <= SMALL:
                # Where one point fills much of a site, what tolls promise and what whole points allow are far apart.
                value = self.finish(state)
            if self.bound <= value < best_value and np.isfinite(value):
                best, best_value = state.copy(), value
            elif not np.isfinite(best_value):
                best = state.copy()  # nothing is told of any yet: the one that was worked on longest
            watch(elapsed(), best_value, self.bound)
            turn += 1
            if elapsed() >= until or best_value - self.bound < 1e-9 * abs(self.bound):
                break
            state = self._begin(0.25, dice) if turn % 6 == 5 else self._shaken(best, dice)
        return best, best_value

    def _begin(self, spread: float, dice: np.random.Generator) -> State:
        n, m = len(self.near.weight), len(self.room)
        wish = self.often + spread * dice.random(m) + 2.0 * self.fixed
        is_open = np.zeros(m, np.bool_)
        is_open[np.argsort(-wish)[: self.p]] = True
        return State(is_open, np.zeros(m), np.full(n, -1, np.int64), np.zeros(m))

    def _shaken(self, best: State, dice: np.random.Generator) -> State:
        """Exchange a few of the sites about which the bound was undecided, by chance."""
        state = best.copy()
        many = max(2, int(0.06 * self.p))
        out = np.flatnonzero(state.is_open & ~self.fixed & (self.often < 0.98))
        into = np.flatnonzero(~state.is_open & (self.often > 0.02))
        many = min(many, len(out), len(into))
        if many:
            closed = dice.choice(out, many, replace=False)
            state.is_open[closed] = False
            state.toll[closed] = 0.0
            state.is_open[dice.choice(into, many, replace=False)] = True
        return state

    def _ask(self, state: State, how: tuple[tuple[int, float], ...], enough: float = np.inf) -> float:
        """Return the bound of a set of sites, as far as asking goes; no further than `enough`."""
        found = -np.inf
        for rounds, pace in how:
            bound = ask_tolls(
                self.near, state.is_open, self.room, state.toll, state.site_of, state.load, rounds, pace * self.metre
            )
            found = max(found, float(bound))
            if found >= enough:
                break
        return found

    def _exchange(self, state: State, value: float, *, until: float, elapsed: Elapsed) -> float:
        m = len(self.room)
        banned = np.zeros(m, np.bool_)
        opened, closed = np.zeros(MOST, np.int64), np.zeros(MOST, np.int64)
        most, fails = MOST, 0
        while elapsed() < until and fails < PATIENCE:
            many = exchanges(
                self.near, state.is_open, self.fixed, self.room, state.toll, state.site_of, banned, most, opened, closed
            )
            if not many:
                break
            before = state.copy()
            out, into = closed[:many], opened[:many]
            state.is_open[out], state.is_open[into] = False, True
            state.toll[into], state.toll[out] = state.toll[out].copy(), 0.0
            found = self._ask(state, ASKING, value * (1 - 1e-6))
            if self.bound <= found < value * (1 - 1e-6):
                value, fails, most = found, 0, min(MOST, 2 * most)
                continue
            state.is_open, state.toll, state.site_of, state.load = (
                before.is_open,
                before.toll,
                before.site_of,
                before.load,
            )
            if many == 1:
                banned[into] = True
                fails += 1
            most = max(1, most // 2)
        return value

    def finish(self, state: State) -> float:
        """Give everybody a site within its room, and put sites where their own people are nearest; return the cost."""
        cost = self._settle(state, 300, 0.5)
        for _turn in range(6):
            other = state.copy()
            if not recentre(self.near, other.is_open, self.fixed, self.room, other.site_of, other.load):
                break
            other.toll[~other.is_open] = 0.0
            new = self._settle(other, 60, 0.3)
            if new >= cost * (1 - 1e-9):
                break
            cost = new
            state.is_open, state.toll, state.site_of, state.load = other.is_open, other.toll, other.site_of, other.load
        return cost

    def solve_town(self, *, seconds: float, elapsed: Elapsed, watch: Watch) -> tuple[State, float]:
        """Search a little, then prove to the end what the prices leave undecided; return the plan and its cost."""
        self.climb(until=SHARE_IN_TOWN * seconds, elapsed=elapsed, watch=watch)
        until = elapsed() + SHARE_IN_TOWN * seconds
        state = self.search_twice(until=until, elapsed=elapsed, watch=watch)
        cost = self.finish(state)
        is_whole = bool(np.isfinite(cost) and (state.load <= self.room * (1 + 1e-9)).all())
        found = prove(
            self.near, self.room, self.fixed, self.p, self.best_price, upper=cost if is_whole else np.inf,
            seconds=seconds, elapsed=elapsed,
        )  # fmt: skip
        if found.site_of is not None and found.is_open is not None:
            state.is_open, state.site_of = found.is_open, found.site_of
            state.load = np.bincount(found.site_of, self.near.weight, len(self.room)).astype(np.float64)
            cost = float(self.near.weight @ self.near.away[self.near.place == found.site_of[:, None]])
        self.bound = min(max(self.bound, found.bound), cost)
        return state, cost

    def _settle(self, state: State, rounds: int, pace: float) -> float:
        return float(
            settle(
                self.near, state.is_open, self.room, state.toll, state.site_of, state.load, rounds, pace * self.metre
            )
        )
