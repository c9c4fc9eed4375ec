"""In which order somebody walks from door to door, and how several share the doors evenly."""

from shali.engines.routes.metres import metres_between
from shali.engines.routes.order import length_of, nearest_first, order
from shali.engines.routes.share import Walk, share

__all__ = ["Walk", "length_of", "metres_between", "nearest_first", "order", "share"]
