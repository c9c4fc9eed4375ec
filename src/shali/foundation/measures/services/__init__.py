"""What other rooms call: proposals, one or many, and the check of an origin."""

from shali.foundation.measures.services.propose import NewMeasure, Proposed, propose, propose_many, use_origin

__all__ = ["NewMeasure", "Proposed", "propose", "propose_many", "use_origin"]
