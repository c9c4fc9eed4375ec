"""What other rooms ask: which measures hold, for whom, where, and which end soon."""

from shali.foundation.measures.queries.in_force import InForce, expiring, in_force, in_force_by_unit

__all__ = ["InForce", "expiring", "in_force", "in_force_by_unit"]
