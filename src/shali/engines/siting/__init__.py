"""Where sites go so that ways are short, or so that most people reach one; each plan with a bound no plan can beat."""

from shali.engines.siting.capacitated import find_clusters
from shali.engines.siting.city import find_rooms
from shali.engines.siting.coverage import reach_all, reach_most, reach_of
from shali.engines.siting.fewest import find_fewest
from shali.engines.siting.medians import find_medians
from shali.engines.siting.model import Impossible, Plan
from shali.engines.siting.near import Near, near_enough, nearest
from shali.engines.siting.orlib import Unreadable, read_customers, read_network
from shali.engines.siting.pairs import Pairs, metres_apart, nearest_on_earth, pairs_of, pairs_on_earth
from shali.engines.siting.reaching import Reach
from shali.engines.siting.seating import bound_of_rooms, seat_all

__all__ = [
    "Impossible",
    "Near",
    "Pairs",
    "Plan",
    "Reach",
    "Unreadable",
    "bound_of_rooms",
    "find_clusters",
    "find_fewest",
    "find_medians",
    "find_rooms",
    "metres_apart",
    "near_enough",
    "nearest",
    "nearest_on_earth",
    "pairs_of",
    "pairs_on_earth",
    "reach_all",
    "reach_most",
    "reach_of",
    "read_customers",
    "read_network",
    "seat_all",
]
