"""Where sites go so that ways are short, or so that most people reach one; each plan with a bound no plan can beat."""

from shali.engines.siting.capacitated import find_clusters
from shali.engines.siting.city import find_rooms
from shali.engines.siting.coverage import reach_all, reach_most, reach_of
from shali.engines.siting.medians import find_medians
from shali.engines.siting.model import Impossible, Plan
from shali.engines.siting.near import Near, near_enough, nearest
from shali.engines.siting.orlib import Unreadable, read_customers, read_network
from shali.engines.siting.reaching import Reach

__all__ = [
    "Impossible",
    "Near",
    "Plan",
    "Reach",
    "Unreadable",
    "find_clusters",
    "find_medians",
    "find_rooms",
    "near_enough",
    "nearest",
    "reach_all",
    "reach_most",
    "reach_of",
    "read_customers",
    "read_network",
]
