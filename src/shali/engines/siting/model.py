"""What the room is asked and what it answers. Distances are metres or plain numbers, weights are people."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
# Seconds since the work began: the caller reads the clock, the room none.
Elapsed = Callable[[], float]
# Told now and then: seconds so far, the best cost, the bound.
Watch = Callable[[float, float, float], None]


class Impossible(Exception):
    """No plan can do what is asked; the sentence holds what is needed and what there is."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Open sites, and what is proven about them.

    sites: open candidates, ascending. site_of: (n,) the candidate that serves each point, -1 for none.
    cost: what was to be small (distance times people; sites) or, for coverage, large (people reached).
    bound: no plan whatsoever is better than this.
    """

    sites: Ints
    site_of: Ints
    cost: float
    bound: float
    seconds: float
    is_optimal: bool

    @property
    def gap(self) -> float:
        """How far the plan may be from the best there is, as a share of its own cost."""
        return 0.0 if self.is_optimal else abs(self.cost - self.bound) / max(abs(self.cost), 1e-12)


def no_watch(_seconds: float, _cost: float, _bound: float) -> None:
    """Watch nothing."""
